import { beforeAll, describe, expect, test } from 'vitest';
import { deriveSecretAccessKey, importDerivationKey } from '../../../src/core/credentials/derive.ts';
import { MINT_RANDOM_BYTES, mintAwsCredentials } from '../../../src/core/credentials/mint.ts';
import type { Session } from '../../../src/core/credentials/session.ts';
import { openSessionToken, parseTokenHeader } from '../../../src/core/credentials/session-token.ts';
import { accountOfAccessKeyId } from '../../../src/core/ids.ts';
import { incompressible } from '../../helpers/fake-world.ts';
import { roleSession } from '../../helpers/sessions.ts';

const KEY_ID = '0011223344556677';
const entropy = Uint8Array.from({ length: MINT_RANDOM_BYTES }, (_, at) => at * 5);

let base: CryptoKey;
beforeAll(async () => {
  base = await importDerivationKey(new Uint8Array(32).fill(1));
});

async function mint(session: Session = roleSession(), bytes: Uint8Array<ArrayBuffer> = entropy) {
  const minted = await mintAwsCredentials({ session, key: { keyId: KEY_ID, base }, entropy: bytes });
  if (!minted.ok) throw new Error(minted.failure.why);
  return minted.value;
}

describe('minting', () => {
  test('gives keys in the forms of AWS, for the account of the session', async () => {
    const minted = await mint();
    expect(minted.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(accountOfAccessKeyId(minted.accessKeyId)).toBe('111122223333');
    expect(minted.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(minted.expiresAtSeconds).toBe(roleSession().expiresAtSeconds);
    expect(minted.tokenBytes).toBe(minted.sessionToken.length);
    expect(minted.tokenPercent).toBe(Math.ceil((minted.sessionToken.length / 4096) * 100));
  });

  test('gives a token that opens to the session and a secret that can be derived again from it', async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = await mint();
    const header = parseTokenHeader(sessionToken);
    if (header === null) throw new Error('no header');
    expect(header.keyId).toBe(KEY_ID);
    expect(await openSessionToken(header, accessKeyId, base)).toEqual({ ok: true, value: roleSession() });
    expect(await deriveSecretAccessKey(base, header.credentialId)).toBe(secretAccessKey);
  });

  test('the same randomness gives the same keys, another gives others in every part', async () => {
    const first = await mint();
    expect(await mint()).toEqual(first);
    const other = await mint(
      roleSession(),
      entropy.map((byte) => byte ^ 0xff),
    );
    expect(other.accessKeyId).not.toBe(first.accessKeyId);
    expect(other.secretAccessKey).not.toBe(first.secretAccessKey);
    expect(other.sessionToken).not.toBe(first.sessionToken);
  });

  test('the secret depends on the keyring secret', async () => {
    const otherBase = await importDerivationKey(new Uint8Array(32).fill(2));
    const credentialId = new Uint8Array(32);
    expect(await deriveSecretAccessKey(otherBase, credentialId)).not.toBe(
      await deriveSecretAccessKey(base, credentialId),
    );
  });

  test('a session that does not fit a token is too large', async () => {
    const tags = Array.from({ length: 50 }, (_, at) => ({
      Key: `${at}-${incompressible(100 + at)}`,
      Value: incompressible(200 + at),
    }));
    const minted = await mintAwsCredentials({
      session: roleSession({ tags }),
      key: { keyId: KEY_ID, base },
      entropy,
    });
    expect(minted).toMatchObject({ ok: false, failure: { why: 'too_large' } });
  });

  test('too little randomness is an error, never a weaker key', async () => {
    for (const length of [0, 31, 32, MINT_RANDOM_BYTES - 1]) {
      await expect(mint(roleSession(), entropy.slice(0, length))).rejects.toThrow(RangeError);
    }
  });

  test('a key id that is not hexadecimal is an error', async () => {
    const key = { keyId: 'xyz', base };
    await expect(mintAwsCredentials({ session: roleSession(), key, entropy })).rejects.toThrow(
      'not hexadecimal',
    );
  });

  test('the derivation key cannot be exported', () => {
    expect(base.extractable).toBe(false);
  });
});
