import { operators } from './index.ts';
import type { Operator } from './operator.ts';

/** How several given values count: `one` is an operator without a set prefix. */
export type Quantifier = 'one' | 'any' | 'all';

/** An operator as written in a policy, taken apart. */
export interface QualifiedOperator {
  readonly operator: Operator;
  readonly quantifier: Quantifier;
  readonly ifExists: boolean;
}

const PREFIXES: readonly (readonly [prefix: string, quantifier: Quantifier])[] = [
  ['ForAnyValue:', 'any'],
  ['ForAllValues:', 'all'],
];
const IF_EXISTS = 'IfExists';

/**
 * Reads an operator such as `ForAnyValue:StringLikeIfExists`; the spelling is exact.
 * @returns null for an unknown one. `Null` takes neither a prefix nor `IfExists`: a presence test has no values.
 * @see IAM User Guide, reference_policies_elements_condition_operators
 */
export function parseOperator(name: string): QualifiedOperator | null {
  const [prefix, quantifier] = PREFIXES.find(([start]) => name.startsWith(start)) ?? ['', 'one' as const];
  const bare = name.slice(prefix.length);
  const ifExists = bare.endsWith(IF_EXISTS);
  const operator = operators.get(ifExists ? bare.slice(0, -IF_EXISTS.length) : bare);
  if (operator === undefined) return null;
  if (operator.type === 'null' && (ifExists || quantifier !== 'one')) return null;
  return { operator, quantifier, ifExists };
}
