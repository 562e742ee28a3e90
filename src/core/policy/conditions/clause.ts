/**
 * One line of a Condition element, compiled: an operator, a key, the wanted values. This is where missing keys,
 * several values and negation are decided, alike for every operator.
 * @see IAM User Guide, reference_policies_elements_condition and …_multi-value-conditions
 */
import { fillTemplate, parseTemplate, type Template, variablesOf } from '../match/template.ts';
import type { Context, ContextValue } from '../types.ts';
import type { Compared, Operator } from './operator.ts';
import { parseOperator, type Quantifier } from './operator-name.ts';

/** A compiled line. */
export interface Clause {
  /** The operator as written. */
  readonly operator: string;
  /** The key as written. */
  readonly key: string;
  readonly wanted: readonly string[];
  /** Lower-cased variables of the wanted values. */
  readonly variables: readonly string[];
  readonly holds: (context: Context) => boolean;
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

/** @returns null for an unknown operator */
export function compileClause(
  name: string,
  key: string,
  wanted: readonly string[],
  setting: ClauseSetting,
): Clause | null {
  const qualified = parseOperator(name);
  if (qualified === null) return null;
  const { operator, quantifier, ifExists } = qualified;
  const expands = operator.expandsVariables && setting.expandsVariables;
  const templates = wanted.map((text) => parseTemplate(text, expands));
  const tests = templates.map((template) => compileTest(operator, template));
  const whenOpen = setting.effect === 'Deny';
  const lowerKey = key.toLowerCase();
  const one = operator.negated ? noneEquals(tests, whenOpen) : someEquals(tests, whenOpen);
  const absent = whenAbsent(operator, quantifier, ifExists, whenOpen);
  const holds =
    operator.type === 'null'
      ? (context: Context) => one(isAbsent(context.get(lowerKey)) ? 'true' : 'false', context)
      : (context: Context) => {
          const given = context.get(lowerKey);
          if (given === undefined) return absent;
          if (typeof given === 'string') return one(given, context);
          if (given.length === 0) return absent;
          return severalHold(given, quantifier, one, whenOpen, context);
        };
  const variables = templates.flatMap(variablesOf).map((variable) => variable.toLowerCase());
  return { operator: name, key, wanted, variables, holds };
}

const isAbsent = (given: ContextValue | undefined): boolean =>
  given === undefined || (typeof given !== 'string' && given.length === 0);

/** The answer when the key is absent or holds an empty list. */
function whenAbsent(
  operator: Operator,
  quantifier: Quantifier,
  ifExists: boolean,
  whenOpen: boolean,
): boolean {
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

function severalHold(
  given: readonly string[],
  quantifier: Quantifier,
  one: (given: string, context: Context) => boolean,
  whenOpen: boolean,
  context: Context,
): boolean {
  switch (quantifier) {
    case 'one':
      // Several values without ForAnyValue or ForAllValues: not defined.
      return whenOpen;
    case 'any':
      return given.some((value) => one(value, context));
    case 'all':
      return given.every((value) => one(value, context));
  }
}

/** A wanted value with variables is prepared at each request; a variable without a value equals nothing. */
function compileTest(operator: Operator, template: Template): Test {
  if (template.fixed !== null) return operator.compile(template.fixed);
  return (given, context) => {
    const filled = fillTemplate(template, context);
    return filled !== null && operator.compile(filled)(given);
  };
}

/** Positive operators are "either … or". */
function someEquals(tests: readonly Test[], whenOpen: boolean): (given: string, context: Context) => boolean {
  return (given, context) => {
    let holds = false;
    for (const test of tests) {
      const equal = test(given, context);
      if (equal === true) return true;
      if (equal === 'ambiguous') holds = whenOpen;
    }
    return holds;
  };
}

/** Negated operators are "neither … nor": no wanted value may equal the given one. */
function noneEquals(tests: readonly Test[], whenOpen: boolean): (given: string, context: Context) => boolean {
  return (given, context) => {
    let holds = true;
    for (const test of tests) {
      const equal = test(given, context);
      if (equal === true) return false;
      if (equal !== false) holds = whenOpen;
    }
    return holds;
  };
}
