import { describe, expect, test } from 'vitest';
import { chooseRoles } from '../../../src/core/mapping/choose-roles.ts';
import { parseMappingRules } from '../../../src/core/mapping/parse-rules.ts';
import { proofValues } from '../../../src/core/mapping/proof-values.ts';

const ACCOUNT = '111122223333';
const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const inGroup = (group: string) => ({ 'ForAnyValue:StringEquals': { groups: group } });
const allow = (name: string, Condition: object, more: object = {}) => ({
  Effect: 'Allow',
  Condition,
  Roles: [role(name)],
  ...more,
});

function choose(
  rules: readonly object[],
  values: Readonly<Record<string, readonly string[]>>,
  Default?: object,
) {
  const parsed = parseMappingRules(JSON.stringify({ Rules: rules, Default }), ACCOUNT);
  if (!parsed.ok) throw new Error(parsed.failure.problem);
  return chooseRoles(parsed.value, { provider: 'p', values: new Map(Object.entries(values)) });
}
const rolesOf = (...question: Parameters<typeof choose>) => {
  const { roles, decidedBy } = choose(...question);
  return [decidedBy, ...roles.map((arn) => arn.slice(arn.indexOf('/') + 1))];
};

describe('the rules in order', () => {
  const rules = [
    { Effect: 'Deny', Condition: inGroup('banned') },
    allow('admin', inGroup('admins')),
    allow('dev', inGroup('engineering')),
  ];

  test('the first that matches decides', () => {
    expect(rolesOf(rules, { groups: ['engineering', 'admins'] })).toEqual(['rules', 'admin']);
    expect(rolesOf(rules, { groups: ['engineering'] })).toEqual(['rules', 'dev']);
  });

  test('a Deny refuses whoever reaches it', () => {
    expect(rolesOf(rules, { groups: ['admins', 'banned'] })).toEqual(['deny']);
    expect(rolesOf(rules.toReversed(), { groups: ['admins', 'banned'] })).toEqual(['rules', 'admin']);
  });

  test('who matches none has the default, or nothing', () => {
    expect(rolesOf(rules, { groups: ['support'] })).toEqual(['nothing']);
    expect(rolesOf(rules, {})).toEqual(['nothing']);
    expect(rolesOf(rules, {}, { Roles: [role('guest')] })).toEqual(['default', 'guest']);
    expect(rolesOf(rules, { groups: ['banned'] }, { Roles: [role('guest')] })).toEqual(['deny']);
  });

  test('a rule that continues adds its roles, each once, and a later Deny still refuses', () => {
    const gathering = [
      allow('admin', inGroup('admins'), { Continue: true }),
      allow('dev', inGroup('engineering'), { Continue: true, Roles: [role('dev'), role('admin')] }),
      { Effect: 'Deny', Condition: inGroup('banned') },
    ];
    expect(rolesOf(gathering, { groups: ['admins', 'engineering'] })).toEqual(['rules', 'admin', 'dev']);
    expect(rolesOf(gathering, { groups: ['admins', 'banned'] })).toEqual(['deny']);
  });

  test('a rule on trial does nothing, and is told of', () => {
    const trial = [{ Effect: 'Deny', Condition: inGroup('admins'), Mode: 'Audit' }, ...rules];
    const choice = choose(trial, { groups: ['admins'] });
    expect(choice.roles).toEqual([role('admin')]);
    expect(choice.onTrial.map(({ index, effect }) => [index, effect])).toEqual([[0, 'Deny']]);
    expect(choose(trial, { groups: ['support'] }).onTrial).toEqual([]);
  });

  test('each rule tells what became of it, and why', () => {
    const { trace } = choose(rules, { groups: ['admins'] });
    expect(trace.map(({ result }) => result)).toEqual(['not_matched', 'matched', 'not_asked']);
    expect(trace[0]?.failed).toEqual([
      { operator: 'ForAnyValue:StringEquals', key: 'groups', wanted: ['banned'], given: ['admins'] },
    ]);
    expect(choose(rules, {}).trace[0]?.failed).toMatchObject([{ given: null }]);
  });
});

describe('conditions', () => {
  test('are the policy language’s own, over names without regard to case', () => {
    const condition = {
      StringLike: { Email: '*@example.com' },
      NumericGreaterThanEquals: { level: '3' },
      Bool: { email_verified: 'true' },
    };
    const values = { email: ['a@example.com'], level: ['5'], email_verified: ['true'] };
    expect(rolesOf([allow('x', condition)], values)).toEqual(['rules', 'x']);
    expect(rolesOf([allow('x', condition)], { ...values, level: ['2'] })).toEqual(['nothing']);
    expect(rolesOf([allow('x', condition)], { ...values, email: ['a@example.com.evil'] })).toEqual([
      'nothing',
    ]);
  });

  test('may compare one value with another, which never becomes a pattern', () => {
    const rule = allow('own', { StringLike: { team: '${department}' } });
    expect(rolesOf([rule], { team: ['red'], department: ['red'] })).toEqual(['rules', 'own']);
    expect(rolesOf([rule], { team: ['red'], department: ['*'] })).toEqual(['nothing']);
  });

  test.for([
    { admin: ['false'], ADMIN: ['true'] },
    { ADMIN: ['true'], admin: ['false'] },
  ])('a name in other case does not stand in for the one in lower case', (values) => {
    expect(rolesOf([allow('x', { StringEquals: { admin: 'true' } })], values)).toEqual(['nothing']);
  });

  test('a name that objects inherit is a name like any other', () => {
    expect(rolesOf([allow('x', { StringEquals: { constructor: 'a' } })], {})).toEqual(['nothing']);
  });

  test('a value of many under a plain operator matches no Allow and every Deny', () => {
    const plain = { StringEquals: { groups: 'admins' } };
    const values = { groups: ['admins', 'other'] };
    expect(rolesOf([allow('x', plain)], values)).toEqual(['nothing']);
    expect(rolesOf([{ Effect: 'Deny', Condition: plain }], values)).toEqual(['deny']);
  });
});

test('a proof gives its keys without the prefix, and nothing of the request', () => {
  const values = proofValues('arn', 'accounts.google.com', [
    ['accounts.google.com:sub', '1'],
    ['accounts.google.com:groups', ['a', 'b']],
    ['aws:SourceIp', '192.0.2.1'],
    ['accounts.google.com.evil:sub', '2'],
  ]);
  expect(values).toEqual({
    provider: 'arn',
    values: new Map([
      ['sub', ['1']],
      ['groups', ['a', 'b']],
    ]),
  });
});
