/** One engine, three surfaces: a live call, the simulator and AuthZEN give the same answer. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetUserCommand,
  PutUserPolicyCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credentials, type Daypass, startDaypass } from '../helpers/daypass.ts';
import { postSigned } from '../helpers/signed-json.ts';

let daypass: Daypass;
let alice: Credentials;
let arnOf: (name: string) => string;

beforeAll(async () => {
  daypass = await startDaypass();
  arnOf = (name) => `arn:aws:iam::${daypass.bootstrap.accountId}:user/${name}`;
  for (const UserName of ['alice', 'bob']) await daypass.iam().send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await daypass.iam().send(new CreateAccessKeyCommand({ UserName: 'alice' }));
  alice = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
});

afterAll(() => daypass.stop());

/** What every request from this machine has, and the simulator and AuthZEN are told. */
const REQUEST_KEYS = { 'aws:SourceIp': '127.0.0.1', 'aws:SecureTransport': 'false' };

const condition = fc.constantFrom(
  undefined,
  { StringEquals: { 'aws:username': 'alice' } },
  { StringLike: { 'aws:username': ['b*', 'c*'] } },
  { IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } },
  { NotIpAddress: { 'aws:SourceIp': '127.0.0.1' } },
  { Bool: { 'aws:SecureTransport': 'true' } },
  { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  { Null: { 'aws:TokenIssueTime': 'true' } },
  { StringNotEquals: { 'aws:PrincipalTag/team': 'x' } },
  { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
);

const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  Action: fc.constantFrom('iam:GetUser', 'iam:Get*', 'iam:ListUsers', '*', 'IAM:getuser', 's3:*'),
  Resource: fc.constantFrom('*', 'ALICE', 'BOB', 'ANY', 'arn:aws:iam::*:user/al*', 'OWN'),
  Condition: condition,
});

function write(statements: readonly (typeof statement extends fc.Arbitrary<infer T> ? T : never)[]): string {
  const resources: Readonly<Record<string, string>> = {
    ALICE: arnOf('alice'),
    BOB: arnOf('bob'),
    ANY: arnOf('*'),
    OWN: arnOf('${aws:username}'),
  };
  const Statement = statements.map((each) => ({
    ...each,
    Resource: resources[each.Resource] ?? each.Resource,
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

async function live(name: string): Promise<boolean> {
  return daypass
    .iam(alice)
    .send(new GetUserCommand({ UserName: name }))
    .then(
      () => true,
      (error: Error) => {
        expect(error.name).toBe('AccessDenied');
        return false;
      },
    );
}

async function simulated(name: string): Promise<boolean> {
  const { EvaluationResults } = await daypass.iam().send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: arnOf('alice'),
      ActionNames: ['iam:GetUser'],
      ResourceArns: [arnOf(name)],
      ContextEntries: Object.entries(REQUEST_KEYS).map(([ContextKeyName, value]) => ({
        ContextKeyName,
        ContextKeyType: 'string',
        ContextKeyValues: [value],
      })),
    }),
  );
  return EvaluationResults?.[0]?.EvalDecision === 'allowed';
}

async function evaluated(name: string): Promise<boolean> {
  const { body } = await postSigned(daypass, '/access/v1/evaluation', {
    subject: { type: 'principal', id: arnOf('alice') },
    action: { name: 'iam:GetUser' },
    resource: { type: 'arn', id: arnOf(name) },
    context: REQUEST_KEYS,
  });
  return body.decision === true;
}

test('live calls, the simulator and AuthZEN agree on generated policies', async () => {
  const seen = { allowed: 0, denied: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 4 }), async (statements) => {
      const PolicyDocument = write(statements);
      await daypass
        .iam()
        .send(new PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'p', PolicyDocument }));
      for (const name of ['alice', 'bob']) {
        const answer = await live(name);
        expect([await simulated(name), await evaluated(name)], PolicyDocument).toEqual([answer, answer]);
        seen[answer ? 'allowed' : 'denied'] += 1;
      }
    }),
    { numRuns: 100, seed: 20261124 },
  );
  expect(Math.min(seen.allowed, seen.denied)).toBeGreaterThan(30);
}, 60_000);
