import { DeleteAccessKeyCommand, ListUsersCommand, UpdateUserCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  type GetSessionTokenCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../../helpers/daypass.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../../helpers/scenario.ts';
import { allow, refusal } from '../iam/support.ts';

let scenario: Scenario;
let account: string;
let anna: Credentials;
let session: Required<Credentials>;

const begin = async (input: GetSessionTokenCommandInput = {}, credentials = anna) =>
  scenario.daypass.sts(credentials).send(new GetSessionTokenCommand(input));
const whoIs = (credentials: Credentials) =>
  scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}));

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  anna = await scenario.makeUser('anna', allow('*'));
  session = credentialsFrom((await begin()).Credentials);
});
afterAll(() => scenario.stop());

describe("a user's own session", () => {
  test('is the user, for twelve hours, with the size of its token told', async () => {
    const { Credentials: answered, SessionTokenSize, SessionTokenUtilization } = await begin();
    expect(answered?.AccessKeyId).toMatch(/^ASIA/);
    const seconds = Math.round((answered?.Expiration?.getTime() ?? 0) / 1000) - scenario.daypass.nowSeconds();
    expect(Math.abs(seconds - 43_200)).toBeLessThan(5);
    expect(SessionTokenSize).toBe(answered?.SessionToken?.length);
    expect(SessionTokenUtilization).toBe(Math.ceil(((SessionTokenSize ?? 0) / 4096) * 100));
    expect(await whoIs(credentialsFrom(answered))).toMatchObject({
      UserId: expect.stringMatching(/^AIDA/),
      Account: account,
      Arn: `arn:aws:iam::${account}:user/anna`,
    });
  });

  test('lasts from a quarter of an hour to a day and a half', async () => {
    for (const DurationSeconds of [900, 129_600]) {
      const { Credentials: answered } = await begin({ DurationSeconds });
      const seconds = (answered?.Expiration?.getTime() ?? 0) / 1000 - scenario.daypass.nowSeconds();
      expect(Math.abs(seconds - DurationSeconds)).toBeLessThan(5);
    }
    for (const DurationSeconds of [899, 129_601, 0]) {
      expect(await refusal(begin({ DurationSeconds }))).toMatchObject({
        name: 'ValidationError',
        status: 400,
      });
    }
  });

  test('needs no permission, and no policy takes it away', async () => {
    const plain = await scenario.makeUser('plain');
    const denied = await scenario.makeUser('denied', { Effect: 'Deny', Action: '*', Resource: '*' });
    for (const credentials of [plain, denied]) {
      expect((await begin({}, credentials)).Credentials?.SessionToken).toBeTruthy();
    }
  });

  test('has a token as long as is asked for', async () => {
    for (const MinimumSessionTokenSize of [1000, 4096]) {
      const { Credentials: answered, SessionTokenSize } = await begin({ MinimumSessionTokenSize });
      expect(SessionTokenSize).toBeGreaterThanOrEqual(MinimumSessionTokenSize);
      expect(SessionTokenSize).toBeLessThanOrEqual(4096);
      expect((await whoIs(credentialsFrom(answered))).Account).toBe(account);
    }
    for (const MinimumSessionTokenSize of [-1, 4097]) {
      expect(await refusal(begin({ MinimumSessionTokenSize }))).toMatchObject({ name: 'ValidationError' });
    }
  });

  test('reaches no IAM without a second factor', async () => {
    expect(await refusal(scenario.daypass.iam(session).send(new ListUsersCommand({})))).toEqual({
      name: 'InvalidClientTokenId',
      status: 403,
      message: 'the security token included in the request is invalid',
    });
  });

  test('reaches nothing of STS but AssumeRole and the two that tell or narrow', async () => {
    const sts = scenario.daypass.sts(session);
    for (const [name, call] of [
      ['GetSessionToken', () => sts.send(new GetSessionTokenCommand({}))],
      ['GetFederationToken', () => sts.send(new GetFederationTokenCommand({ Name: 'bob' }))],
      ['GetAccessKeyInfo', () => sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: session.accessKeyId }))],
    ] as const) {
      expect(await refusal(call())).toEqual({
        name: 'AccessDenied',
        status: 403,
        message: `Cannot call ${name} with session credentials`,
      });
    }
  });

  test('takes a role for longer than a chain of roles may, by the name of the user', async () => {
    const RoleArn = await scenario.makeRole(
      'long',
      { Principal: { AWS: `arn:aws:iam::${account}:user/anna` }, Action: 'sts:AssumeRole' },
      { maxSeconds: 7200 },
    );
    const sts = scenario.daypass.sts(session);
    const taken = await sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'al', DurationSeconds: 7200 }),
    );
    expect(taken.AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/long/al`);
    // A chain of roles is still an hour at most.
    const chained = scenario.daypass.sts(credentialsFrom(taken.Credentials));
    await scenario.allow('long', allow('sts:AssumeRole'));
    const next = await scenario.makeRole(
      'next',
      {
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'sts:AssumeRole',
      },
      { maxSeconds: 7200 },
    );
    const input = { RoleArn: next, RoleSessionName: 'al' };
    expect(
      await refusal(chained.send(new AssumeRoleCommand({ ...input, DurationSeconds: 3601 }))),
    ).toMatchObject({
      name: 'ValidationError',
      message:
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    });
    expect((await chained.send(new AssumeRoleCommand(input))).AssumedRoleUser?.Arn).toContain('/next/al');
  });

  test('outlives its access key and a new name, and ends with the user', async () => {
    const { daypass } = scenario;
    const carl = await scenario.makeUser('carl');
    const own = credentialsFrom((await begin({}, carl)).Credentials);
    await daypass.iam().send(new DeleteAccessKeyCommand({ UserName: 'carl', AccessKeyId: carl.accessKeyId }));
    await daypass.iam().send(new UpdateUserCommand({ UserName: 'carl', NewUserName: 'karl' }));
    expect((await whoIs(own)).Arn).toBe(`arn:aws:iam::${account}:user/karl`);
    const { DeleteUserCommand, CreateUserCommand } = await import('@aws-sdk/client-iam');
    await daypass.iam().send(new DeleteUserCommand({ UserName: 'karl' }));
    expect(await refusal(whoIs(own))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
    await daypass.iam().send(new CreateUserCommand({ UserName: 'karl' }));
    expect(await refusal(whoIs(own))).toMatchObject({ name: 'InvalidClientTokenId', status: 403 });
  });
});
