import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  frontCoded,
  frontDecoded,
  rankedCoded,
  rankedDecoded,
} from '../../../src/core/passwords/front-coding.ts';

/** Anything without capital letters, the empty word and halves of characters included. */
const word = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replaceAll(/[A-Z]/g, ''));

test('a word says how much of the one before it stays', () => {
  expect(frontCoded(['dragon', 'dragonfly', 'dry', ''])).toBe('AdragonGflyCyA');
  expect(frontDecoded('AdragonGflyCyA')).toEqual(['dragon', 'dragonfly', 'dry', '']);
  expect(frontDecoded('')).toEqual([]);
});

test('whatever is coded comes back in its order', () => {
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(frontDecoded(frontCoded(words))).toEqual(words);
    }),
  );
});

test('common beginnings past 25 characters are said again', () => {
  const words = ['a'.repeat(60), 'a'.repeat(61)];
  expect(frontDecoded(frontCoded(words))).toEqual(words);
});

test('a word with a capital letter is refused, for it would be read as a step', () => {
  expect(() => frontCoded(['dragon', 'Dragon'])).toThrow(new RangeError('`Dragon` has a capital letter'));
});

describe('ranked words', () => {
  test('come back by doublings of their rank, in the order of the alphabet within one', () => {
    const coded = rankedCoded(['z', 'y', 'x', 'd', 'c', 'b', 'a', 'zz']);
    expect(coded).toEqual({ words: 'AaAbAcAdAxAyAzBz', doublings: 'ccccbbad' });
    expect(rankedDecoded(coded)).toEqual(['z', 'x', 'y', 'a', 'b', 'c', 'd', 'zz']);
  });

  test('each is within a factor of two of its rank', () => {
    fc.assert(
      fc.property(fc.uniqueArray(word, { maxLength: 200 }), (words) => {
        const back = rankedDecoded(rankedCoded(words));
        expect([...back].sort()).toEqual([...words].sort());
        for (const [at, each] of words.entries()) {
          const rank = back.indexOf(each) + 1;
          expect(rank / (at + 1)).toBeGreaterThan(0.5);
          expect(rank / (at + 1)).toBeLessThan(2);
        }
      }),
    );
  });
});
