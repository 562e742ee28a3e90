import type {
  ConditionElement,
  OneOrMany,
  PolicyDocument,
  PolicyStatement,
  PrincipalElement,
} from '../document.ts';
import type { Draft, DraftCondition, DraftList, DraftPrincipal, DraftStatement } from './draft.ts';

/** Gives a checked draft as a document. */
export const toDocument = ({ version, id, statements }: Draft): PolicyDocument => ({
  ...(version === null ? {} : { Version: version }),
  ...(id === null ? {} : { Id: id }),
  Statement: statements.map(toStatement),
});

function toStatement({
  sid,
  effect,
  principal,
  action,
  resource,
  conditions,
}: DraftStatement): PolicyStatement {
  return {
    ...(sid === null ? {} : { Sid: sid.text }),
    Effect: effect.text.toLowerCase() === 'allow' ? 'Allow' : 'Deny',
    ...(principal === null
      ? {}
      : { [principal.negated ? 'NotPrincipal' : 'Principal']: toPrincipals(principal) }),
    ...(action === null ? {} : { [action.negated ? 'NotAction' : 'Action']: toValues(action) }),
    ...(resource === null ? {} : { [resource.negated ? 'NotResource' : 'Resource']: toValues(resource) }),
    ...(conditions.length === 0 ? {} : { Condition: toConditions(conditions) }),
  };
}

function toValues({ values, isSingle }: DraftList): OneOrMany {
  const [first] = values;
  return isSingle && first !== undefined ? first.text : values.map(({ text }) => text);
}

function toPrincipals({ everybody, byType }: DraftPrincipal): PrincipalElement {
  return everybody ? '*' : Object.fromEntries(byType.map(({ type, list }) => [type, toValues(list)]));
}

function toConditions(conditions: readonly DraftCondition[]): ConditionElement {
  const operators = new Map<string, (readonly [key: string, values: OneOrMany])[]>();
  for (const { operator, key, list } of conditions) {
    const keys = operators.get(operator) ?? [];
    keys.push([key, toValues(list)]);
    operators.set(operator, keys);
  }
  // `fromEntries` defines members, so that a key named `__proto__` is a member like any other.
  return Object.fromEntries([...operators].map(([operator, keys]) => [operator, Object.fromEntries(keys)]));
}
