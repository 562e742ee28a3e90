import {
  CreateRoleCommand,
  CreateUserCommand,
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';

let daypass: Daypass;
let account: string;

const ownFolder = 'arn:aws:s3:::b/${aws:username}/*';

beforeAll(async () => {
  daypass = await startDaypass();
  account = daypass.bootstrap.accountId;
  await daypass.iam().send(new CreateUserCommand({ UserName: 'alice', Path: '/team/' }));
  await daypass.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'own-folder',
      PolicyDocument: document({
        Effect: 'Allow',
        Action: 's3:GetObject',
        Resource: ownFolder,
      }),
    }),
  );
});

afterAll(() => daypass.stop());

/** A policy of one or more statements. */
function document(...statements: unknown[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

const alice = () => `arn:aws:iam::${account}:user/team/alice`;

test('a custom policy is decided with its matched statement and the place of it', async () => {
  const text = `{"Version":"2012-10-17",\n "Statement":[\n  {"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"},\n  {"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/secret"}]}`;
  const { EvaluationResults, IsTruncated } = await daypass.iam().send(
    new SimulateCustomPolicyCommand({
      PolicyInputList: [text],
      ActionNames: ['s3:GetObject', 's3:PutObject'],
      ResourceArns: ['arn:aws:s3:::b/k', 'arn:aws:s3:::b/secret'],
    }),
  );
  expect(IsTruncated).toBe(false);
  expect(
    EvaluationResults?.map((result) => [result.EvalActionName, result.EvalResourceName, result.EvalDecision]),
  ).toEqual([
    ['s3:GetObject', 'arn:aws:s3:::b/k', 'allowed'],
    ['s3:GetObject', 'arn:aws:s3:::b/secret', 'explicitDeny'],
    ['s3:PutObject', 'arn:aws:s3:::b/k', 'implicitDeny'],
    ['s3:PutObject', 'arn:aws:s3:::b/secret', 'explicitDeny'],
  ]);
  expect(EvaluationResults?.[0]?.MatchedStatements).toEqual([
    {
      SourcePolicyId: 'PolicyInputList.1',
      SourcePolicyType: 'none',
      StartPosition: { Line: 3, Column: 3 },
      EndPosition: { Line: 3, Column: 68 },
    },
  ]);
  expect(EvaluationResults?.[2]?.MatchedStatements).toEqual([]);
});

test('a missing context value is named, and supplying it changes the answer', async () => {
  const policy = document({
    Effect: 'Allow',
    Action: 's3:*',
    Resource: '*',
    Condition: { StringEquals: { 'aws:PrincipalTag/team': 'x' }, NumericLessThan: { 's3:max-keys': '10' } },
  });
  const ask = (entries: { name: string; type: 'string' | 'numeric'; value: string }[]) =>
    daypass.iam().send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: [policy],
        ActionNames: ['s3:ListBucket'],
        ContextEntries: entries.map(({ name, type, value }) => ({
          ContextKeyName: name,
          ContextKeyType: type,
          ContextKeyValues: [value],
        })),
      }),
    );
  const without = (await ask([])).EvaluationResults?.[0];
  expect(without?.EvalDecision).toBe('implicitDeny');
  expect(without?.MissingContextValues?.map((key) => key.toLowerCase()).sort()).toEqual([
    'aws:principaltag/team',
    's3:max-keys',
  ]);
  const given = await ask([
    { name: 'aws:PrincipalTag/team', type: 'string', value: 'x' },
    { name: 's3:max-keys', type: 'numeric', value: '9' },
  ]);
  expect(given.EvaluationResults?.[0]).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] });
});

test('a boundary and a resource policy take part', async () => {
  const ask = (boundary: string, resourcePolicy?: string) =>
    daypass.iam().send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: [document({ Effect: 'Allow', Action: 's3:*', Resource: '*' })],
        PermissionsBoundaryPolicyInputList: [boundary],
        ...(resourcePolicy !== undefined && { ResourcePolicy: resourcePolicy, CallerArn: alice() }),
        ActionNames: ['s3:GetObject'],
        ResourceArns: ['arn:aws:s3:::b/k'],
        ResourceOwner: account,
      }),
    );
  const read = document({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
  const list = document({ Effect: 'Allow', Action: 's3:ListBucket', Resource: '*' });
  const forAlice = document({ Effect: 'Allow', Principal: { AWS: alice() }, Action: 's3:*', Resource: '*' });
  expect((await ask(read)).EvaluationResults?.[0]).toMatchObject({
    EvalDecision: 'allowed',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
  });
  expect((await ask(list)).EvaluationResults?.[0]).toMatchObject({
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
  // Naming the very user grants past the boundary, as AWS documents it for one account.
  expect((await ask(list, forAlice)).EvaluationResults?.[0]).toMatchObject({ EvalDecision: 'allowed' });
});

test('stored policies of a user are decided with its own identity, and can be listed for their keys', async () => {
  const { EvaluationResults } = await daypass.iam().send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: alice(),
      ActionNames: ['s3:GetObject'],
      ResourceArns: ['arn:aws:s3:::b/alice/k', 'arn:aws:s3:::b/bob/k'],
    }),
  );
  expect(EvaluationResults?.map((result) => result.EvalDecision)).toEqual(['allowed', 'implicitDeny']);
  expect(EvaluationResults?.[0]?.MatchedStatements?.[0]).toMatchObject({
    SourcePolicyId: 'inline policy own-folder of the user',
    SourcePolicyType: 'user',
  });
  const stored = await daypass
    .iam()
    .send(new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: alice() }));
  expect(stored.ContextKeyNames).toEqual(['aws:username']);
  const custom = await daypass.iam().send(
    new GetContextKeysForCustomPolicyCommand({
      PolicyInputList: [
        document({
          Effect: 'Allow',
          Action: 's3:*',
          Resource: '*',
          Condition: { Bool: { 'aws:SecureTransport': 'true' } },
        }),
      ],
    }),
  );
  expect(custom.ContextKeyNames).toEqual(['aws:SecureTransport']);
});

test('for sts:AssumeRole the trust policy decides too, as in the live call', async () => {
  const trust = (principal: unknown) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
    });
  for (const [name, principal] of [
    ['for-alice', alice()],
    ['for-admin', `arn:aws:iam::${account}:user/admin`],
  ]) {
    await daypass
      .iam()
      .send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust(principal) }));
  }
  const { EvaluationResults } = await daypass.iam().send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: alice(),
      PolicyInputList: [document({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' })],
      ActionNames: ['sts:AssumeRole'],
      ResourceArns: [`arn:aws:iam::${account}:role/for-alice`, `arn:aws:iam::${account}:role/for-admin`],
    }),
  );
  expect(EvaluationResults?.map((result) => result.EvalDecision)).toEqual(['allowed', 'implicitDeny']);
});

test('results come in pages', async () => {
  const ask = (Marker?: string) =>
    daypass.iam().send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: [document({ Effect: 'Allow', Action: '*', Resource: '*' })],
        ActionNames: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
        MaxItems: 2,
        ...(Marker !== undefined && { Marker }),
      }),
    );
  const first = await ask();
  expect([first.EvaluationResults?.length, first.IsTruncated]).toEqual([2, true]);
  const second = await ask(first.Marker);
  expect(second.EvaluationResults?.map((result) => result.EvalActionName)).toEqual(['s3:DeleteObject']);
  expect([second.IsTruncated, second.Marker]).toEqual([false, undefined]);
  await expect(ask('x')).rejects.toMatchObject({ name: 'ValidationError' });
});

test.each([
  ['a policy that cannot be read', { PolicyInputList: ['{'], ActionNames: ['s3:GetObject'] }, 'InvalidInput'],
  [
    'a single-valued key with two values',
    {
      PolicyInputList: ['{"Version":"2012-10-17","Statement":[]}'].map(() =>
        document({ Effect: 'Allow', Action: '*', Resource: '*' }),
      ),
      ActionNames: ['s3:GetObject'],
      ContextEntries: [
        {
          ContextKeyName: 'aws:SourceIp',
          ContextKeyType: 'ip' as const,
          ContextKeyValues: ['10.0.0.1', '10.0.0.2'],
        },
      ],
    },
    'InvalidInput',
  ],
  [
    'a caller that is none',
    {
      PolicyInputList: [document({ Effect: 'Allow', Action: '*', Resource: '*' })],
      ActionNames: ['s3:GetObject'],
      CallerArn: 'arn:aws:s3:::b',
    },
    'InvalidInput',
  ],
  [
    'no action',
    { PolicyInputList: [document({ Effect: 'Allow', Action: '*', Resource: '*' })], ActionNames: undefined },
    'ValidationError',
  ],
])('%s is refused', async (_what, input, code) => {
  await expect(daypass.iam().send(new SimulateCustomPolicyCommand(input))).rejects.toMatchObject({
    name: expect.stringContaining(code),
  });
});

test('an entity that is not there is said so; another account’s is refused', async () => {
  const ask = (arn: string) =>
    daypass
      .iam()
      .send(new SimulatePrincipalPolicyCommand({ PolicySourceArn: arn, ActionNames: ['s3:GetObject'] }));
  for (const name of ['user/nobody', 'user/alice', 'group/nobody', 'role/nobody']) {
    await expect(ask(`arn:aws:iam::${account}:${name}`)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  }
  await expect(ask('arn:aws:iam::111122223333:user/alice')).rejects.toMatchObject({ name: 'AccessDenied' });
});
