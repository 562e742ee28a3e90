import { dictionary } from '@zxcvbn-ts/language-common';
import { expect, test } from 'vitest';
import { COMMON_PASSWORDS, DICE_WORDS } from '../../../src/core/passwords/common-passwords.ts';
import { frontDecoded, rankedDecoded } from '../../../src/core/passwords/front-coding.ts';

test('every common password of the library is here, and no other, within a factor of two of its rank', () => {
  const theirs = dictionary['passwords-common'];
  const ours = rankedDecoded(COMMON_PASSWORDS);
  expect(ours.length).toBeGreaterThan(40_000);
  expect(new Set(ours)).toEqual(new Set(theirs));
  expect(ours.length).toBe(theirs.length);
  const rankOf = new Map(ours.map((word, at) => [word, at + 1]));
  const off = theirs.filter((word, at) => Math.abs(Math.log2((rankOf.get(word) ?? 0) / (at + 1))) >= 1);
  expect(off).toEqual([]);
});

test('the words of the dice lists are the library’s, in its order', () => {
  expect(frontDecoded(DICE_WORDS)).toEqual(dictionary['diceware-common']);
});
