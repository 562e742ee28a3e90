/**
 * Session policies hold for whatever call passed them, and cannot be escaped by what a session does to itself.
 * @see MinIO pull request 12716 (one of several calls forgot them), CVE-2025-62506 (operations on the own account did)
 */
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetFederationTokenCommand,
  GetScopedCredentialsCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, deny, refusal } from '../doors/aws/iam/support.ts';
import type { Credentials } from '../helpers/daypass.ts';
import { exchange } from '../helpers/exchange.ts';
import { mayOf } from '../helpers/may.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let root: string;
let anna: Credentials;
let workerArn: string;
let putArn: string;
let denyArn: string;

/** What a call may be given to narrow its session. Null where nothing is. */
interface Narrowing {
  readonly Policy?: string;
  readonly PolicyArns?: readonly { readonly arn: string }[];
}

/** Takes credentials of one kind, narrowed. */
type Take = (narrowing: Narrowing) => Promise<Credentials>;

beforeAll(async () => {
  scenario = await startScenario();
  const { accountId } = scenario.daypass.bootstrap;
  root = `arn:aws:iam::${accountId}:root`;
  anna = await scenario.makeUser('anna', allow(['s3:*', 'sts:*', 'iam:*']));
  workerArn = await scenario.makeRole('worker', { Principal: { AWS: root }, Action: 'sts:AssumeRole' });
  await scenario.allow('worker', allow(['s3:*', 'sts:*', 'iam:*']));
  await scenario.allow('reader', allow(['s3:*', 'sts:*', 'iam:*']));
  const make = async (PolicyName: string, ...statements: readonly object[]) => {
    const made = await scenario.daypass
      .iam()
      .send(new CreatePolicyCommand({ PolicyName, PolicyDocument: policy(...statements) }));
    return made.Policy?.Arn ?? '';
  };
  putArn = await make('put', allow('s3:Put*'));
  denyArn = await make('no-acl', allow('*'), deny('s3:*Acl'));
});
afterAll(() => scenario.stop());

const given = ({ Policy, PolicyArns }: Narrowing) => ({
  ...(Policy !== undefined && { Policy }),
  ...(PolicyArns !== undefined && { PolicyArns: [...PolicyArns] }),
});
const assume = async (RoleArn: string, by: Credentials, narrowing: Narrowing) => {
  const input = { RoleArn, RoleSessionName: 'job', ...given(narrowing) };
  return credentialsFrom((await scenario.daypass.sts(by).send(new AssumeRoleCommand(input))).Credentials);
};

const takeByRole: Take = (narrowing) => assume(workerArn, anna, narrowing);
const takeByChain: Take = async (narrowing) =>
  assume(workerArn, await assume(workerArn, anna, {}), narrowing);
const takeByOwnSession: Take = async (narrowing) => {
  const own = await scenario.daypass.sts(anna).send(new GetSessionTokenCommand({}));
  return assume(workerArn, credentialsFrom(own.Credentials), narrowing);
};
const takeByIdToken: Take = async (narrowing) => {
  const answer = await scenario.daypass.sts().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: scenario.roleArn,
      RoleSessionName: 'job',
      WebIdentityToken: await scenario.idToken(),
      ...given(narrowing),
    }),
  );
  return credentialsFrom(answer.Credentials);
};
const takeByFederation: Take = async (narrowing) => {
  const input = { Name: 'bob', ...given(narrowing) };
  return credentialsFrom(
    (await scenario.daypass.sts(anna).send(new GetFederationTokenCommand(input))).Credentials,
  );
};
const takeByExchange: Take = async ({ Policy }) => {
  const { body } = await exchange(scenario.daypass, {
    subject_token: await scenario.idToken(),
    resource: scenario.roleArn,
    requested_token_type: 'urn:daypass:token-type:aws-credentials',
    policy: Policy ?? null,
  });
  return {
    accessKeyId: String(body.access_key_id),
    secretAccessKey: String(body.secret_access_key),
    sessionToken: String(body.session_token),
  };
};
/** @param from - the kind of session that is scoped down */
const scoped =
  (from: Take): Take =>
  async ({ Policy }) => {
    const sts = scenario.daypass.sts(await from({ Policy: policy(allow('*')) }));
    const input = Policy === undefined ? { DurationSeconds: 600 } : { Policy };
    return credentialsFrom((await sts.send(new GetScopedCredentialsCommand(input))).Credentials);
  };

const CALLS: readonly (readonly [name: string, take: Take])[] = [
  ['AssumeRole', takeByRole],
  ['AssumeRole by a role', takeByChain],
  ["AssumeRole by a user's own session", takeByOwnSession],
  ['AssumeRoleWithWebIdentity', takeByIdToken],
  ['GetFederationToken', takeByFederation],
  ['a token exchange', takeByExchange],
  ['GetScopedCredentials by a role', scoped(takeByRole)],
  ['GetScopedCredentials by a federated user', scoped(takeByFederation)],
  ['GetScopedCredentials by an outside login', scoped(takeByIdToken)],
];
/** The calls that take managed policies. */
const WITH_ARNS = CALLS.slice(0, 5);

const ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:GetBucketAcl', 'ec2:StopInstances'] as const;
const allowed = async (credentials: Credentials) => {
  const answers = await Promise.all(ACTIONS.map((action) => mayOf(scenario.daypass, credentials, action)));
  return ACTIONS.filter((_, at) => answers[at]);
};

describe.each(CALLS)('a session by %s', (_, take) => {
  test('may do no more than its inline policy and its identity both allow', async () => {
    expect(await allowed(await take({ Policy: policy(allow(['s3:Get*', 'ec2:*'])) }))).toEqual([
      's3:GetObject',
      's3:GetBucketAcl',
    ]);
  });

  test('is bound by a deny', async () => {
    const Policy = policy(allow('*'), deny('s3:GetBucketAcl'));
    expect(await allowed(await take({ Policy }))).toEqual(['s3:GetObject', 's3:PutObject']);
  });

  test('may not make itself a key, nor a wider session', async () => {
    const credentials = await take({ Policy: policy(allow('s3:GetObject')) });
    const { daypass } = scenario;
    const outcomes = [
      refusal(daypass.iam(credentials).send(new CreateAccessKeyCommand({ UserName: 'anna' }))),
      refusal(daypass.iam(credentials).send(new CreateAccessKeyCommand({}))),
      refusal(daypass.iam(credentials).send(new GetUserCommand({ UserName: 'anna' }))),
      refusal(assume(workerArn, credentials, {})),
      refusal(daypass.sts(credentials).send(new GetSessionTokenCommand({}))),
      refusal(daypass.sts(credentials).send(new GetFederationTokenCommand({ Name: 'eve' }))),
      refusal(daypass.sts(credentials).send(new GetScopedCredentialsCommand({ DurationSeconds: 600 }))),
    ];
    for (const outcome of await Promise.all(outcomes)) {
      expect([403, 400]).toContain(outcome.status);
      expect(['AccessDenied', 'InvalidClientTokenId', 'ValidationError']).toContain(outcome.name);
    }
  });
});

describe.each(WITH_ARNS)('a session by %s', (_, take) => {
  test('may do no more than its managed policies allow, which unite', async () => {
    expect(await allowed(await take({ PolicyArns: [{ arn: putArn }] }))).toEqual(['s3:PutObject']);
    const both = await take({ PolicyArns: [{ arn: putArn }], Policy: policy(allow('s3:GetObject')) });
    expect(await allowed(both)).toEqual(['s3:GetObject', 's3:PutObject']);
    const denying = await take({ PolicyArns: [{ arn: denyArn }, { arn: putArn }] });
    expect(await allowed(denying)).toEqual(['s3:GetObject', 's3:PutObject']);
  });
});

test('a session that is not narrowed may do what its identity may: the refusals above are the policies', async () => {
  for (const take of [takeByRole, takeByChain, takeByIdToken, takeByExchange]) {
    expect(await allowed(await take({}))).toEqual(['s3:GetObject', 's3:PutObject', 's3:GetBucketAcl']);
  }
  expect(await allowed(await takeByFederation({}))).toEqual([]);
});

test('none of it has made a key', async () => {
  const iam: IAMClient = scenario.daypass.iam();
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'anna' }));
  expect(AccessKeyMetadata?.map(({ AccessKeyId }) => AccessKeyId)).toEqual([anna.accessKeyId]);
});
