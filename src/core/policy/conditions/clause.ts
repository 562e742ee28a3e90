/**
 * One line of a Condition element, compiled: an operator, a key, the wanted values. This is where missing keys,
 * several values and negation are decided, alike for every operator.
 * @see IAM User Guide, reference_policies_elements_condition and …_multi-value-conditions
 */
import { fillTemplate, parseTemplate, type Template, variablesOf } from '../match/template.ts';
import type { Context, ContextValue } from '../types.ts';
import type { Compared, Operator } from './operator.ts';
import { parseOperator, type QualifiedOperator, type Quantifier } from './operator-name.ts';

/** A compiled line. */
export interface Clause {
  /** The operator as written. */
  readonly operator: string;
  /** The key as written, and as contexts hold it. */
  readonly key: string;
  readonly lowerKey: string;
  readonly wanted: readonly string[];
  /** Variables of the wanted values, as written. */
  readonly variables: readonly string[];
  readonly tests: readonly Test[];
  readonly testsPresence: boolean;
  readonly negated: boolean;
  readonly quantifier: Quantifier;
  /** The answer when the key is absent or holds an empty list. */
  readonly whenAbsent: boolean;
  /** The answer where the documentation leaves it open. */
  readonly whenOpen: boolean;
}

/** What a clause belongs to. */
export interface ClauseSetting {
  /** True for Version 2012-10-17. */
  readonly expandsVariables: boolean;
  /**
   * Where the documentation leaves an answer open, an Allow does not match and a Deny does: a document is never
   * read so that it gives more than its author may have meant.
   */
  readonly effect: 'Allow' | 'Deny';
}

/** Compares one given value with one wanted value. */
type Test = (given: string, context: Context) => Compared;

/** Compiles a line. @returns null for an unknown operator */
export function compileClause(
  name: string,
  key: string,
  wanted: readonly string[],
  setting: ClauseSetting,
): Clause | null {
  const qualified = parseOperator(name);
  if (qualified === null) return null;
  const { operator, quantifier } = qualified;
  const expands = operator.expandsVariables && setting.expandsVariables;
  const templates = wanted.map((text) => parseTemplate(text, expands));
  const whenOpen = setting.effect === 'Deny';
  return {
    operator: name,
    key,
    lowerKey: key.toLowerCase(),
    wanted,
    variables: templates.flatMap(variablesOf),
    tests: templates.map((template) => compileTest(operator, template)),
    testsPresence: operator.type === 'null',
    negated: operator.negated,
    quantifier,
    whenAbsent: answerWhenAbsent(qualified, whenOpen),
    whenOpen,
  };
}

/** Whether a clause holds in a context. */
export function clauseHolds(clause: Clause, context: Context): boolean {
  const given = context.get(clause.lowerKey);
  if (clause.testsPresence) return valuePasses(clause, isAbsent(given) ? 'true' : 'false', context);
  if (given === undefined) return clause.whenAbsent;
  if (typeof given === 'string') return valuePasses(clause, given, context);
  return given.length === 0 ? clause.whenAbsent : valuesPass(clause, given, context);
}

const isAbsent = (given: ContextValue | undefined): boolean =>
  given === undefined || (typeof given !== 'string' && given.length === 0);

function answerWhenAbsent({ operator, quantifier, ifExists }: QualifiedOperator, whenOpen: boolean): boolean {
  switch (quantifier) {
    case 'one':
      return ifExists || operator.negated;
    case 'all':
      return true;
    case 'any':
      // ForAnyValue says false, IfExists says true; the documentation does not say which wins.
      return ifExists && whenOpen;
  }
}

function valuesPass(clause: Clause, given: readonly string[], context: Context): boolean {
  switch (clause.quantifier) {
    case 'one':
      // Several values without ForAnyValue or ForAllValues: not defined.
      return clause.whenOpen;
    case 'any':
      return given.some((value) => valuePasses(clause, value, context));
    case 'all':
      return given.every((value) => valuePasses(clause, value, context));
  }
}

/** Positive operators are "either … or"; negated ones "neither … nor": no wanted value may equal the given one. */
function valuePasses({ tests, negated, whenOpen }: Clause, given: string, context: Context): boolean {
  let otherwise = negated;
  for (const test of tests) {
    const equal = test(given, context);
    if (equal === true) return !negated;
    if (equal !== false && (negated || equal === 'ambiguous')) otherwise = whenOpen;
  }
  return otherwise;
}

/** A wanted value with variables is prepared at each request; a variable without a value equals nothing. */
function compileTest(operator: Operator, template: Template): Test {
  if (template.fixed !== null) return operator.compile(template.fixed);
  return (given, context) => {
    const filled = fillTemplate(template, context);
    return filled !== null && operator.compile(filled)(given);
  };
}
