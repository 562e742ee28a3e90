/** Pseudo-random numbers that are the same in every run: whole numbers from 0 to below `limit`. */
export type Random = (limit: number) => number;

/**
 * A generator by Marsaglia's xorshift, 32 bits wide.
 * @param seed - any whole number but zero
 */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/** @throws RangeError for an empty list */
export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[random(values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}
