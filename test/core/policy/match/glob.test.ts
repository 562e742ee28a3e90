import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, globMatches } from '../../../../src/core/policy/match/glob.ts';
import { plainPattern } from '../../../../src/core/policy/match/template.ts';

/** The definition, by code point and by recursion. */
function matchesByDefinition(pattern: readonly string[], text: readonly string[]): boolean {
  const [wanted, ...rest] = pattern;
  if (wanted === undefined) return text.length === 0;
  if (wanted === '*') {
    return (
      matchesByDefinition(rest, text) || (text.length > 0 && matchesByDefinition(pattern, text.slice(1)))
    );
  }
  return (
    text.length > 0 && (wanted === '?' || wanted === text[0]) && matchesByDefinition(rest, text.slice(1))
  );
}

const alphabet = fc.constantFrom('a', 'b', ':', '/', '😀', '\n', '.');

test('matches exactly what the definition matches', () => {
  const patterns = fc.array(fc.oneof(alphabet, fc.constantFrom('*', '?')), { maxLength: 9 });
  const texts = fc.array(alphabet, { maxLength: 9 });
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const codes = plainPattern(pattern.join(''));
      const expected = matchesByDefinition(pattern, text);
      expect(globMatches(codes, text.join(''))).toBe(expected);
      expect(compileGlob(codes)(text.join(''))).toBe(expected);
    }),
    { numRuns: 3000 },
  );
});

test('matches a text made from its pattern', () => {
  const run = fc.array(alphabet, { maxLength: 4 }).map((parts) => parts.join(''));
  const piece = fc.oneof(
    run.map((text) => ({ pattern: '*', text })),
    alphabet.map((text) => ({ pattern: '?', text })),
    alphabet.map((text) => ({ pattern: text, text })),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const pattern = plainPattern(pieces.map((one) => one.pattern).join(''));
      expect(globMatches(pattern, pieces.map((one) => one.text).join(''))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

describe('forty stars and five kilobytes take under 50 ms', () => {
  const text = 'a'.repeat(5000);
  test.each([
    ['a star after every letter, and an end that fails', `${'a*'.repeat(40)}b`, false],
    ['stars before every letter', '*a'.repeat(40), true],
    ['only stars, then a letter that is missing', `${'*'.repeat(40)}b`, false],
    ['question marks between', `${'*?'.repeat(40)}b`, false],
    ['long runs that nearly fit', `${`*${'a'.repeat(100)}`.repeat(40)}b`, false],
    ['a run that fits at the end only', `*${'a'.repeat(120)}b`, false],
  ])('%s', (_, pattern, expected) => {
    const codes = plainPattern(pattern);
    const start = performance.now();
    expect(globMatches(codes, text)).toBe(expected);
    expect(performance.now() - start).toBeLessThan(50);
  });
});
