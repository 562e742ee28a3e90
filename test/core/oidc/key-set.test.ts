import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ID_TOKEN_ALGORITHMS,
  KeySetError,
  readDiscovery,
  readKeySet,
} from '../../../src/core/oidc/key-set.ts';

const ISSUER = 'https://accounts.example.com';
const JWKS = 'https://keys.example.com/jwks';

describe('a discovery document', () => {
  test('gives the place of the keys and the algorithms, admitted ones alone', () => {
    const document = {
      issuer: ISSUER,
      jwks_uri: JWKS,
      id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none', 'ES256', 'XX'],
    };
    expect(readDiscovery(ISSUER, document)).toEqual({
      jwksUri: JWKS,
      algorithms: new Set(['RS256', 'ES256']),
    });
  });

  test('that announces nothing leaves every asymmetric algorithm', () => {
    expect(readDiscovery(ISSUER, { issuer: ISSUER, jwks_uri: JWKS }).algorithms).toEqual(
      new Set(ID_TOKEN_ALGORITHMS),
    );
  });

  test('that announces HMAC alone leaves none', () => {
    const document = { issuer: ISSUER, jwks_uri: JWKS, id_token_signing_alg_values_supported: ['HS256'] };
    expect(readDiscovery(ISSUER, document).algorithms).toEqual(new Set());
  });

  test.for<[string, unknown]>([
    ['null', null],
    ['text', 'text'],
    ['a list', []],
    ['of another issuer', { issuer: 'https://evil.example', jwks_uri: JWKS }],
    ['of the issuer with a slash', { issuer: `${ISSUER}/`, jwks_uri: JWKS }],
    ['without an issuer', { jwks_uri: JWKS }],
    ['with a list of issuers', { issuer: [ISSUER], jwks_uri: JWKS }],
    ['without a key set', { issuer: ISSUER }],
    ['with a key set that is no text', { issuer: ISSUER, jwks_uri: 5 }],
  ])('%s is refused', ([, document]) => {
    expect(() => readDiscovery(ISSUER, document)).toThrow(KeySetError);
  });
});

describe('a key set', () => {
  let rsa: JWK;
  let ec: JWK;
  let ec384: JWK;
  let ed: JWK;
  let weak: JWK;
  const all = new Set(ID_TOKEN_ALGORITHMS);

  beforeAll(async () => {
    const make = async (
      alg: string,
      options: { modulusLength?: number; crv?: string } = {},
    ): Promise<JWK> => {
      const { publicKey } = await generateKeyPair(alg, { extractable: true, ...options });
      return exportJWK(publicKey);
    };
    rsa = await make('RS256');
    ec = await make('ES256');
    ec384 = await make('ES384');
    ed = await make('EdDSA', { crv: 'Ed25519' });
    const pair = await crypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        modulusLength: 1024,
        publicExponent: new Uint8Array([1, 0, 1]),
      },
      true,
      ['sign', 'verify'],
    );
    weak = (await crypto.subtle.exportKey('jwk', (pair as CryptoKeyPair).publicKey)) as JWK;
  });

  const algorithmsOf = (jwk: unknown) =>
    readKeySet({ keys: [jwk] }, all).keys.map((key) => [...key.algorithms].join(' '));

  test('each type of key verifies its own algorithms', () => {
    expect(algorithmsOf(rsa)).toEqual(['RS256 RS384 RS512 PS256 PS384 PS512']);
    expect(algorithmsOf(ec)).toEqual(['ES256']);
    expect(algorithmsOf(ec384)).toEqual(['ES384']);
    expect(algorithmsOf(ed)).toEqual(['EdDSA Ed25519']);
  });

  test('a key that names its algorithm verifies that one alone', () => {
    expect(algorithmsOf({ ...rsa, alg: 'PS256' })).toEqual(['PS256']);
  });

  test.for<[string, () => unknown]>([
    ['for encryption', () => ({ ...rsa, use: 'enc' })],
    ['for a use unheard of', () => ({ ...rsa, use: 5 })],
    ['whose operations do not include verify', () => ({ ...rsa, key_ops: ['encrypt'] })],
    ['whose operations are an empty list', () => ({ ...rsa, key_ops: [] })],
    ['whose operations are no list', () => ({ ...rsa, key_ops: 'verify' })],
    ['with an algorithm of another type', () => ({ ...rsa, alg: 'ES256' })],
    ['with an algorithm of another curve', () => ({ ...ec384, alg: 'ES256' })],
    ['with HMAC', () => ({ kty: 'oct', k: 'c2VjcmV0' })],
    ['with HMAC said on an RSA key', () => ({ ...rsa, alg: 'HS256' })],
    ['of RSA with 1024 bits', () => ({ ...weak, alg: 'RS256' })],
    ['of RSA without a modulus', () => ({ ...rsa, n: undefined })],
    ['of an unknown curve', () => ({ ...ec, crv: 'secp256k1' })],
    ['of an elliptic curve that calls itself an octet pair', () => ({ ...ec, kty: 'OKP' })],
    ['of Ed25519 that calls itself elliptic', () => ({ ...ed, kty: 'EC' })],
    ['of an unknown type', () => ({ ...rsa, kty: 'AKP' })],
    ['that is null', () => null],
    ['that is text', () => 'key'],
    ['that is a list', () => [rsa]],
  ])('a key %s is passed over, and its neighbour is not', ([, make]) => {
    const { keys } = readKeySet({ keys: [make(), { ...ec, kid: 'good' }] }, all);
    expect(keys.map(({ kid }) => kid)).toEqual(['good']);
  });

  test('a weak RSA key that hides behind noughts is not imported', async () => {
    const n = Buffer.concat([Buffer.alloc(200), Buffer.from(weak.n ?? '', 'base64url')]).toString(
      'base64url',
    );
    const { keys, import: imported } = readKeySet({ keys: [{ ...weak, n, alg: 'RS256' }] }, all);
    const [key] = keys;
    if (key === undefined) throw new Error('it was found weak before it was imported');
    await expect(imported(key, 'RS256')).rejects.toThrow();
  });

  test('what use and operations allow is taken', () => {
    expect(algorithmsOf({ ...ec, use: 'sig', key_ops: ['verify'] })).toEqual(['ES256']);
  });

  test('only public members are kept', () => {
    const [key] = readKeySet(
      { keys: [{ ...ec, d: 'private', kid: 'k', x5c: ['MIIB'], ext: true }] },
      all,
    ).keys;
    expect(key?.jwk).toEqual({ kty: 'EC', crv: 'P-256', x: ec.x, y: ec.y });
    expect(key?.kid).toBe('k');
  });

  test('a key id that is no text is none', () => {
    expect(readKeySet({ keys: [{ ...ec, kid: 5 }] }, all).keys[0]?.kid).toBeNull();
  });

  test('of 100 keys is read, of 101 is refused', () => {
    const set = (count: number) => ({
      keys: Array.from({ length: count }, (_, at) => ({ ...ec, kid: `k${at}` })),
    });
    expect(readKeySet(set(100), all).keys).toHaveLength(100);
    expect(() => readKeySet(set(101), all)).toThrow(KeySetError);
  });

  test.for<[string, unknown]>([
    ['null', null],
    ['a bare list', []],
    ['without keys', {}],
    ['with keys that are an object', { keys: { 0: 'x', length: 1 } }],
  ])('%s is refused', ([, set]) => {
    expect(() => readKeySet(set, all)).toThrow(KeySetError);
  });

  test('a key is imported once per algorithm', async () => {
    const set = readKeySet({ keys: [rsa] }, all);
    const [key] = set.keys;
    if (key === undefined) throw new Error('no key');
    const first = await set.import(key, 'RS256');
    expect(await set.import(key, 'RS256')).toBe(first);
    expect(await set.import(key, 'PS256')).not.toBe(first);
  });

  test('a key whose members are nonsense fails to import', async () => {
    const set = readKeySet({ keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] }, all);
    const [key] = set.keys;
    if (key === undefined) throw new Error('no key');
    await expect(set.import(key, 'ES256')).rejects.toThrow();
  });
});
