/**
 * Wildcard matching without regular expressions: two pointers, and after a mismatch one step back to the last `*`,
 * so that `a*a*a*…` cannot blow up. By code point: `?` takes a whole surrogate pair.
 */
import { ANY_ONE, ANY_RUN, type Pattern, SEGMENT_ONE, SEGMENT_RUN, textOf } from './template.ts';

const COLON = 0x3a;

/**
 * Whether a pattern matches the whole of a text. Going back to the last `*` is enough: any match found later could
 * also be reached from it, and a segment's `*` cannot change where its segment ends. (That holds for patterns whose
 * segments end in a colon of their own before any wildcard that may take one, as those of `resource.ts` do.)
 */
export function globMatches(pattern: Pattern, text: string): boolean {
  let p = 0;
  let t = 0;
  let run = -1;
  let runAt = 0;
  let segmentRun = -1;
  let segmentRunAt = 0;
  while (t < text.length) {
    const wanted = pattern[p];
    if (wanted === ANY_RUN) {
      run = p;
      runAt = t;
      segmentRun = -1;
      p += 1;
    } else if (wanted === SEGMENT_RUN) {
      segmentRun = p;
      segmentRunAt = t;
      p += 1;
    } else if (wanted === text.charCodeAt(t)) {
      p += 1;
      t += 1;
    } else if (wanted === ANY_ONE || (wanted === SEGMENT_ONE && text.charCodeAt(t) !== COLON)) {
      p += 1;
      t += characterWidth(text, t);
    } else if (segmentRun !== -1 && text.charCodeAt(segmentRunAt) !== COLON) {
      segmentRunAt += 1;
      p = segmentRun + 1;
      t = segmentRunAt;
    } else if (run !== -1) {
      runAt += 1;
      p = run + 1;
      t = runAt;
    } else {
      return false;
    }
  }
  while (pattern[p] === ANY_RUN || pattern[p] === SEGMENT_RUN) p += 1;
  return p === pattern.length;
}

function characterWidth(text: string, at: number): 1 | 2 {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff ? 2 : 1;
}

/**
 * Makes a matcher of a pattern, with short cuts for the common forms: everything, a literal, a literal start.
 * @returns a function that costs no allocation when called
 */
export function compileGlob(pattern: Pattern): (text: string) => boolean {
  const wildcard = pattern.findIndex((code) => code < 0);
  if (wildcard === -1) {
    const literal = textOf(pattern);
    return (text) => text === literal;
  }
  if (wildcard === pattern.length - 1 && pattern[wildcard] === ANY_RUN) {
    const start = textOf(pattern.slice(0, wildcard));
    return (text) => text.startsWith(start);
  }
  return (text) => globMatches(pattern, text);
}
