import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ACCESS_KEY_ID_RANDOM_BYTES,
  accessKeyId,
  accountOfAccessKeyId,
  formatTimedUuid,
  timedBytes,
  UNIQUE_ID_RANDOM_BYTES,
  uniqueId,
} from '../../src/core/ids.ts';
import { fakeRandom } from '../helpers/fake-world.ts';

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

describe('an id of a moment', () => {
  const AT = Date.UTC(2026, 10, 24, 12, 0, 0, 7);
  const bytes = Uint8Array.from({ length: 16 }, (_, at) => 0xf0 + at);

  test('is a UUID of version 7: the moment, then what is random', () => {
    expect(formatTimedUuid(AT, bytes)).toBe('01a20d6d-5a07-76f7-b8f9-fafbfcfdfeff');
    expect(formatTimedUuid(0, bytes)).toBe('00000000-0000-76f7-b8f9-fafbfcfdfeff');
    expect(formatTimedUuid(2 ** 48 - 1, bytes)).toBe('ffffffff-ffff-76f7-b8f9-fafbfcfdfeff');
  });

  test('sorts by its moment, whatever is random', () => {
    const moments = [0, 1, 2 ** 32 - 1, 2 ** 32, AT, AT + 1];
    const ids = moments.map((at, index) => formatTimedUuid(at, fakeRandom(index + 1).bytes(16)));
    expect([...ids].sort()).toEqual(ids);
  });

  test('keeps ten random bytes, and the given ones as they are', () => {
    const given = bytes.slice();
    expect([...timedBytes(AT, given).subarray(6)]).toEqual([...bytes.subarray(6)]);
    expect(given).toEqual(bytes);
  });

  test('with too few random bytes is none', () => {
    for (const length of [0, 10, 15])
      expect(() => timedBytes(AT, new Uint8Array(length))).toThrow(
        new RangeError(`needs 16 random bytes, got ${length}`),
      );
  });
});
