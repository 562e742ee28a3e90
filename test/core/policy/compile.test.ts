import { expect, test } from 'vitest';
import { compilePolicy, denyEverything } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { AccessRequest } from '../../../src/core/policy/types.ts';

const request: AccessRequest = {
  principal: { type: 'user', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccount: '111122223333',
  context: contextOf([]),
};
const allow = { Effect: 'Allow', Action: '*', Resource: '*' } as const;

test('an operator that does not exist makes the whole policy deny', () => {
  const policy = compilePolicy({
    Statement: [allow, { ...allow, Condition: { StringMatches: { k: 'v' } } }],
  });
  expect(policy.unreadable).toBe('unknown condition operator `StringMatches`');
  expect(decide(request, { identity: [{ source: 's', policy }] }).effect).toBe('ExplicitDeny');
});

test('an operator without a key asks for nothing', () => {
  const policy = compilePolicy({ Statement: [{ ...allow, Condition: { StringMatches: {} } }] });
  expect(decide(request, { identity: [{ source: 's', policy }] }).effect).toBe('Allow');
});

test('a policy that denies everything says why, and has one statement', () => {
  const policy = denyEverything('line 3: a colon is expected');
  expect(policy.unreadable).toBe('line 3: a colon is expected');
  expect(policy.statements.map(({ index, effect }) => ({ index, effect }))).toEqual([
    { index: 0, effect: 'Deny' },
  ]);
});

test('an empty Sid is none', () => {
  const [first, second] = compilePolicy({
    Statement: [
      { ...allow, Sid: '' },
      { ...allow, Sid: 'A' },
    ],
  }).statements;
  expect(first?.sid).toBeUndefined();
  expect(second?.sid).toBe('A');
});

test('only 2012-10-17 has variables', () => {
  const statement = {
    Effect: 'Allow',
    Action: '*',
    Resource: 'arn:aws:s3:::b/$' + '{aws:username}',
  } as const;
  const asked = {
    ...request,
    resource: 'arn:aws:s3:::b/alice',
    context: contextOf([['aws:username', 'alice']]),
  };
  const effects = (['2012-10-17', '2008-10-17', undefined] as const).map((Version) => {
    const policy = compilePolicy({ ...(Version === undefined ? {} : { Version }), Statement: [statement] });
    return decide(asked, { identity: [{ source: 's', policy }] }).effect;
  });
  expect(effects).toEqual(['Allow', 'ImplicitDeny', 'ImplicitDeny']);
});
