import { parseOperator } from './conditions/operator-name.ts';
import { listOf, type PolicyDocument, type PolicyStatement } from './document.ts';
import { parseTemplate, variablesOf } from './match/template.ts';

/**
 * Lists the context keys that a document refers to, in conditions and in variables: what GetContextKeysFor*Policy
 * answers.
 * @returns each key once whatever its case, in the spelling and order of its first use
 */
export function contextKeysOf(document: PolicyDocument): readonly string[] {
  const expandsVariables = document.Version === '2012-10-17';
  const keys = new Map<string, string>();
  for (const key of document.Statement.flatMap((statement) => keysOfStatement(statement, expandsVariables))) {
    if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key);
  }
  return [...keys.values()];
}

function keysOfStatement(statement: PolicyStatement, expandsVariables: boolean): readonly string[] {
  const resources = [...listOf(statement.Resource), ...listOf(statement.NotResource)];
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) => {
    const expands = expandsVariables && parseOperator(operator)?.operator.expandsVariables === true;
    return Object.entries(keys).flatMap(([key, values]) => [
      key,
      ...(expands ? listOf(values).flatMap(variablesIn) : []),
    ]);
  });
  return [...(expandsVariables ? resources.flatMap(variablesIn) : []), ...conditions];
}

const variablesIn = (text: string): readonly string[] => variablesOf(parseTemplate(text, true));
