import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACCESS_KEY_ID_RANDOM_BYTES,
  accessKeyId,
  accountOfAccessKeyId,
  UNIQUE_ID_RANDOM_BYTES,
  uniqueId,
} from '../../src/core/ids.ts';

const ones = (length: number) => new Uint8Array(length).fill(0xff);
const accounts = fc
  .integer({ min: 0, max: 999_999_999_999 })
  .map((number) => String(number).padStart(12, '0'));
const random = fc.uint8Array({
  minLength: ACCESS_KEY_ID_RANDOM_BYTES,
  maxLength: ACCESS_KEY_ID_RANDOM_BYTES,
});

describe('a unique id', () => {
  test('has its prefix and 21 characters', () => {
    expect(uniqueId('AIDA', new Uint8Array(UNIQUE_ID_RANDOM_BYTES))).toBe('AIDAAAAAAAAAAAAAAAAAA');
    expect(uniqueId('AROA', ones(UNIQUE_ID_RANDOM_BYTES))).toBe('AROA77777777777777777');
  });

  test('is another one for other random bytes, in each of its 85 bits', () => {
    const ids = new Set<string>();
    for (let bit = 0; bit < 85; bit += 1) {
      const bytes = new Uint8Array(UNIQUE_ID_RANDOM_BYTES);
      bytes[bit >> 3] = 0x80 >> (bit & 7);
      ids.add(uniqueId('AGPA', bytes));
    }
    expect(ids.size).toBe(85);
  });

  test('needs enough random bytes', () =>
    expect(() => uniqueId('AIDA', new Uint8Array(10))).toThrow(
      new RangeError('needs 11 random bytes, got 10'),
    ));
});

describe('an access key id', () => {
  test('has its prefix, a set top bit, and 20 characters', () => {
    expect(accessKeyId('AKIA', '000000000000', new Uint8Array(5))).toBe('AKIAQAAAAAAAAAAAAAAA');
    expect(accessKeyId('AKIA', '123456789012', Uint8Array.of(1, 2, 3, 4, 5))).toBe('AKIARZPUZDIKAEBAGBAF');
    expect(accessKeyId('ASIA', '999999999999', ones(5))).toBe('ASIA6RVFFB7777777777');
  });

  test('carries its account', () =>
    fc.assert(
      fc.property(accounts, random, (account, bytes) => {
        const id = accessKeyId('ASIA', account, bytes);
        expect(id).toMatch(/^ASIA[Q-Z2-7][A-Z2-7]{15}$/);
        expect(accountOfAccessKeyId(id)).toBe(account);
      }),
    ));

  test('is decoded as others have published it', () =>
    expect(accountOfAccessKeyId('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753'));

  test('is another one for other random bytes, in each of its 39 bits', () => {
    const ids = new Set<string>();
    for (let bit = 1; bit < 40; bit += 1) {
      const bytes = new Uint8Array(5);
      bytes[bit >> 3] = 0x80 >> (bit & 7);
      ids.add(accessKeyId('AKIA', '123456789012', bytes));
    }
    expect(ids.size).toBe(39);
  });

  test('needs an account and enough random bytes', () => {
    expect(() => accessKeyId('AKIA', '123456789012', new Uint8Array(4))).toThrow(RangeError);
    for (const account of ['', '1234', '1234567890123', '12345678901x', 'aws']) {
      expect(() => accessKeyId('AKIA', account, new Uint8Array(5))).toThrow(RangeError);
    }
  });

  const foreign = [
    '',
    'AKIA',
    'AKIAQAAAAAAAAAAAAAA',
    'AKIAQAAAAAAAAAAAAAAAA',
    'AIDAQAAAAAAAAAAAAAAA',
    'akiaqaaaaaaaaaaaaaaa',
    'AKIAQAAAAAAAAAAAAAA1',
    'AKIAQAAAAAAAAAAAAAA8',
    'AKIAQAAAAAAAAAAAAAA\n',
    'AKIAAAAAAAAAAAAAAAAA',
    'AKIAIOSFODNN7EXAMPLE',
    'AKIA7777777777777777',
  ];
  for (const id of foreign) {
    test(`${JSON.stringify(id)} carries no account`, () => expect(accountOfAccessKeyId(id)).toBeNull());
  }
});
