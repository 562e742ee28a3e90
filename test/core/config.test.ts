import { describe, expect, test } from 'vitest';
import { ConfigError, type Env, readConfig } from '../../src/config.ts';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const good = {
  DAYPASS_MODE: 'production',
  DAYPASS_ISSUER: 'https://daypass.example.com',
  DAYPASS_KEK: `k1:${key(1)}`,
};
type Settings = Readonly<Record<string, string | undefined>>;

// Bindings are never looked at by readConfig.
const read = (over: Settings = {}) => readConfig({ ...good, ...over } as unknown as Env);

describe('good settings', () => {
  test('are read, with defaults, and frozen', () => {
    const config = read();
    expect(config).toEqual({
      mode: 'production',
      issuer: 'https://daypass.example.com',
      mtlsOrigin: null,
      clientDocuments: false,
      freshnessSeconds: 5,
      auditShards: 4,
      keyRotationSeconds: 2_592_000,
      signIn: { idleSeconds: 900, maxSeconds: 43_200 },
      keyEncryptionKeys: [{ id: 'k1', bytes: new Uint8Array(32).fill(1) }],
      setupToken: null,
      recoveryToken: null,
      standIns: { googleDiscovery: null, facebookDiscovery: null, facebookGraph: null, xApi: null },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  test.for<[string, Settings]>([
    ['local mode on localhost', { DAYPASS_MODE: 'local', DAYPASS_ISSUER: 'http://localhost:8787' }],
    ['local mode behind https', { DAYPASS_MODE: 'local', DAYPASS_ISSUER: 'https://daypass.test' }],
    ['a port', { DAYPASS_ISSUER: 'https://daypass.example.com:8443' }],
    ['the smallest numbers', { DAYPASS_FRESHNESS_SECONDS: '1', DAYPASS_AUDIT_SHARDS: '1' }],
    ['the largest numbers', { DAYPASS_FRESHNESS_SECONDS: '60', DAYPASS_AUDIT_SHARDS: '256' }],
    ['the shortest rotation', { DAYPASS_KEY_ROTATION_DAYS: '2' }],
    ['the longest rotation', { DAYPASS_KEY_ROTATION_DAYS: '366' }],
    ['an origin for certificates', { DAYPASS_MTLS_ORIGIN: 'https://mtls.daypass.example.com' }],
    ['an empty one, which is none', { DAYPASS_MTLS_ORIGIN: '' }],
    ['documents of clients', { DAYPASS_CLIENT_DOCUMENTS: 'on' }],
    ['none of them', { DAYPASS_CLIENT_DOCUMENTS: 'off' }],
    ['a setup token', { DAYPASS_SETUP_TOKEN: 'x'.repeat(32) }],
    ['a recovery token', { DAYPASS_RECOVERY_TOKEN: 'x'.repeat(32) }],
    ['an empty recovery token, which is none', { DAYPASS_RECOVERY_TOKEN: '' }],
  ])('%s', ([, over]) => {
    expect(read(over)).toMatchObject({ issuer: over.DAYPASS_ISSUER ?? good.DAYPASS_ISSUER });
  });

  test('a previous key-encryption key stands behind the current one', () => {
    const { keyEncryptionKeys } = read({ DAYPASS_KEK_PREVIOUS: `k0:${key(0)}` });
    expect(keyEncryptionKeys.map(({ id }) => id)).toEqual(['k1', 'k0']);
  });
});

test('a stand-in takes the place of a built-in provider in local mode alone', () => {
  const DAYPASS_GOOGLE_DISCOVERY_URL = 'http://localhost:1/.well-known/openid-configuration';
  const local = { DAYPASS_MODE: 'local', DAYPASS_GOOGLE_DISCOVERY_URL, DAYPASS_X_API_URL: '' };
  expect(read(local).standIns).toEqual({
    googleDiscovery: DAYPASS_GOOGLE_DISCOVERY_URL,
    facebookDiscovery: null,
    facebookGraph: null,
    xApi: null,
  });
  expect(read({ DAYPASS_GOOGLE_DISCOVERY_URL }).standIns.googleDiscovery).toBeNull();
});

describe('a wrong setting stops the worker and is named', () => {
  test.for<[string, string | undefined]>([
    ['DAYPASS_CLIENT_DOCUMENTS', 'yes'],
    ['DAYPASS_MODE', undefined],
    ['DAYPASS_MODE', ''],
    ['DAYPASS_MODE', 'Local'],
    ['DAYPASS_MODE', 'development'],
    ['DAYPASS_MTLS_ORIGIN', 'https://mtls.example.com/'],
    ['DAYPASS_MTLS_ORIGIN', 'http://mtls.example.com'],
    ['DAYPASS_ISSUER', undefined],
    ['DAYPASS_ISSUER', ''],
    ['DAYPASS_ISSUER', 'daypass.example.com'],
    ['DAYPASS_ISSUER', 'https://daypass.example.com/'],
    ['DAYPASS_ISSUER', 'https://daypass.example.com/path'],
    ['DAYPASS_ISSUER', 'https://DAYPASS.example.com'],
    ['DAYPASS_ISSUER', 'https://daypass.example.com:443'],
    ['DAYPASS_ISSUER', 'https://user@daypass.example.com'],
    ['DAYPASS_ISSUER', 'http://daypass.example.com'],
    ['DAYPASS_ISSUER', 'http://localhost:8787'], // this is production
    ['DAYPASS_FRESHNESS_SECONDS', '0'],
    ['DAYPASS_FRESHNESS_SECONDS', '61'],
    ['DAYPASS_FRESHNESS_SECONDS', '-1'],
    ['DAYPASS_FRESHNESS_SECONDS', '5.5'],
    ['DAYPASS_FRESHNESS_SECONDS', '1e1'],
    ['DAYPASS_FRESHNESS_SECONDS', ' 5'],
    ['DAYPASS_AUDIT_SHARDS', '257'],
    ['DAYPASS_AUDIT_SHARDS', 'four'],
    ['DAYPASS_KEY_ROTATION_DAYS', '1'],
    ['DAYPASS_KEY_ROTATION_DAYS', '367'],
    ['DAYPASS_KEY_ROTATION_DAYS', '30d'],
    ['DAYPASS_KEK', undefined],
    ['DAYPASS_KEK', ''],
    ['DAYPASS_KEK', key(1)],
    ['DAYPASS_KEK', `:${key(1)}`],
    ['DAYPASS_KEK', `k 1:${key(1)}`],
    ['DAYPASS_KEK', `k1:${Buffer.alloc(31).toString('base64')}`],
    ['DAYPASS_KEK', `k1:${Buffer.alloc(33).toString('base64')}`],
    ['DAYPASS_KEK', `k1:${Buffer.alloc(16).toString('hex')}`],
    ['DAYPASS_KEK_PREVIOUS', `k1:${key(2)}`], // the same id
    ['DAYPASS_KEK_PREVIOUS', 'nonsense'],
    ['DAYPASS_SETUP_TOKEN', 'x'.repeat(31)],
    ['DAYPASS_SETUP_TOKEN', ''],
    ['DAYPASS_RECOVERY_TOKEN', 'x'.repeat(31)],
  ])('%s = %s', ([setting, value]) => {
    expect(() => read({ [setting]: value })).toThrow(ConfigError);
    expect(() => read({ [setting]: value })).toThrow(new RegExp(`^setting ${setting} `));
  });

  test('the setup token recovers nobody', () => {
    const token = 'x'.repeat(43);
    expect(() => read({ DAYPASS_SETUP_TOKEN: token, DAYPASS_RECOVERY_TOKEN: token })).toThrow(
      'setting DAYPASS_RECOVERY_TOKEN must be another than DAYPASS_SETUP_TOKEN',
    );
    expect(read({ DAYPASS_RECOVERY_TOKEN: token })).toMatchObject({ recoveryToken: token, setupToken: null });
    expect(read({ DAYPASS_SETUP_TOKEN: token })).toMatchObject({ recoveryToken: null, setupToken: token });
  });

  test('http is for localhost alone, in local mode too', () => {
    for (const DAYPASS_ISSUER of [
      'http://127.0.0.1:8787',
      'http://[::1]:8787',
      'http://localhost.example.com',
    ]) {
      expect(() => read({ DAYPASS_MODE: 'local', DAYPASS_ISSUER })).toThrow(/^setting DAYPASS_ISSUER /);
    }
  });

  test('no text repeats a secret', () => {
    for (const setting of ['DAYPASS_KEK', 'DAYPASS_KEK_PREVIOUS', 'DAYPASS_SETUP_TOKEN']) {
      expect(() => read({ [setting]: 'hush-hush' })).toThrow(/^(?!.*hush-hush)/s);
    }
  });
});
