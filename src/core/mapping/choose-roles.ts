import { clauseHolds } from '../policy/conditions/clause.ts';
import { contextOf } from '../policy/context.ts';
import type { Context } from '../policy/types.ts';
import type { IdentityValues, MappingRule, MappingRules } from './mapping-rules.ts';

/** A condition that kept a rule from matching. */
export interface FailedCondition {
  readonly operator: string;
  readonly key: string;
  readonly wanted: readonly string[];
  /** Null where the login has no such value. */
  readonly given: readonly string[] | null;
}

/** What became of one rule. */
export interface RuleTrace {
  readonly rule: MappingRule;
  /** `not_asked`: a rule before it had the last word. */
  readonly result: 'matched' | 'not_matched' | 'not_asked';
  readonly failed: readonly FailedCondition[];
}

/** What the rules say of a login. */
export interface RoleChoice {
  /** ARNs, in the order of the rules; empty where the login is refused. */
  readonly roles: readonly string[];
  readonly decidedBy: 'rules' | 'deny' | 'default' | 'nothing';
  /** Rules on trial that matched: what they would have done. */
  readonly onTrial: readonly MappingRule[];
  readonly trace: readonly RuleTrace[];
}

/**
 * Asks the rules in order. The first that matches decides; a rule with `Continue` adds its roles and lets the next be asked.
 * A Deny that is reached refuses, whatever was gathered before. Where none has matched, the default counts.
 */
export function chooseRoles({ rules, defaultRoles }: MappingRules, identity: IdentityValues): RoleChoice {
  const context = mappingContext(identity);
  const trace: RuleTrace[] = [];
  const onTrial: MappingRule[] = [];
  const gathered = new Set<string>();
  let last: MappingRule | null = null;
  let isOver = false;
  for (const rule of rules) {
    const asked = isOver ? notAsked(rule) : askRule(rule, context, identity);
    trace.push(asked);
    if (asked.result !== 'matched') continue;
    if (rule.audits) {
      onTrial.push(rule);
      continue;
    }
    last = rule;
    for (const role of rule.roles) gathered.add(role);
    isOver = !rule.continues;
  }
  if (last?.effect === 'Deny') return { roles: [], decidedBy: 'deny', onTrial, trace };
  if (last !== null) return { roles: [...gathered], decidedBy: 'rules', onTrial, trace };
  const decidedBy = defaultRoles.length > 0 ? 'default' : 'nothing';
  return { roles: defaultRoles, decidedBy, onTrial, trace };
}

const notAsked = (rule: MappingRule): RuleTrace => ({ rule, result: 'not_asked', failed: [] });

function askRule(rule: MappingRule, context: Context, { values }: IdentityValues): RuleTrace {
  const failed = rule.clauses.filter((clause) => !clauseHolds(clause, context));
  return {
    rule,
    result: failed.length === 0 ? 'matched' : 'not_matched',
    failed: failed.map(({ operator, key, lowerKey, wanted }) => ({
      operator,
      key,
      wanted,
      given: valuesOf(values, lowerKey),
    })),
  };
}

function valuesOf(values: IdentityValues['values'], lowerKey: string): readonly string[] | null {
  for (const [name, given] of values) if (name.toLowerCase() === lowerKey) return given;
  return null;
}

/** One value is single-valued, so that plain operators take it; names in lower case win over the same in other case. */
function mappingContext({ values }: IdentityValues): Context {
  const inOrder = [...values].sort(([left], [right]) => rank(left) - rank(right));
  return contextOf(
    inOrder.map(([name, [first, ...others]]) => [
      name,
      first === undefined ? [] : others.length === 0 ? first : [first, ...others],
    ]),
  );
}

/** Of two names that differ in case only, the later counts. */
const rank = (name: string): number => (name === name.toLowerCase() ? 1 : 0);
