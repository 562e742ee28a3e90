/** Roles that a browser from outside is offered: by the rules and trust policies of now, not of when it signed in. */
import { CreateRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { policy } from '../../helpers/scenario.ts';
import {
  type RegisteredIssuer,
  type ScriptedIssuer,
  startScriptedIssuer,
} from '../../helpers/scripted-issuer.ts';

let daypass: Daypass;
let issuer: ScriptedIssuer;
let provider: RegisteredIssuer;
const roles = new Map<string, string>();
const arnOf = (name: string): string => roles.get(name) ?? '';

const trust = (Condition: object = {}): string =>
  policy({
    Effect: 'Allow',
    Principal: { Federated: provider.arn },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition,
  });
const WITH_FACTOR = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
const putRules = (rules: readonly object[]) =>
  daypassQuery(daypass, 'PutMappingRules', {
    ProviderArn: provider.arn,
    RulesDocument: JSON.stringify({ Rules: rules }),
  });
const inGroup = (group: string, ...names: string[]) => ({
  Effect: 'Allow',
  Condition: { 'ForAnyValue:StringEquals': { groups: group } },
  Roles: names.map(arnOf),
});

beforeAll(async () => {
  [daypass, issuer] = await Promise.all([startDaypass(), startScriptedIssuer()]);
  provider = await issuer.register(daypass);
  for (const [RoleName, condition] of [
    ['staff', {}],
    ['admin', {}],
    ['vault', WITH_FACTOR],
  ] as const) {
    const sent = new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(condition) });
    roles.set(RoleName, (await daypass.iam().send(sent)).Role?.Arn ?? '');
  }
});
beforeEach(() => putRules([inGroup('staff', 'staff', 'admin')]));
afterAll(() => Promise.all([daypass.stop(), issuer.stop()]));

async function signIn(claims: JWTPayload) {
  const client = new PageClient(daypass);
  const { location } = await client.get(`/login/${provider.providerId}?next=roles`);
  const answer = await client.get(
    issuer.answer(location, { auth_time: daypass.nowSeconds(), groups: ['staff'], ...claims }),
  );
  return { client, answer };
}
const offered = async (client: PageClient): Promise<string[]> => {
  const { text } = await client.get('/me/roles');
  return [...text.matchAll(/type="radio" name="role" value="[^"]*role\/([^"]+)"/g)].map(
    ([, name]) => name ?? '',
  );
};
const take = async (client: PageClient, name: string) =>
  (await client.post('/me/roles', { role: arnOf(name), duration: '3600' })).status;

describe('the rules of now', () => {
  test('take back what the rules of the login gave, and give what they did not', async () => {
    const { client } = await signIn({ sub: 'anna' });
    expect(await offered(client)).toEqual(['staff', 'admin']);
    await putRules([inGroup('staff', 'staff')]);
    expect(await offered(client)).toEqual(['staff']);
    expect([await take(client, 'admin'), await take(client, 'staff')]).toEqual([400, 200]);
    await putRules([
      { Effect: 'Deny', Condition: { StringEquals: { sub: 'anna' } } },
      inGroup('staff', 'staff'),
    ]);
    expect([await offered(client), await take(client, 'staff')]).toEqual([[], 400]);
    await daypassQuery(daypass, 'DeleteMappingRules', { ProviderArn: provider.arn });
    expect([await offered(client), await take(client, 'staff')]).toEqual([[], 400]);
    await putRules([inGroup('staff', 'admin')]);
    expect([await offered(client), await take(client, 'admin')]).toEqual([['admin'], 200]);
  });

  test('see the claims of the login, not those that somebody else has', async () => {
    const { client } = await signIn({ sub: 'bob', groups: ['guests', 'staff'] });
    await putRules([inGroup('admins', 'admin'), inGroup('guests', 'staff')]);
    expect(await offered(client)).toEqual(['staff']);
  });

  test('on trial are told in the event of what is taken', async () => {
    const { client } = await signIn({ sub: 'carl' });
    await putRules([{ Sid: 'soon', Effect: 'Deny', Mode: 'Audit' }, inGroup('staff', 'staff')]);
    await client.get('/me/roles');
    expect(await take(client, 'staff')).toBe(200);
    const query = 'select body from audit_events where body like \'%"rule":"soon"%\'';
    const told = async () => (await daypass.d1.prepare(query).all()).results;
    await expect.poll(told, { timeout: 20_000 }).toHaveLength(1);
  });
});

describe('the trust policies of now', () => {
  test('decide what is listed', async () => {
    const { client } = await signIn({ sub: 'anna' });
    const change = (condition: object) =>
      daypass
        .iam()
        .send(new UpdateAssumeRolePolicyCommand({ RoleName: 'admin', PolicyDocument: trust(condition) }));
    await change({ StringEquals: { [`${issuer.prefix}:sub`]: 'somebody-else' } });
    expect([await offered(client), await take(client, 'admin')]).toEqual([['staff'], 400]);
    await change({});
    expect(await offered(client)).toEqual(['staff', 'admin']);
  });

  test('that ask for a second factor keep nobody from signing in, and nobody in without one', async () => {
    await putRules([inGroup('staff', 'vault')]);
    const { client, answer } = await signIn({ sub: 'anna' });
    expect([answer.status, answer.location]).toEqual([303, '/me/roles']);
    const { text } = await client.get('/me/roles');
    expect(text).toContain('This role asks for a second factor of yours');
    expect(text).toContain('href="/me/passkeys/add"');
    expect([await offered(client), await take(client, 'vault')]).toEqual([[], 400]);
    const refused = await signIn({ sub: 'dora', groups: ['nobody'] });
    expect(refused.answer.status).toBe(403);
  });
});

test('who has not signed in just now is sent to the provider, to do so anew', async () => {
  const { client } = await signIn({ sub: 'anna', auth_time: daypass.nowSeconds() - 3600 });
  expect((await client.get('/me/passkeys/add')).location).toBe('/me/confirm');
  const { text } = await client.get('/me/confirm');
  const [, path = ''] = /href="(\/login\/[^"]+)"/.exec(text) ?? [];
  expect(path).toBe(`/login/${provider.providerId}?anew=1&amp;next=me`);
  const { location } = await client.get(path.replace('&amp;', '&'));
  expect(new URL(location ?? '').searchParams.get('prompt')).toBe('login');
  await client.get(
    issuer.answer(location, { sub: 'anna', groups: ['staff'], auth_time: daypass.nowSeconds() }),
  );
  expect((await client.get('/me/passkeys/add')).status).toBe(200);
});

test('who acts for a person neither signs in nor links', async () => {
  const { answer } = await signIn({ sub: 'anna', act: { sub: 'agent' } });
  expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
});
