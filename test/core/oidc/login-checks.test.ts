import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Claims } from '../../../src/core/oidc/id-token.ts';
import { loginMismatch } from '../../../src/core/oidc/login-checks.ts';

const expected = { clientId: 'web', nonce: 'n-1', accessToken: 'the-access-token' };
const good = { nonce: 'n-1', aud: 'web' };
const half = (hash: string): string => {
  const digest = createHash(hash).update('the-access-token').digest();
  return digest.subarray(0, digest.length / 2).toString('base64url');
};
const check = (claims: Claims, algorithm = 'RS256') => loginMismatch(claims, algorithm, expected);

describe('a token answers the login', () => {
  test.for<[Claims, string]>([
    [good, 'RS256'],
    [{ ...good, aud: ['web'], azp: 'web' }, 'RS256'],
    [{ ...good, at_hash: half('sha256') }, 'ES256'],
    [{ ...good, at_hash: half('sha384') }, 'PS384'],
    [{ ...good, at_hash: half('sha512') }, 'RS512'],
    [{ ...good, at_hash: half('sha512') }, 'EdDSA'],
    [{ ...good, at_hash: half('sha512') }, 'Ed25519'],
  ])('%j signed with %s', async ([claims, algorithm]) => {
    expect(await check(claims, algorithm)).toBeNull();
  });

  test('also where no access token came with it', async () => {
    expect(
      await loginMismatch({ ...good, at_hash: 'x' }, 'RS256', { ...expected, accessToken: null }),
    ).toBeNull();
  });
});

describe('a token does not', () => {
  test.for<[Claims, string]>([
    [{ aud: 'web' }, 'nonce'],
    [{ ...good, nonce: 'n-2' }, 'nonce'],
    [{ ...good, nonce: '' }, 'nonce'],
    [{ ...good, nonce: ['n-1'] }, 'nonce'],
    [{ ...good, aud: 'another-of-ours' }, 'audience of another client of ours'],
    [{ ...good, azp: 'another-of-ours' }, 'azp'],
    [{ ...good, azp: null }, 'azp'],
    [{ ...good, at_hash: half('sha512') }, 'at_hash'],
    [{ ...good, at_hash: '' }, 'at_hash'],
    [{ ...good, at_hash: 5 }, 'at_hash'],
    [{ ...good, at_hash: null }, 'at_hash'],
  ])('with %j: %s', async ([claims, what]) => {
    expect(await check(claims)).toBe(what);
  });
});
