import { jwtVerify, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { type KeyRow, openKeyring } from '../../../src/core/keyring/key-row.ts';
import { START_SECONDS } from '../../helpers/fake-world.ts';
import { keyRows, testKeks } from '../../helpers/keys.ts';

let rows: readonly KeyRow[];
let keks: ReadonlyMap<string, CryptoKey>;
beforeAll(async () => {
  rows = await keyRows();
  keks = await testKeks();
});

const change = (purpose: KeyRow['purpose'], over: Partial<KeyRow>): readonly KeyRow[] =>
  rows.map((row) => (row.purpose === purpose ? { ...row, ...over } : row));

describe('opening the keyring', () => {
  test('gives one active key of each purpose, and its public key', async () => {
    const keyring = await openKeyring(keks, rows, START_SECONDS);
    const trail = rows.find(({ purpose }) => purpose === 'trail')?.keyId ?? '';
    const others = rows.filter(({ purpose }) => purpose !== 'trail');
    const ids = Object.fromEntries(others.map(({ algorithm, keyId }) => [algorithm, keyId]));
    expect(keyring.trailSigning).toMatchObject({ kid: trail, algorithm: 'ES256' });
    expect([...keyring.trailVerification.keys()]).toEqual([trail]);
    for (const algorithm of ['ES256', 'ES384', 'RS256'] as const) {
      expect(keyring.signing.get(algorithm)).toMatchObject({ kid: ids[algorithm], algorithm });
      expect(keyring.verification.get(ids[algorithm] ?? '')).toMatchObject({ algorithm });
    }
    expect(keyring.signing.size).toBe(3);
    expect(keyring.verification.size).toBe(3);
    expect(keyring.tokenSealing?.keyId).toBe(ids['HKDF-SHA256']);
    expect(keyring.storageSealing?.keyId).toBe(ids.A256GCM);
    const some = expect.any(String);
    const rest = { use: 'sig', forgottenAtSeconds: null };
    expect(keyring.publicKeys).toEqual([
      { kty: 'EC', crv: 'P-256', x: some, y: some, kid: ids.ES256, alg: 'ES256', ...rest },
      { kty: 'EC', crv: 'P-384', x: some, y: some, kid: ids.ES384, alg: 'ES384', ...rest },
      { kty: 'RSA', n: some, e: 'AQAB', kid: ids.RS256, alg: 'RS256', ...rest },
    ]);
  });

  test.for(['ES256', 'ES384', 'RS256'] as const)(
    'what %s signs its public half verifies',
    async (algorithm) => {
      const keyring = await openKeyring(keks, rows, START_SECONDS);
      const signing = keyring.signing.get(algorithm);
      const verifying = keyring.verification.get(signing?.kid ?? '');
      if (signing === undefined || verifying === undefined) throw new Error('no such key');
      const signed = await new SignJWT({}).setProtectedHeader({ alg: algorithm }).sign(signing.privateKey);
      await expect(
        jwtVerify(signed, verifying.publicKey, { algorithms: [algorithm] }),
      ).resolves.toBeDefined();
    },
  );

  test('no private key can be exported', async () => {
    const { signing, tokenSealing, storageSealing } = await openKeyring(keks, rows, START_SECONDS);
    for (const { privateKey } of signing.values()) expect(privateKey.extractable).toBe(false);
    expect(tokenSealing?.base.extractable).toBe(false);
    expect(storageSealing?.key.extractable).toBe(false);
  });

  test.for(['pending', 'retired'] as const)(
    'a %s key makes nothing, but its public half is published and it still opens',
    async (state) => {
      const all = rows.map((row) => ({ ...row, state }));
      const keyring = await openKeyring(keks, all, START_SECONDS);
      expect(keyring.signing.size).toBe(0);
      expect(keyring.tokenSealing).toBeNull();
      expect(keyring.storageSealing).toBeNull();
      expect(keyring.publicKeys).toHaveLength(3);
      expect([keyring.verification.size, keyring.tokenOpening.size, keyring.storageOpening.size]).toEqual([
        3, 1, 1,
      ]);
    },
  );

  test('passes over what is forgotten, though nothing could open it any more', async () => {
    const forgotten = { state: 'retired', kekId: 'gone', forgottenAtSeconds: START_SECONDS } as const;
    const keyring = await openKeyring(keks, change('session-token', forgotten), START_SECONDS);
    expect(keyring.tokenOpening.size).toBe(0);
    expect([keyring.verification.size, keyring.storageOpening.size]).toEqual([3, 1]);
    const kept = { ...forgotten, forgottenAtSeconds: START_SECONDS + 1 };
    await expect(openKeyring(keks, change('session-token', kept), START_SECONDS)).rejects.toMatchObject({
      name: 'KeyringError',
    });
  });

  test('of no rows is an empty keyring', async () => {
    const keyring = await openKeyring(keks, [], START_SECONDS);
    expect(keyring).toMatchObject({ tokenSealing: null, storageSealing: null, publicKeys: [] });
  });
});

describe('one bad row closes the whole keyring', () => {
  const otherSeal = (purpose: KeyRow['purpose']) => rows.find((row) => row.purpose === purpose)?.sealed ?? '';

  test.for<[string, () => readonly KeyRow[], RegExp]>([
    ['an unknown key-encryption key', () => change('storage', { kekId: 'kek-0' }), /not configured/],
    ['a changed seal', () => change('storage', { sealed: 'kek-1.AAAA' }), /does not open/],
    [
      'the seal of another row',
      () => change('storage', { sealed: otherSeal('session-token') }),
      /does not open/,
    ],
    ['another key id', () => change('storage', { keyId: '0000000000000000' }), /does not open/],
    ['another algorithm', () => change('storage', { algorithm: 'HKDF-SHA256' }), /does not open/],
    ['another purpose', () => change('storage', { purpose: 'session-token' }), /does not open/],
    ['a signing key without its public half', () => change('jwt', { publicJwk: null }), /no public key/],
  ])('%s', async ([, bad, problem]) => {
    await expect(openKeyring(keks, bad(), START_SECONDS)).rejects.toMatchObject({
      name: 'KeyringError',
      message: expect.stringMatching(problem),
    });
  });
});
