import { textOf } from '../match/template.ts';
import { type Comparison, incomparable, operator } from './operator.ts';

/** Reads `true` or `false` in any case; null for anything else. */
export function parseBoolean(text: string): boolean | null {
  const folded = text.toLowerCase();
  if (folded === 'true') return true;
  return folded === 'false' ? false : null;
}

/** Compares truth values; shared with `Null`, which asks the same about a key's absence. */
export function compareBooleans(text: string): Comparison {
  const wanted = parseBoolean(text);
  if (wanted === null) return incomparable;
  return (given) => {
    const value = parseBoolean(given);
    return value === null ? 'incomparable' : value === wanted;
  };
}

/** The given truth value is the wanted one. */
export const bool = operator({
  name: 'Bool',
  type: 'bool',
  expandsVariables: true,
  compile: (wanted) => compareBooleans(textOf(wanted)),
});
