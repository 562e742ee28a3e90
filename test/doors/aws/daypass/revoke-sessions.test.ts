/** RevokeSessions on the wire: each way to name sessions ends those and no others. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../../helpers/daypass.ts';
import { exchange } from '../../../helpers/exchange.ts';
import { call, form } from '../../../helpers/raw-http.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../../helpers/scenario.ts';

let scenario: Scenario;
let accountId: string;
let alice: Credentials;
let plainRole: string;
let otherRole: string;

beforeAll(async () => {
  scenario = await startScenario();
  accountId = scenario.daypass.bootstrap.accountId;
  alice = await scenario.makeUser('alice', {
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    Resource: '*',
  });
  const trust = {
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  };
  plainRole = await scenario.makeRole('plain', trust);
  otherRole = await scenario.makeRole('other', trust);
});

afterAll(() => scenario.stop());

/** Begins a role session of alice's. */
async function assume(RoleArn = plainRole, over: { SourceIdentity?: string; Team?: string } = {}) {
  const { Team, ...rest } = over;
  const answer = await scenario.daypass.sts(alice).send(
    new AssumeRoleCommand({
      RoleArn,
      RoleSessionName: 'al',
      ...rest,
      ...(Team !== undefined && { Tags: [{ Key: 'Team', Value: Team }] }),
    }),
  );
  return credentialsFrom(answer.Credentials);
}

/** An access token of the federated user. */
async function token(sub = 'alice'): Promise<string> {
  const subject_token = await scenario.idToken({ sub });
  const { status, body } = await exchange(scenario.daypass, { subject_token, resource: scenario.roleArn });
  expect(status).toBe(200);
  return String(body.access_token);
}

const sessionOf = (jwt: string): string => (decodeJwt(jwt).daypass as { session: string }).session; // as DESIGN fixes it

/** `ok`, or the code of the refusal. */
async function state(credentials: Credentials): Promise<string> {
  try {
    await scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
}

/** Whether AuthZEN believes an access token. */
async function believed(jwt: string): Promise<boolean> {
  const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id: jwt },
      action: { name: 's3:GetObject' },
      resource: { type: 'arn', id: 'arn:aws:s3:::reports/q1' },
    }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { decision: boolean }).decision;
}

async function revoke(parameters: Readonly<Record<string, string>>, credentials?: Credentials) {
  const request = form({ Action: 'RevokeSessions', Version: '2026-11-01', ...parameters });
  const { status, text } = await call(scenario.daypass, request, {
    service: 'daypass',
    ...(credentials !== undefined && { credentials }),
  });
  return { status, text, code: /<Code>([^<]*)/.exec(text)?.[1] ?? null };
}

const revoked = async (parameters: Readonly<Record<string, string>>, credentials?: Credentials) => {
  const answer = await revoke(parameters, credentials);
  expect(answer).toMatchObject({ status: 200, code: null });
  return answer.text;
};

const nextSecond = () => scenario.daypass.advance(1);

describe('revoking ends', () => {
  test('one access key, and says until when that matters', async () => {
    const [ended, other] = [await assume(), await assume()];
    expect(await state(ended)).toBe('ok');
    const text = await revoked({ AccessKeyId: ended.accessKeyId });
    expect(text).toMatch(
      /<RevokeSessionsResult><Expiration>\d{4}-[^<]*Z<\/Expiration><\/RevokeSessionsResult>/,
    );
    expect([await state(ended), await state(other)]).toEqual(['ExpiredToken', 'ok']);
  });

  test("a role's sessions up to now, and not those of another role or begun later", async () => {
    const [ended, other] = [await assume(), await assume(otherRole)];
    const text = await revoked({ RoleName: 'PLAIN' });
    expect(text).toMatch(/<IssuedBefore>[^<]*<\/IssuedBefore>/);
    expect([await state(ended), await state(other)]).toEqual(['ExpiredToken', 'ok']);
    await nextSecond();
    expect(await state(await assume())).toBe('ok');
  });

  test('those of a source identity', async () => {
    const [ended, other] = [
      await assume(plainRole, { SourceIdentity: 'anna' }),
      await assume(plainRole, { SourceIdentity: 'bert' }),
    ];
    await revoked({ SourceIdentity: 'anna' });
    expect([await state(ended), await state(other)]).toEqual(['ExpiredToken', 'ok']);
  });

  test('those with a tag, whose key has no case', async () => {
    const [ended, other] = [
      await assume(plainRole, { Team: 'red' }),
      await assume(plainRole, { Team: 'Red' }),
    ];
    await revoked({ 'Tag.Key': 'TEAM', 'Tag.Value': 'red' });
    expect([await state(ended), await state(other)]).toEqual(['ExpiredToken', 'ok']);
  });

  test('only what everything said holds for', async () => {
    const both = { SourceIdentity: 'carl', Team: 'blue' };
    const [ended, one, other] = [
      await assume(plainRole, both),
      await assume(plainRole, { SourceIdentity: 'carl' }),
      await assume(otherRole, both),
    ];
    await revoked({ RoleName: 'plain', SourceIdentity: 'carl', 'Tag.Key': 'Team', 'Tag.Value': 'blue' });
    expect([await state(ended), await state(one), await state(other)]).toEqual(['ExpiredToken', 'ok', 'ok']);
  });

  test('what was issued before a moment, and nothing issued at it', async () => {
    const ended = await assume();
    await nextSecond();
    const before = new Date(scenario.daypass.nowSeconds() * 1000).toISOString();
    const other = await assume();
    await revoked({ RoleName: 'plain', IssuedBefore: before });
    expect([await state(ended), await state(other)]).toEqual(['ExpiredToken', 'ok']);
  });

  test('every session of the account when nothing but a moment is said, and no long-term key', async () => {
    const ended = [await assume(), await assume(otherRole)];
    await nextSecond();
    await revoked({ IssuedBefore: new Date(scenario.daypass.nowSeconds() * 1000).toISOString() });
    expect(await Promise.all(ended.map(state))).toEqual(['ExpiredToken', 'ExpiredToken']);
    expect([await state(alice), await state(await assume())]).toEqual(['ok', 'ok']);
  });

  test('one access token by its jti; the session by its id ends the others too', async () => {
    const jwt = await token();
    const other = await token();
    expect([await believed(jwt), await believed(other)]).toEqual([true, true]);
    await revoked({ JwtId: String(decodeJwt(jwt).jti) });
    expect([await believed(jwt), await believed(other)]).toEqual([false, true]);
    await revoked({ SessionId: sessionOf(other) });
    expect(await believed(other)).toBe(false);
    expect(await believed(await token())).toBe(true);
  });

  test("an outside identity's sessions, by provider and subject", async () => {
    const jwt = await token();
    const stranger = { Provider: scenario.issuer.issuer, Subject: 'mallory' };
    await revoked(stranger);
    expect(await believed(jwt)).toBe(true);
    await revoked({ Provider: scenario.issuer.issuer, Subject: 'alice' });
    expect(await believed(jwt)).toBe(false);
    await nextSecond();
    expect(await believed(await token())).toBe(true);
  });

  test("a provider's sessions, by its ARN", async () => {
    const [jwt, own] = [await token(), await assume()];
    await revoked({ Provider: scenario.providerArn });
    expect([await believed(jwt), await state(own)]).toEqual([false, 'ok']);
    await nextSecond();
  });
});

test("AWS's own way works: a deny on aws:TokenIssueTime in the role", async () => {
  const allowed = { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' };
  const lists = async (credentials: Credentials): Promise<string> => {
    const answer = await call(scenario.daypass, form({ Action: 'ListUsers', Version: '2010-05-08' }), {
      service: 'iam',
      credentials,
    });
    return /<Code>([^<]*)/.exec(answer.text)?.[1] ?? 'ok';
  };
  await scenario.allow('other', allowed);
  const before = await assume(otherRole);
  expect(await lists(before)).toBe('ok');
  await nextSecond();
  const now = new Date(scenario.daypass.nowSeconds() * 1000).toISOString();
  await scenario.daypass.iam().send(
    new PutRolePolicyCommand({
      RoleName: 'other',
      PolicyName: 'AWSRevokeOlderSessions',
      PolicyDocument: policy({
        Effect: 'Deny',
        Action: ['*'],
        Resource: ['*'],
        Condition: { DateLessThan: { 'aws:TokenIssueTime': now } },
      }),
    }),
  );
  expect([await lists(before), await lists(await assume(otherRole))]).toEqual(['AccessDenied', 'ok']);
});

test('fifty at once all bind', async () => {
  const sessions = await Promise.all(Array.from({ length: 50 }, () => assume()));
  const control = await assume();
  await Promise.all(sessions.map(({ accessKeyId }) => revoked({ AccessKeyId: accessKeyId })));
  const states = await Promise.all(sessions.map(state));
  expect(new Set(states)).toEqual(new Set(['ExpiredToken']));
  expect(await state(control)).toBe('ok');
});

describe('who may', () => {
  test('everybody ends the session that signs, and no other without permission', async () => {
    const [own, other] = [await assume(), await assume()];
    expect(await revoke({ AccessKeyId: other.accessKeyId }, own)).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    await revoked({ AccessKeyId: own.accessKeyId }, own);
    expect([await state(own), await state(other)]).toEqual(['ExpiredToken', 'ok']);
    expect(await revoke({ AccessKeyId: own.accessKeyId }, own)).toMatchObject({
      status: 403,
      code: 'ExpiredToken',
    });
  });

  test("everybody ends their own user's sessions, and not another user's", async () => {
    await revoked({ UserName: 'ALICE' }, alice);
    expect(await revoke({ UserName: 'admin' }, alice)).toMatchObject({ status: 403, code: 'AccessDenied' });
  });

  test('a permission on one role ends sessions of that role alone', async () => {
    const warden = await scenario.makeUser('warden', {
      Effect: 'Allow',
      Action: 'daypass:RevokeSessions',
      Resource: plainRole,
    });
    const ended = await assume();
    await revoked({ RoleName: 'plain' }, warden);
    expect(await state(ended)).toBe('ExpiredToken');
    await nextSecond();
    for (const parameters of [
      { RoleName: 'other' },
      { RoleName: 'missing' },
      { SourceIdentity: 'anna' },
      { SessionId: 'ses_whatever' },
      { RoleName: 'plain', SessionId: 'ses_whatever' },
      { IssuedBefore: '2026-01-01T00:00:00Z' },
    ]) {
      expect(await revoke(parameters, warden)).toMatchObject({ status: 403, code: 'AccessDenied' });
    }
  });
});

test.each([
  ['nothing', {}, 'ValidationError'],
  ['a subject without its provider', { Subject: 'alice' }, 'ValidationError'],
  ['what is no access key', { AccessKeyId: 'AIDAIOSFODNN7EXAMPLE' }, 'ValidationError'],
  ['the id of a user as that of a role', { RoleId: 'AIDAIOSFODNN7EXAMPLE' }, 'ValidationError'],
  ['an odd client id', { ClientId: 'dpc-111122223333-abc/def' }, 'ValidationError'],
  ['a moment to come', { IssuedBefore: '2999-01-01T00:00:00Z' }, 'ValidationError'],
  ['a moment that is none', { IssuedBefore: 'yesterday' }, 'ValidationError'],
  ['a user that does not exist', { UserName: 'nobody' }, 'NoSuchEntity'],
  ['a role that does not exist', { RoleName: '__proto__' }, 'NoSuchEntity'],
  ['half a tag', { 'Tag.Key': 'Team' }, 'ValidationError'],
  ['an odd session id', { SessionId: 'ses_../*' }, 'ValidationError'],
])('%s is refused', async (_, parameters, code) => {
  expect((await revoke(parameters)).code).toBe(code);
});

test('the cron trigger removes what has expired, and a cold isolate knows what has not', async () => {
  const ended = await assume();
  await revoked({ AccessKeyId: ended.accessKeyId });
  await scenario.daypass.restart();
  expect(await state(ended)).toBe('ExpiredToken');
  const count = async () =>
    (await scenario.daypass.d1.prepare('select count(*) as rows from revocations').first())?.rows;
  expect(await count()).toBeGreaterThan(0);
  await scenario.daypass.advance(37 * 3600);
  await scenario.daypass.scheduled();
  expect(await count()).toBe(0);
});
