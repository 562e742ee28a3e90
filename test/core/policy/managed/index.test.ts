// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are policy variables
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../../../src/core/policy/compile.ts';
import { contextOf } from '../../../../src/core/policy/context.ts';
import { decide } from '../../../../src/core/policy/decide.ts';
import { countPolicyCharacters, POLICY_LIMITS } from '../../../../src/core/policy/limits.ts';
import { managedPolicies } from '../../../../src/core/policy/managed/index.ts';
import { parsePolicy } from '../../../../src/core/policy/parse.ts';

test('the list has the policies that the rest relies on', () => {
  expect([...managedPolicies.keys()].sort()).toEqual(
    [
      'AdministratorAccess',
      'IAMFullAccess',
      'IAMReadOnlyAccess',
      'IAMUserChangePassword',
      'PowerUserAccess',
      'ReadOnlyAccess',
      'SecurityAudit',
    ].map((name) => `arn:aws:iam::aws:policy/${name}`),
  );
});

describe.each([...managedPolicies.values()])('$name', ({ name, arn, path, description, document, text }) => {
  test('could be saved as a customer policy', () => {
    expect(parsePolicy(text, 'identity')).toEqual({ ok: true, value: document });
    expect(countPolicyCharacters(text)).toBeLessThanOrEqual(POLICY_LIMITS.managedCharacters);
    expect(arn).toBe(`arn:aws:iam::aws:policy${path}${name}`);
    expect(description).toMatch(/^[A-Z].+\.$/);
  });
});

const alice = 'arn:aws:iam::111122223333:user/alice';

function allows(name: string, action: string, resource = '*'): boolean {
  const found = managedPolicies.get(`arn:aws:iam::aws:policy/${name}`);
  if (found === undefined) throw new Error(`no managed policy ${name}`);
  const request = {
    principal: { type: 'user', arn: alice, accountId: '111122223333' },
    action,
    resource,
    resourceAccount: '111122223333',
    context: contextOf([['aws:username', 'alice']]),
  } as const;
  return (
    decide(request, { identity: [{ source: name, policy: compilePolicy(found.document) }] }).effect ===
    'Allow'
  );
}

describe('allows and does not allow', () => {
  test.each([
    ['AdministratorAccess', ['iam:CreateUser', 'daypass:UpdateAccountQuotas', 's3:GetObject'], []],
    [
      'PowerUserAccess',
      ['s3:DeleteBucket', 'sts:AssumeRole', 'iam:ListRoles', 'account:ListRegions'],
      [
        'iam:CreateUser',
        'iam:PassRole',
        'organizations:LeaveOrganization',
        'account:CloseAccount',
        'daypass:Evaluate',
      ],
    ],
    [
      'ReadOnlyAccess',
      [
        's3:GetObject',
        'ec2:DescribeInstances',
        'iam:GetRole',
        'iam:ListUsers',
        'sts:GetCallerIdentity',
        'daypass:ListSessions',
      ],
      [
        's3:PutObject',
        'iam:CreateUser',
        'sts:AssumeRole',
        'sts:GetSessionToken',
        'sts:GetFederationToken',
        'sts:GetWebIdentityToken',
        'secretsmanager:GetSecretValue',
        'daypass:RevokeSession',
        'kms:Decrypt',
      ],
    ],
    [
      'IAMFullAccess',
      ['iam:CreateUser', 'iam:PassRole'],
      ['s3:GetObject', 'sts:AssumeRole', 'daypass:GetAccount'],
    ],
    [
      'IAMReadOnlyAccess',
      ['iam:GetUser', 'iam:SimulateCustomPolicy'],
      ['iam:CreateUser', 'iam:UpdateUser', 'sts:AssumeRole'],
    ],
    [
      'SecurityAudit',
      ['iam:GetAccountAuthorizationDetails', 's3:GetBucketPolicy', 'daypass:ListSessions'],
      [
        's3:GetObject',
        'dynamodb:GetItem',
        'sqs:ReceiveMessage',
        'ssm:GetParameter',
        'secretsmanager:GetSecretValue',
        'iam:CreateUser',
      ],
    ],
    ['IAMUserChangePassword', ['iam:GetAccountPasswordPolicy'], ['iam:ChangePassword', 'iam:GetUser']],
  ])('%s', (name, allowed, refused) => {
    for (const action of allowed) expect(allows(name, action), action).toBe(true);
    for (const action of refused) expect(allows(name, action), action).toBe(false);
  });

  test('IAMUserChangePassword is about the own password', () => {
    expect(allows('IAMUserChangePassword', 'iam:ChangePassword', alice)).toBe(true);
    expect(allows('IAMUserChangePassword', 'iam:ChangePassword', 'arn:aws:iam::111122223333:user/bob')).toBe(
      false,
    );
  });
});
