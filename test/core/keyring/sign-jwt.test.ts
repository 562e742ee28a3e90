import { generateKeyPair, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import type { SigningKey } from '../../../src/core/keyring/keyring.ts';
import { signJwt } from '../../../src/core/keyring/sign-jwt.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../../src/core/keyring/signing-algorithm.ts';

async function makeKey(algorithm: SigningAlgorithm) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  const key: SigningKey = { kid: `${algorithm}-1`, algorithm, privateKey };
  return { key, publicKey };
}

test.each(SIGNING_ALGORITHMS)(
  'jose believes what is signed with %s, and its header says so',
  async (algorithm) => {
    const { key, publicKey } = await makeKey(algorithm);
    const claims = { sub: 'Zoë 🗝', nested: { list: [1, null, 'x'] }, absent: undefined };
    for (const typ of ['at+jwt', 'other+jwt', 'at+jwt']) {
      const token = await signJwt(key, typ, claims);
      expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
        algorithms: [algorithm],
        typ,
      });
      expect(protectedHeader).toEqual({ alg: algorithm, typ, kid: key.kid });
      expect(payload).toEqual({ sub: 'Zoë 🗝', nested: { list: [1, null, 'x'] } });
    }
  },
);

test('two keys keep their headers apart, and neither is believed for the other', async () => {
  const [one, other] = [await makeKey('ES256'), await makeKey('ES256')];
  const tokens = [
    await signJwt(one.key, 'at+jwt', {}),
    await signJwt({ ...other.key, kid: 'two' }, 'at+jwt', {}),
  ];
  const kids = tokens.map((token) => JSON.parse(atob(token.split('.')[0] ?? '')).kid);
  expect(kids).toEqual(['ES256-1', 'two']);
  await expect(jwtVerify(tokens[0] ?? '', other.publicKey)).rejects.toThrow('signature verification failed');
});
