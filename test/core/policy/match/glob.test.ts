import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, globMatches } from '../../../../src/core/policy/match/glob.ts';
import {
  ANY_ONE,
  ANY_RUN,
  plainPattern,
  SEGMENT_ONE,
  SEGMENT_RUN,
} from '../../../../src/core/policy/match/template.ts';

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

/** The definition again, for patterns in which some wildcards may not take a colon. */
function matchesInSegments(pattern: readonly number[], text: readonly string[]): boolean {
  const [wanted, ...rest] = pattern;
  const [first] = text;
  if (wanted === undefined) return first === undefined;
  const takes = first !== undefined && (first !== ':' || wanted === ANY_RUN || wanted === ANY_ONE);
  if (wanted === ANY_RUN || wanted === SEGMENT_RUN) {
    return matchesInSegments(rest, text) || (takes && matchesInSegments(pattern, text.slice(1)));
  }
  if (wanted === ANY_ONE || wanted === SEGMENT_ONE) return takes && matchesInSegments(rest, text.slice(1));
  return first !== undefined && wanted === first.charCodeAt(0) && matchesInSegments(rest, text.slice(1));
}

/** As resources are written: segments whose wildcards stay inside, a `*` at their end that does not, and free text. */
const letters = fc.constantFrom('a', 'b').map((letter) => letter.charCodeAt(0));
const colon = ':'.charCodeAt(0);
const segment = fc
  .tuple(
    fc.array(fc.oneof(letters, fc.constantFrom(SEGMENT_RUN, SEGMENT_ONE)), { maxLength: 4 }),
    fc.constantFrom([], [ANY_RUN]),
  )
  .map(([inside, end]) => [...inside, ...end, colon]);
const rest = fc.array(fc.oneof(letters, fc.constantFrom(colon, ANY_RUN, ANY_ONE)), { maxLength: 4 });

test('matches what the definition matches where wildcards may not take a colon', () => {
  const patterns = fc
    .tuple(fc.array(segment, { maxLength: 3 }), rest)
    .map(([segments, tail]) => [...segments.flat(), ...tail]);
  const texts = fc.array(fc.constantFrom('a', 'b', ':'), { maxLength: 10 });
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      expect(globMatches(pattern, text.join(''))).toBe(matchesInSegments(pattern, text));
    }),
    { numRuns: 20_000 },
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
    // The best of five: what else runs on this machine is not what is measured.
    const milliseconds = Array.from({ length: 5 }, () => {
      const start = performance.now();
      expect(globMatches(codes, text)).toBe(expected);
      return performance.now() - start;
    });
    expect(Math.min(...milliseconds)).toBeLessThan(50);
  });
});
