/**
 * Builds the lookup table of a list of registrations.
 * @param what - what the list holds, for the error text
 * @param items - the list
 * @param keyOf - the key of one item
 * @returns a Map in list order; a Map and not an object, so that `constructor` or `__proto__` finds nothing
 * @throws Error when two items share a key: a list refuses doubles when it is built, not when it is asked
 */
export function uniqueBy<T>(
  what: string,
  items: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<string, T> {
  const table = new Map<string, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (table.has(key)) throw new Error(`two entries named ${key} in the list of ${what}`);
    table.set(key, item);
  }
  return table;
}
