import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseMappingRules } from '../../../src/core/mapping/parse-rules.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/dev`;
const parse = (document: unknown) =>
  parseMappingRules(typeof document === 'string' ? document : JSON.stringify(document), ACCOUNT);

test('a full document is read', () => {
  const rule = {
    Sid: 'devs',
    Effect: 'Allow',
    Condition: { StringEquals: { hd: 'example.com' } },
    Roles: [ROLE, ROLE],
    Continue: true,
    Mode: 'Audit',
  };
  expect(parse({ Rules: [rule, { Effect: 'Deny' }], Default: { Roles: ROLE } })).toMatchObject({
    ok: true,
    value: {
      rules: [
        { index: 0, sid: 'devs', effect: 'Allow', audits: true, continues: true, roles: [ROLE] },
        { index: 1, sid: null, effect: 'Deny', audits: false, continues: false, roles: [], clauses: [] },
      ],
      defaultRoles: [ROLE],
    },
  });
  expect(parse({ Rules: [] })).toEqual({ ok: true, value: { rules: [], defaultRoles: [] } });
});

test('the example of docs/mapping-rules.md can be read', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/mapping-rules.md'), 'utf8');
  const [, example = ''] = /```json\n([\s\S]*?)\n```/.exec(text) ?? [];
  expect(parse(example)).toMatchObject({ ok: true, value: { rules: { length: 4 } } });
});

describe('refused, with the place', () => {
  const allow = { Effect: 'Allow', Roles: [ROLE] };
  test.for<[string, unknown, string]>([
    ['what is no JSON', '{', ''],
    ['a name given twice', '{"Rules":[],"Rules":[]}', ''],
    ['a list', [], ''],
    ['no rules', {}, 'Rules'],
    ['rules that are no list', { Rules: {} }, 'Rules'],
    ['an unknown element', { Rules: [], rules: [] }, ''],
    ['too many rules', { Rules: Array.from({ length: 101 }, () => allow) }, 'Rules'],
    ['too long a document', { Rules: [], Default: { Roles: `${ROLE}${'x'.repeat(20_480)}` } }, ''],
    ['an unknown element of a rule', { Rules: [{ ...allow, Role: ROLE }] }, 'Rules[0]'],
    ['no effect', { Rules: [{ Roles: [ROLE] }] }, 'Rules[0]'],
    ['an effect in other case', { Rules: [{ ...allow, Effect: 'allow' }] }, 'Rules[0]'],
    ['an Allow without roles', { Rules: [allow, { Effect: 'Allow' }] }, 'Rules[1]'],
    ['an Allow of no role', { Rules: [{ ...allow, Roles: [] }] }, 'Rules[0].Roles'],
    ['too many roles', { Rules: [{ ...allow, Roles: Array(21).fill(ROLE) }] }, 'Rules[0].Roles'],
    ['a Deny with roles', { Rules: [{ ...allow, Effect: 'Deny' }] }, 'Rules[0]'],
    ['a Deny that goes on', { Rules: [{ Effect: 'Deny', Continue: true }] }, 'Rules[0]'],
    ['a user', { Rules: [{ ...allow, Roles: [`arn:aws:iam::${ACCOUNT}:user/a`] }] }, 'Rules[0].Roles[0]'],
    [
      'a role elsewhere',
      { Rules: [{ ...allow, Roles: 'arn:aws:iam::999988887777:role/a' }] },
      'Rules[0].Roles',
    ],
    [
      'an unknown operator',
      { Rules: [{ ...allow, Condition: { Equals: { a: 'b' } } }] },
      'Rules[0].Condition.Equals',
    ],
    ['a condition that is text', { Rules: [{ ...allow, Condition: 'x' }] }, 'Rules[0].Condition'],
    ['a mode of another name', { Rules: [{ ...allow, Mode: 'audit' }] }, 'Rules[0]'],
    ['a flag that is text', { Rules: [{ ...allow, Continue: 'true' }] }, 'Rules[0]'],
    ['an empty Sid', { Rules: [{ ...allow, Sid: '' }] }, 'Rules[0]'],
    ['a default without roles', { Rules: [], Default: {} }, 'Default'],
    ['a default that is a list', { Rules: [], Default: [ROLE] }, 'Default'],
  ])('%s', ([, document, path]) => {
    expect(parse(document)).toMatchObject({
      ok: false,
      failure: { code: 'MalformedPolicyDocument', path, problem: expect.any(String) },
    });
  });
});
