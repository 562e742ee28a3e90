/** A session policy as a person reads it who is asked to let an application in. */
import { type ConditionElement, listOf, type OneOrMany, type PolicyStatement } from '../policy/document.ts';
import { parsePolicy } from '../policy/parse.ts';

/** One statement in words; every value stands as the application wrote it, and is shown as such. */
export interface StatementInWords {
  readonly effect: 'Allow' | 'Deny';
  /** Whether the actions are those that it does not speak about. */
  readonly allActionsBut: boolean;
  readonly actions: readonly string[];
  readonly allResourcesBut: boolean;
  readonly resources: readonly string[];
  /** `StringEquals aws:PrincipalTag/team: red, blue`; all of them must hold. */
  readonly conditions: readonly string[];
}

/**
 * Puts it into words. Nothing of a statement is left out: a condition that nobody sees is one that nobody agreed to.
 * @param document - checked before. @returns an empty list for what is no policy
 */
export function policyInWords(document: string): readonly StatementInWords[] {
  const parsed = parsePolicy(document, 'session');
  return parsed.ok ? parsed.value.Statement.map(inWords) : [];
}

const inWords = (statement: PolicyStatement): StatementInWords => ({
  effect: statement.Effect,
  allActionsBut: statement.NotAction !== undefined,
  actions: listOf(statement.NotAction ?? statement.Action),
  allResourcesBut: statement.NotResource !== undefined,
  resources: listOf(statement.NotResource ?? statement.Resource),
  conditions: conditionsInWords(statement.Condition ?? {}),
});

const conditionsInWords = (condition: ConditionElement): readonly string[] =>
  Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => `${operator} ${key}: ${textOf(values)}`),
  );

const textOf = (values: OneOrMany): string => listOf(values).join(', ');
