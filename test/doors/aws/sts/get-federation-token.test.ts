import { CreatePolicyCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  type GetFederationTokenCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../../helpers/daypass.ts';
import { mayOf } from '../../../helpers/may.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../../helpers/scenario.ts';
import { allow, deny, refusal } from '../iam/support.ts';

let scenario: Scenario;
let account: string;
let vouching: Credentials;

const federate = (input: Partial<GetFederationTokenCommandInput> = {}, credentials = vouching) =>
  scenario.daypass.sts(credentials).send(new GetFederationTokenCommand({ Name: 'bob', ...input }));
const may = async (input: Partial<GetFederationTokenCommandInput>, action: string) =>
  mayOf(scenario.daypass, credentialsFrom((await federate(input)).Credentials), action);

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  vouching = await scenario.makeUser('voucher', allow(['sts:*', 's3:*', 'iam:*']), deny('s3:DeleteObject'));
});
afterAll(() => scenario.stop());

describe('a federated user', () => {
  test('is named by who vouches, for twelve hours', async () => {
    const answer = await federate({ Name: 'b+o=b,.@-_' });
    const { Credentials: answered, FederatedUser } = answer;
    expect(FederatedUser).toEqual({
      FederatedUserId: `${account}:b+o=b,.@-_`,
      Arn: `arn:aws:sts::${account}:federated-user/b+o=b,.@-_`,
    });
    const seconds = (answered?.Expiration?.getTime() ?? 0) / 1000 - scenario.daypass.nowSeconds();
    expect(Math.abs(seconds - 43_200)).toBeLessThan(5);
    expect(answer.SessionTokenSize).toBe(answered?.SessionToken?.length);
    expect(answer.PackedPolicySize).toBeUndefined();
    const sts = scenario.daypass.sts(credentialsFrom(answered));
    expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      UserId: `${account}:b+o=b,.@-_`,
      Account: account,
      Arn: FederatedUser?.Arn,
    });
  });

  test('may do nothing without a session policy', async () => {
    expect(await may({}, 's3:GetObject')).toBe(false);
  });

  test('may do what both its policies and the user allow', async () => {
    const made = await scenario.daypass
      .iam()
      .send(new CreatePolicyCommand({ PolicyName: 'put', PolicyDocument: policy(allow('s3:Put*')) }));
    const input = {
      Policy: policy(allow(['s3:Get*', 's3:Delete*', 'ec2:*'])),
      PolicyArns: [{ arn: made.Policy?.Arn }],
    };
    for (const [action, allowed] of [
      ['s3:GetObject', true],
      ['s3:PutObject', true],
      ['s3:ListBucket', false],
      ['s3:DeleteObject', false],
      ['ec2:StopInstances', false],
    ] as const) {
      expect([action, await may(input, action)]).toEqual([action, allowed]);
    }
    expect((await federate(input)).PackedPolicySize).toBeGreaterThan(0);
  });

  test('has its tags, where the user may tag', async () => {
    const Policy = policy({
      ...allow('s3:GetObject'),
      Condition: { StringEquals: { 'aws:PrincipalTag/team': 'red', 'aws:userid': `${account}:bob` } },
    });
    const Tags = [{ Key: 'team', Value: 'red' }];
    expect(await may({ Policy, Tags }, 's3:GetObject')).toBe(true);
    expect(await may({ Policy }, 's3:GetObject')).toBe(false);
    const untagging = await scenario.makeUser('untagging', allow('sts:GetFederationToken'));
    expect((await federate({}, untagging)).FederatedUser).toBeDefined();
    expect(await refusal(federate({ Tags }, untagging))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `sts:TagSession on resource: arn:aws:sts::${account}:federated-user/bob`,
      ),
    });
  });

  test.for([
    [{ Key: 'aws:x', Value: '' }],
    [
      { Key: 'a', Value: '1' },
      { Key: 'A', Value: '2' },
    ],
  ])('has no tags against the rules: %j', async (Tags) => {
    expect(await refusal(federate({ Tags }))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('reaches no IAM and nothing of STS but who it is, whatever its policies allow', async () => {
    const bob = credentialsFrom((await federate({ Policy: policy(allow('*')) })).Credentials);
    const sts = scenario.daypass.sts(bob);
    expect(await refusal(scenario.daypass.iam(bob).send(new ListUsersCommand({})))).toMatchObject({
      name: 'InvalidClientTokenId',
      status: 403,
    });
    const RoleArn = await scenario.makeRole('any', {
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
    });
    expect(await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'al' })))).toEqual({
      name: 'AccessDenied',
      status: 403,
      message: 'Cannot call AssumeRole with federation token credentials',
    });
    expect(await refusal(sts.send(new GetFederationTokenCommand({ Name: 'eve' })))).toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('vouching', () => {
  test('is a permission for each name', async () => {
    const only = await scenario.makeUser(
      'only-bob',
      allow('sts:GetFederationToken', `arn:aws:sts::${account}:federated-user/bob`),
    );
    expect((await federate({}, only)).FederatedUser?.FederatedUserId).toBe(`${account}:bob`);
    expect(await refusal(federate({ Name: 'eve' }, only))).toMatchObject({
      name: 'AccessDenied',
      status: 403,
    });
    expect(await refusal(federate({}, await scenario.makeUser('nobody')))).toMatchObject({
      name: 'AccessDenied',
    });
  });

  test("is not a session's to do", async () => {
    const { Credentials: answered } = await federate({ Policy: policy(allow('*')) });
    expect(await refusal(federate({}, credentialsFrom(answered)))).toMatchObject({ name: 'AccessDenied' });
  });

  test.for([
    ['', 'ValidationError'],
    ['x', 'ValidationError'],
    ['x'.repeat(33), 'ValidationError'],
    ['b b', 'ValidationError'],
    ['b/b', 'ValidationError'],
  ])('for a name `%s` is refused', async ([Name = '', name]) => {
    expect(await refusal(federate({ Name }))).toMatchObject({ name, status: 400 });
  });

  test('keeps to the limits of its policies', async () => {
    for (const [input, name] of [
      [{ Policy: '{' }, 'MalformedPolicyDocumentException'],
      [{ Policy: policy(allow('s3:*', `arn:aws:s3:::${'x'.repeat(2048)}`)) }, 'ValidationError'],
      [{ PolicyArns: [{ arn: `arn:aws:iam::${account}:policy/absent` }] }, 'NoSuchEntity'],
      [{ DurationSeconds: 899 }, 'ValidationError'],
      [{ DurationSeconds: 129_601 }, 'ValidationError'],
    ] as const) {
      expect(
        (
          await refusal(
            federate({ ...input, PolicyArns: 'PolicyArns' in input ? [...input.PolicyArns] : undefined }),
          )
        ).name,
      ).toBe(name);
    }
  });
});
