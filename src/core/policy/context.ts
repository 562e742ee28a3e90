import type { Context, ContextValue } from './types.ts';

/**
 * Builds a request context. Condition keys ignore case, so they are kept in lower case; of two entries that differ
 * in case only, the later counts.
 */
export function contextOf(entries: Iterable<readonly [key: string, value: ContextValue]>): Context {
  const context = new Map<string, ContextValue>();
  for (const [key, value] of entries) context.set(key.toLowerCase(), value);
  return context;
}
