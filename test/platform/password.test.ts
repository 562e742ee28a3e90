import { describe, expect, test } from 'vitest';
import { hashPassword, verifyPassword } from '../../src/platform/password.ts';
import { fakeRandom } from '../helpers/fake-world.ts';

const random = fakeRandom();

describe('a hashed password', () => {
  test('is told from others, each under a salt of its own', async () => {
    const encoded = await hashPassword('correct horse', random);
    expect(encoded).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword('correct horse', encoded)).toBe(true);
    expect(await hashPassword('correct horse', random)).not.toBe(encoded);
    for (const wrong of ['', 'correct hors', 'correct horse ', 'Correct horse']) {
      expect([wrong, await verifyPassword(wrong, encoded)]).toEqual([wrong, false]);
    }
  });

  test('is the same in both spellings that Unicode has for it', async () => {
    const encoded = await hashPassword('caf\u00e9', random);
    expect(await verifyPassword('cafe\u0301', encoded)).toBe(true);
  });

  test('is never cut: the hundredth character counts', async () => {
    const encoded = await hashPassword(`${'x'.repeat(99)}a`, random);
    expect(await verifyPassword(`${'x'.repeat(99)}b`, encoded)).toBe(false);
  });

  test('made with other parameters is still read', async () => {
    // RFC 7914 section 12, the second vector, cut to our 32 bytes: "password", "NaCl", N 1024, r 8, p 16
    const encoded = 'scrypt$1024$8$16$TmFDbA$_bq-HJ00cgB4VucZDQHp_nxq18vII3gw53N2Y0s3MWI';
    expect(await verifyPassword('password', encoded)).toBe(true);
    expect(await verifyPassword('Password', encoded)).toBe(false);
  });
});

test.for([
  '',
  'scrypt',
  'password',
  'scrypt$32768$8$1$$',
  'scrypt$32768$8$1$AAAA$',
  'scrypt$32768$8$1$$AAAA',
  'scrypt$32768$8$1$AA==$AAAA',
  'scrypt$x$8$1$AAAA$AAAA',
  'scrypt$32767$8$1$AAAA$AAAA',
  'scrypt$0$8$1$AAAA$AAAA',
  'scrypt$1$8$1$AAAA$AAAA',
  'scrypt$32768$0$1$AAAA$AAAA',
  'scrypt$32768$8$0$AAAA$AAAA',
  'scrypt$-32768$8$1$AAAA$AAAA',
  'bcrypt$32768$8$1$AAAA$AAAA',
  'scrypt$1024$8$1$AAAA$AAAA',
  'scrypt$1024$8$1$AAAA$AAAA$AAAA',
])('the encoding %s is nobody: false, never an exception', async (encoded) => {
  expect(await verifyPassword('', encoded)).toBe(false);
});
