/**
 * Query strings as SigV4 sees them: every component decoded and encoded again in the one strict way.
 * @see AWS General Reference, "Create a canonical request", CanonicalQueryString
 */
import { decodeComponent, encodeComponent } from '../percent.ts';

/** A name and a value, both percent-encoded strictly. */
type EncodedPair = readonly [name: string, value: string];

/** Splits a raw query into raw names and values. */
export function* queryPairs(query: string): Generator<readonly [name: string, value: string]> {
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    yield equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
  }
}

/**
 * Writes the canonical query string: strictly encoded, sorted by name, then by value.
 * @param omit - a name left out (`X-Amz-Signature` in a presigned request)
 * @returns null where a component cannot be decoded
 */
export function canonicalQuery(query: string, omit: string | null): string | null {
  if (query === '') return '';
  const pairs: EncodedPair[] = [];
  for (const [rawName, rawValue] of queryPairs(query)) {
    const name = decodeComponent(rawName);
    const value = decodeComponent(rawValue);
    if (name === null || value === null) return null;
    if (name !== omit) pairs.push([encodeComponent(name), encodeComponent(value)]);
  }
  pairs.sort(byNameThenValue);
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}

function byNameThenValue(left: EncodedPair, right: EncodedPair): number {
  return compare(left[0], right[0]) || compare(left[1], right[1]);
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
