import { expect, test } from 'vitest';
import { formatUserCode, parseUserCode, userCodeOf } from '../../../src/core/oauth/user-code.ts';

test('a code is eight consonants, of all the bytes that are given', () => {
  expect(userCodeOf(new Uint8Array(8))).toBe('BBBBBBBB');
  expect(userCodeOf(new Uint8Array(8).fill(255))).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{8}$/);
  const codes = Array.from({ length: 8 }, (_, at) => userCodeOf(new Uint8Array(8).fill(1, at, at + 1)));
  expect(new Set(codes).size).toBe(8);
});

test('each letter stands at each place about equally often', () => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 5000; round += 1) {
    [...userCodeOf(crypto.getRandomValues(new Uint8Array(8)))].forEach((letter, at) => {
      counts.set(`${letter}${at}`, (counts.get(`${letter}${at}`) ?? 0) + 1);
    });
  }
  expect(counts.size).toBe(160);
  // 250 each; eight standard deviations either way.
  for (const count of counts.values()) expect(Math.abs(count - 250)).toBeLessThan(125);
});

test.for(['BCDF-GHJK', 'bcdfghjk', ' bcdf ghjk ', 'b-c-d-f-g-h-j-k'])('`%s` is read', (typed) => {
  expect(parseUserCode(typed)).toBe('BCDFGHJK');
  expect(formatUserCode('BCDFGHJK')).toBe('BCDF-GHJK');
});

test.for(['', 'BCDFGHJ', 'BCDFGHJKL', 'ACDFGHJK', 'BCDF_GHJK', 'ВCDFGHJK', `BCDFGHJK${' '.repeat(40)}`])(
  '`%s` is no code',
  (typed) => {
    expect(parseUserCode(typed)).toBeNull();
  },
);
