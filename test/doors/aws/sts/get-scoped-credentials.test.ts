import { DeleteRoleCommand, DeleteRolePolicyCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetScopedCredentialsCommand,
  type GetScopedCredentialsCommandInput,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedFetch } from '../../../../dev/demo/signed-fetch.ts';
import type { Credentials } from '../../../helpers/daypass.ts';
import { mayOf } from '../../../helpers/may.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../../helpers/scenario.ts';
import { allow, refusal } from '../iam/support.ts';

let scenario: Scenario;
let account: string;
let anna: Credentials;
let role: Required<Credentials>;

const scope = (input: GetScopedCredentialsCommandInput, credentials: Credentials = role) =>
  scenario.daypass.sts(credentials).send(new GetScopedCredentialsCommand(input));
const scoped = async (...statements: readonly object[]) => {
  let credentials = role;
  for (const statement of statements) {
    credentials = credentialsFrom((await scope({ Policy: policy(statement) }, credentials)).Credentials);
  }
  return credentials;
};
const may = (credentials: Credentials, action: string) => mayOf(scenario.daypass, credentials, action);

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  anna = await scenario.makeUser('anna', allow('sts:*'));
  const RoleArn = await scenario.makeRole('worker', {
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
  });
  await scenario.allow('worker', allow(['s3:*', 'iam:ListUsers', 'sts:*']));
  const input = { RoleArn, RoleSessionName: 'job', SourceIdentity: 'anna' };
  const taken = await scenario.daypass.sts(anna).send(new AssumeRoleCommand(input));
  role = credentialsFrom(taken.Credentials);
});
afterAll(() => scenario.stop());

describe('scoped credentials', () => {
  test('are another key of the same session, with the count of its scopes', async () => {
    const answer = await scope({
      Policy: policy(allow('s3:Get*')),
      ScopedSessionDescription: 'for the agent',
    });
    const credentials = credentialsFrom(answer.Credentials);
    expect(credentials.accessKeyId).not.toBe(role.accessKeyId);
    expect(answer).toMatchObject({
      SessionInfo: {
        ScopedSessionId: expect.stringMatching(/^AROA\w+:job$/),
        Arn: `arn:aws:sts::${account}:assumed-role/worker/job`,
      },
      ScopedPoliciesCount: 1,
      SourceIdentity: 'anna',
      SessionTokenSize: credentials.sessionToken.length,
    });
    const who = await scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
    expect(who.Arn).toBe(answer.SessionInfo?.Arn);
  });

  test('may do what the session may and each scope allows', async () => {
    const credentials = await scoped(
      allow(['s3:Get*', 's3:Put*', 'ec2:*', 'sts:*']),
      allow(['s3:GetObject', 's3:GetBucketAcl', 'ec2:*', 'sts:*']),
      { ...allow('*'), NotAction: 's3:GetBucketAcl', Action: undefined },
    );
    for (const [action, allowed] of [
      ['s3:GetObject', true],
      ['s3:GetBucketAcl', false],
      ['s3:PutObject', false],
      ['ec2:StopInstances', false],
    ] as const) {
      expect([action, await may(credentials, action)]).toEqual([action, allowed]);
    }
    expect(await refusal(scenario.daypass.iam(credentials).send(new ListUsersCommand({})))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('because no session policy allows the iam:ListUsers action'),
    });
  });

  test('are scoped by three policies at most, and still shortened after that', async () => {
    const full = await scoped(allow('*'), allow('*'), allow('*'));
    expect(await refusal(scope({ Policy: policy(allow('*')) }, full))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
    });
    expect((await scope({ DurationSeconds: 60 }, full)).ScopedPoliciesCount).toBe(3);
  });

  test('are not to be had by a scope that does not allow it', async () => {
    const credentials = await scoped(allow('s3:*'));
    expect(await refusal(scope({ DurationSeconds: 60 }, credentials))).toMatchObject({
      name: 'AccessDenied',
    });
  });

  test('end when they say, or with the session, and not later', async () => {
    const { Credentials: short } = await scope({ DurationSeconds: 1 });
    expect((short?.Expiration?.getTime() ?? 0) / 1000 - scenario.daypass.nowSeconds()).toBeLessThan(3);
    const { Credentials: inherited } = await scope({ Policy: policy(allow('*')) });
    const seconds = (inherited?.Expiration?.getTime() ?? 0) / 1000 - scenario.daypass.nowSeconds();
    expect(Math.abs(seconds - 3600)).toBeLessThan(20);
    expect(await refusal(scope({ DurationSeconds: 3601 }))).toMatchObject({
      name: 'InsufficientSessionLifetimeException',
      status: 400,
    });
  });

  test.for([
    [{}, 'ValidationError'],
    [{ DurationSeconds: 0 }, 'ValidationError'],
    [{ DurationSeconds: 129_601 }, 'ValidationError'],
    [{ DurationSeconds: 60, ScopedSessionDescription: 'x'.repeat(257) }, 'ValidationError'],
    [{ Policy: '' }, 'ValidationError'],
    [{ Policy: '{}' }, 'MalformedPolicyDocumentException'],
    [{ Policy: policy({ ...allow('*'), Principal: '*' }) }, 'MalformedPolicyDocumentException'],
    [{ Policy: policy(allow('*', `arn:aws:s3:::${'x'.repeat(2048)}`)) }, 'PackedPolicyTooLargeException'],
  ] as const)('are refused for %j', async ([input, name]) => {
    expect((await refusal(scope(input))).name).toBe(name);
  });

  test("are for sessions: not for long-term keys, but for a user's own session", async () => {
    expect(await refusal(scope({ DurationSeconds: 60 }, anna))).toEqual({
      name: 'InvalidSubjectCredentialsException',
      status: 400,
      message: 'only temporary credentials can be scoped down',
    });
    const own = await scenario.daypass.sts(anna).send(new GetSessionTokenCommand({}));
    const { SessionInfo } = await scope({ DurationSeconds: 60 }, credentialsFrom(own.Credentials));
    expect(SessionInfo?.Arn).toBe(`arn:aws:iam::${account}:user/anna`);
  });

  test('cannot widen by a role that trusts the session by name: the scope comes first', async () => {
    const RoleArn = await scenario.makeRole('trusting', {
      Principal: { AWS: `arn:aws:sts::${account}:assumed-role/worker/job` },
      Action: 'sts:AssumeRole',
    });
    const input = { RoleArn, RoleSessionName: 'al' };
    const whole = await scenario.daypass.sts(role).send(new AssumeRoleCommand(input));
    expect(whole.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/trusting/al`);
    const narrow = scenario.daypass.sts(await scoped(allow('s3:*')));
    expect(await refusal(narrow.send(new AssumeRoleCommand(input)))).toMatchObject({ name: 'AccessDenied' });
  });

  test('end with the role, and a role that trusted the session by name does not trust the next one', async () => {
    const { daypass } = scenario;
    const trust = { Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'sts:AssumeRole' };
    const first = await scenario.makeRole('passing', trust);
    const take = async (RoleArn: string, credentials: Credentials) =>
      credentialsFrom(
        (await daypass.sts(credentials).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'job' })))
          .Credentials,
      );
    const taken = await take(first, anna);
    await scenario.allow('passing', allow('sts:GetScopedCredentials'));
    const narrow = credentialsFrom((await scope({ DurationSeconds: 60 }, taken)).Credentials);
    const second = await scenario.makeRole('named', {
      Principal: { AWS: `arn:aws:sts::${account}:assumed-role/passing/job` },
      Action: 'sts:AssumeRole',
    });
    await take(second, narrow);
    await daypass.iam().send(new DeleteRolePolicyCommand({ RoleName: 'passing', PolicyName: 'inline' }));
    await daypass.iam().send(new DeleteRoleCommand({ RoleName: 'passing' }));
    await scenario.makeRole('passing', trust);
    for (const credentials of [taken, narrow]) {
      const who = daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
      expect(await refusal(who)).toMatchObject({ name: 'InvalidClientTokenId' });
    }
    expect(await refusal(take(second, await take(first, anna)))).toMatchObject({ name: 'AccessDenied' });
  });

  test('tell the trail what they are for', async () => {
    await scope({ DurationSeconds: 77, ScopedSessionDescription: 'seventy-seven' });
    const events = async () => {
      const url = `${scenario.daypass.url}/v1/events?action=sts:GetScopedCredentials`;
      const page = await signedFetch(url, '', scenario.daypass.bootstrap.admin, 'GET');
      return JSON.stringify(await page.json());
    };
    await expect.poll(events, { timeout: 20_000, interval: 100 }).toContain('seventy-seven');
  });
});
