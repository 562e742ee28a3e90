import { parseOperator } from '../conditions/operator-name.ts';
import { refuseSyntax } from '../fault.ts';
import type { DraftCondition } from './draft.ts';
import type { JsonMember } from './json-node.ts';
import { readList } from './syntax-list.ts';

/**
 * Reads a Condition element. AWS takes an unknown operator only where no key stands under it.
 * @throws Refused with "Syntax errors in policy."
 */
export function readConditions(
  member: JsonMember | undefined,
  statementPath: string,
): readonly DraftCondition[] {
  if (member === undefined) return [];
  const path = `${statementPath}.Condition`;
  const { value } = member;
  if (value.kind !== 'object') return refuseSyntax(value.at, path, '`Condition` must be an object');
  return value.members.flatMap((operator) => readOperator(operator, `${path}.${operator.name}`));
}

function readOperator({ name, at, value }: JsonMember, path: string): readonly DraftCondition[] {
  if (value.kind !== 'object') {
    return refuseSyntax(value.at, path, 'an operator must hold an object of condition keys');
  }
  if (value.members.length > 0 && parseOperator(name) === null) {
    return refuseSyntax(at, path, `unknown condition operator \`${name}\``);
  }
  return value.members.map((key) => ({
    operator: name,
    key: key.name,
    list: readList(key, path, { negated: false, accepts: 'scalars' }),
  }));
}
