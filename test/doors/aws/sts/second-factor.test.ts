/** A code of a virtual MFA device in GetSessionToken and AssumeRole, and what policies make of it. */
import { CreateVirtualMFADeviceCommand, EnableMFADeviceCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type AssumeRoleCommandInput, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signedFetch } from '../../../../dev/demo/signed-fetch.ts';
import type { Credentials } from '../../../helpers/daypass.ts';
import { mayOf } from '../../../helpers/may.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../../helpers/scenario.ts';
import { twoCodes } from '../../../helpers/totp.ts';
import { allow, refusal } from '../iam/support.ts';

let scenario: Scenario;
let anna: Credentials;
let bert: Credentials;
let seed: string;
let SerialNumber: string;
let guarded: string;

const REFUSAL = {
  name: 'AccessDenied',
  status: 403,
  message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
};
const withMfa = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

beforeAll(async () => {
  scenario = await startScenario();
  const { daypass } = scenario;
  const iam = daypass.iam();
  const guardedRead = { ...allow('s3:GetObject'), Condition: withMfa };
  const freshPut = {
    ...allow('s3:PutObject'),
    Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } },
  };
  anna = await scenario.makeUser('anna', allow(['iam:ListUsers', 'sts:*']), guardedRead, freshPut);
  bert = await scenario.makeUser('bert', allow('sts:*'));
  const made = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }));
  SerialNumber = made.VirtualMFADevice?.SerialNumber ?? '';
  seed = new TextDecoder().decode(made.VirtualMFADevice?.Base32StringSeed);
  const [AuthenticationCode1, AuthenticationCode2] = twoCodes(seed, daypass.nowSeconds());
  await iam.send(
    new EnableMFADeviceCommand({ UserName: 'anna', SerialNumber, AuthenticationCode1, AuthenticationCode2 }),
  );
  guarded = await scenario.makeRole('guarded', {
    Principal: { AWS: `arn:aws:iam::${daypass.bootstrap.accountId}:root` },
    Action: 'sts:AssumeRole',
    Condition: withMfa,
  });
  await scenario.allow('guarded', guardedRead, freshPut, allow('sts:AssumeRole'));
});
afterAll(() => scenario.stop());

/** A code that was not taken yet: each is good once. */
async function nextCode(): Promise<string> {
  await scenario.daypass.advance(30);
  return twoCodes(seed, scenario.daypass.nowSeconds())[1];
}
const own = (input: { SerialNumber?: string; TokenCode?: string }, credentials = anna) =>
  scenario.daypass.sts(credentials).send(new GetSessionTokenCommand(input));
const assume = (input: Partial<AssumeRoleCommandInput>, credentials: Credentials = anna) =>
  scenario.daypass
    .sts(credentials)
    .send(new AssumeRoleCommand({ RoleArn: guarded, RoleSessionName: 'work', ...input }));
const may = (credentials: Credentials, action: string) => mayOf(scenario.daypass, credentials, action);

describe('GetSessionToken with a code', () => {
  test('opens IAM and what policies keep for a second factor; without one neither', async () => {
    const proved = credentialsFrom((await own({ SerialNumber, TokenCode: await nextCode() })).Credentials);
    expect((await scenario.daypass.iam(proved).send(new ListUsersCommand({}))).Users?.length).toBeGreaterThan(
      0,
    );
    expect(await may(proved, 's3:GetObject')).toBe(true);
    const plain = credentialsFrom((await own({})).Credentials);
    expect(await may(plain, 's3:GetObject')).toBe(false);
    expect(await may(plain, 's3:PutObject')).toBe(false);
  });

  test('ages: what policies want fresh has its time', async () => {
    const proved = credentialsFrom((await own({ SerialNumber, TokenCode: await nextCode() })).Credentials);
    expect(await may(proved, 's3:PutObject')).toBe(true);
    await scenario.daypass.advance(301);
    expect(await may(proved, 's3:PutObject')).toBe(false);
    expect(await may(proved, 's3:GetObject')).toBe(true);
  });

  test('takes a code once, whoever asks and how often at once', async () => {
    const TokenCode = await nextCode();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => own({ SerialNumber, TokenCode })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await refusal(assume({ SerialNumber, TokenCode }))).toEqual(REFUSAL);
  });

  test('takes the device of the one who signs alone', async () => {
    const TokenCode = await nextCode();
    expect(await refusal(own({ SerialNumber, TokenCode }, bert))).toEqual(REFUSAL);
    expect(await refusal(own({ SerialNumber: `${SerialNumber}x`, TokenCode }))).toEqual(REFUSAL);
    expect((await own({ SerialNumber, TokenCode })).Credentials).toBeDefined();
  });

  test('wants device and code together, and a code of six digits', async () => {
    for (const input of [
      { SerialNumber },
      { TokenCode: '123456' },
      { SerialNumber, TokenCode: '12345' },
      { SerialNumber, TokenCode: '12345a' },
      { SerialNumber: 'short', TokenCode: '123456' },
    ]) {
      expect(await refusal(own(input))).toMatchObject({ name: 'ValidationError', status: 400 });
    }
  });

  test('is not taken from a query string', async () => {
    const answer = await scenario.daypass.fetch(
      '/?Action=GetSessionToken&Version=2011-06-15&SerialNumber=x&TokenCode=123456',
    );
    expect(await answer.text()).toContain('<Code>MalformedQueryString</Code>');
  });
});

describe('a role whose trust asks for a second factor', () => {
  test('is taken with a code, and its session has the proof', async () => {
    const { Credentials: answered } = await assume({ SerialNumber, TokenCode: await nextCode() });
    const credentials = credentialsFrom(answered);
    expect(await may(credentials, 's3:GetObject')).toBe(true);
    expect(await may(credentials, 's3:PutObject')).toBe(true);
  });

  test("is taken by a user's session that has proved it, as old as the proof is", async () => {
    const proved = credentialsFrom((await own({ SerialNumber, TokenCode: await nextCode() })).Credentials);
    await scenario.daypass.advance(301);
    const taken = credentialsFrom((await assume({}, proved)).Credentials);
    expect(await may(taken, 's3:GetObject')).toBe(true);
    expect(await may(taken, 's3:PutObject')).toBe(false);
  });

  test('is refused without a code, by a wrong one, and by a session that has proved nothing', async () => {
    const plain = credentialsFrom((await own({})).Credentials);
    for (const credentials of [anna, plain, bert]) {
      expect(await refusal(assume({}, credentials))).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
    const TokenCode = await nextCode();
    const wrong = TokenCode === '000000' ? '000001' : '000000';
    expect(await refusal(assume({ SerialNumber, TokenCode: wrong }))).toEqual(REFUSAL);
  });

  test('is refused to a role that shows a code: roles have no devices', async () => {
    const taken = await assume({ SerialNumber, TokenCode: await nextCode() });
    const TokenCode = await nextCode();
    const call = assume({ SerialNumber, TokenCode }, credentialsFrom(taken.Credentials));
    expect(await refusal(call)).toEqual(REFUSAL);
  });
});

test('no code reaches the trail or the log', async () => {
  const { daypass } = scenario;
  const TokenCode = await nextCode();
  await own({ SerialNumber, TokenCode });
  const trail = async () => {
    const now = new Date(daypass.nowSeconds() * 1000);
    const url = `${daypass.url}/v1/events?action=sts:GetSessionToken`;
    return (await signedFetch(url, '', daypass.bootstrap.admin, 'GET', now)).text();
  };
  await expect.poll(trail, { timeout: 20_000, interval: 100 }).toContain('"tokenCode":"[not kept]"');
  expect(await trail()).not.toContain(`"${TokenCode}"`);
  expect(daypass.logs.join('\n')).not.toContain(TokenCode);
});
