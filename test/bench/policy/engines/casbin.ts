/**
 * casbin, synchronously. A rule is one policy line; what a rule does not ask is `*` in its column. Of the ways to write
 * this the one with columns is used: `eval(p.condition)` would look for a compiled expression at each line.
 */
import { type Enforcer, newEnforcer, newModelFromString } from 'casbin';
import type { Question, Rule, Workload } from '../rule.ts';
import { at, type Engine, hasConditions } from './engine.ts';

/** A way to write rules and questions as columns. */
interface Columns {
  readonly model: string;
  readonly line: (rule: Rule) => string[];
  readonly values: (question: Question) => readonly (string | number)[];
}

const DENY_OVERRIDES = 'some(where (p.eft == allow)) && !some(where (p.eft == deny))';

const plain: Columns = {
  model: modelText('act, res', 'act, res, eft', ['keyMatch(r.act, p.act)', 'keyMatch(r.res, p.res)']),
  line: ({ action, resource, effect }) => [action, resource, effect.toLowerCase()],
  values: ({ action, resource }) => [action, resource],
};

const conditional: Columns = {
  model: modelText('act, res, team, user, ip, age', 'act, res, team, user, ip, age, eft', [
    'keyMatch(r.act, p.act)',
    'keyMatch(r.res, p.res)',
    '(p.team == "*" || r.team == p.team)',
    'keyMatch(r.user, p.user)',
    '(p.age == "*" || r.age < p.age)',
    '(p.ip == "*" || ipMatch(r.ip, p.ip))',
  ]),
  line: ({ action, resource, effect, conditions: { team, userName, sourceIp, mfaAgeBelowSeconds } }) => [
    action,
    resource,
    team ?? '*',
    userName ?? '*',
    sourceIp ?? '*',
    String(mfaAgeBelowSeconds ?? '*'),
    effect.toLowerCase(),
  ],
  values: ({ action, resource, team, userName, sourceIp, mfaAgeSeconds }) => [
    action,
    resource,
    team,
    userName,
    sourceIp,
    mfaAgeSeconds,
  ],
};

/** Decides by `enforceSync`. */
export const casbin: Engine = {
  name: 'casbin',
  prepare: async (workload) => {
    const columns = hasConditions(workload) ? conditional : plain;
    const enforcer = await enforcerOf(workload, columns);
    const questions = workload.questions.map(columns.values);
    return { allows: (place) => enforcer.enforceSync(...at(questions, place)) };
  },
};

async function enforcerOf({ policies }: Workload, columns: Columns): Promise<Enforcer> {
  const enforcer = await newEnforcer(newModelFromString(columns.model));
  const lines = policies.flat().map(columns.line);
  // casbin refuses the whole list when two lines are the same, and says so by `false` alone
  if (!(await enforcer.addPolicies(lines))) throw new Error('casbin refuses the policy lines');
  return enforcer;
}

function modelText(request: string, policy: string, tests: readonly string[]): string {
  return [
    '[request_definition]',
    `r = ${request}`,
    '[policy_definition]',
    `p = ${policy}`,
    '[policy_effect]',
    `e = ${DENY_OVERRIDES}`,
    '[matchers]',
    `m = ${tests.join(' && ')}`,
  ].join('\n');
}
