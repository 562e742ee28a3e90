/**
 * The shape of a condition operator. An operator compares one wanted value with one given value and nothing else:
 * missing keys, several values, `IfExists`, `ForAnyValue:` and `ForAllValues:` are the engine's business
 * (`clause.ts`), and so is negation: a negated operator compares like its positive twin.
 * @see IAM User Guide, reference_policies_elements_condition_operators
 */
import type { Pattern } from '../match/template.ts';

/**
 * What came of a comparison. `incomparable`: one side is not of the operator's type (`abc` is no number), so the two
 * are not equal, yet "not equal" would be too much to say. `ambiguous`: a value has two readings (`2026` as a date).
 */
export type Compared = boolean | 'incomparable' | 'ambiguous';

/** Compares a given value with the wanted one that it was made for. */
export type Comparison = (given: string) => Compared;

/** What an operator compares; `null` is the type of the operator `Null`, which looks at presence only. */
export type OperatorType = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn' | 'null';

/** One operator of the policy language. */
export interface Operator {
  /** Exactly as written in a policy. */
  readonly name: string;
  readonly type: OperatorType;
  /** Whether `${…}` in a wanted value is a policy variable. */
  readonly expandsVariables: boolean;
  /** A negated operator holds when no wanted value equals the given one. */
  readonly negated: boolean;
  /** Prepares a wanted value, variables filled in. */
  readonly compile: (wanted: Pattern) => Comparison;
}

/** Defines a positive operator. */
export const operator = (definition: Omit<Operator, 'negated'>): Operator => ({
  ...definition,
  negated: false,
});

/** Defines the negated twin of an operator. */
export const negate = (name: string, positive: Operator): Operator => ({ ...positive, name, negated: true });

/** The comparison of a wanted value that is not of its operator's type. */
export const incomparable: Comparison = () => 'incomparable';
