/** RFC 8628, OAuth 2.0 Device Authorization Grant. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  makePerson,
  makeRoleFor,
  type Person,
  postForm,
  registerClient,
} from '../../helpers/oauth-person.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let clientId: string;
let role: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'dora');
  role = await makeRoleFor(scenario, 'dora', 'tv');
  clientId = await registerClient(daypass, GRANT);
});
afterAll(() => scenario.stop());

const ask = (fields: Readonly<Record<string, string>> = {}) =>
  postForm(daypass, '/oauth/device_authorization', { client_id: clientId, ...fields });

async function askWell(fields: Readonly<Record<string, string>> = {}) {
  const { status, body } = await ask(fields);
  expect(status).toBe(200);
  return { device: String(body.device_code), user: String(body.user_code), body };
}

const poll = (deviceCode: string, client = clientId) =>
  postForm(daypass, '/oauth/token', { grant_type: GRANT, device_code: deviceCode, client_id: client });

const errorOf = async (answer: ReturnType<typeof poll>) => {
  const { status, body } = await answer;
  return `${status} ${String(body.error)}`;
};

/** Types the code, and decides on the page that follows. */
async function decide(client: PageClient, userCode: string, decision: 'allow' | 'refuse', roleArn = role) {
  await client.get('/device');
  const page = await client.post('/device', { user_code: userCode });
  if (page.status !== 200) return page;
  const code = userCode.replace('-', '');
  return client.post('/device/decide', { user_code: code, role: roleArn, decision });
}

describe('3.2, the answer to a device', () => {
  test('has both codes, the address of the page, and how long and how often', async () => {
    const { body } = await askWell();
    expect(body).toEqual({
      device_code: expect.stringMatching(/^\d{12}\.[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${daypass.url}/device`,
      verification_uri_complete: `${daypass.url}/device?user_code=${String(body.user_code)}`,
      expires_in: 600,
      interval: 5,
    });
  });

  test('keeps neither code as it is', async () => {
    const { device, user } = await askWell();
    const { results } = await daypass.d1
      .prepare('select * from device_authorizations order by created_at_seconds desc')
      .all();
    const kept = JSON.stringify(results);
    expect(kept).toContain(clientId);
    for (const secret of [device, user, user.replace('-', '')]) expect(kept).not.toContain(secret);
    expect(daypass.logs.join()).not.toContain(device);
  });

  test.for<[string, Record<string, string>, string]>([
    [
      'a client that is not registered',
      { client_id: 'dpc-000000000000-AAAAAAAAAAAAAAAAAAAAAA' },
      'invalid_client',
    ],
    ['what is no client id', { client_id: '__proto__' }, 'invalid_client'],
    ['no client', { client_id: '' }, 'invalid_client'],
    ['a scope that the client may not ask for', { scope: 'admin' }, 'invalid_scope'],
    ['an audience that is not the client’s', { resource: 'https://other.example' }, 'invalid_target'],
  ])('is refused to %s', async ([, fields, error]) => {
    expect((await ask(fields)).body.error).toBe(error);
  });

  test('is refused to a client of another grant, and of one with a secret that is not shown', async () => {
    const other = await registerClient(daypass, 'authorization_code', {
      'RedirectUris.member.1': 'https://app.example/cb',
    });
    expect((await ask({ client_id: other })).body.error).toBe('unauthorized_client');
    const secretive = await registerClient(daypass, GRANT, {
      TokenEndpointAuthMethod: 'client_secret_basic',
    });
    expect((await ask({ client_id: secretive })).body.error).toBe('invalid_client');
  });
});

describe('3.3, the person', () => {
  test('sees who asks, from where and for what; then the device has the role', async () => {
    const { client } = await person.signIn();
    const { device, user } = await askWell({ scope: 'openid' });
    await client.get('/device');
    const page = await client.post('/device', { user_code: user.toLowerCase().replace('-', ' ') });
    expect(page.status).toBe(200);
    for (const shown of ['Reports on TV', clientId, user, '127.0.0.1', 'openid', role]) {
      expect(page.text).toContain(shown);
    }
    expect((await decide(client, user, 'allow')).text).toContain('The device is connected');
    const { status, body } = await poll(device);
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        id_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'openid',
      },
    ]);
    const token = decodeJwt(String(body.access_token));
    expect(token).toMatchObject({ client_id: clientId, aud: daypass.url, acr: 'urn:daypass:acr:mfa' });
    expect(Object(token.daypass).arn).toBe(
      role.replace(':iam:', ':sts:').replace('role/tv', 'assumed-role/tv/dora'),
    );
    expect(token.sub).toMatch(/^AIDA/);
    expect(decodeJwt(String(body.id_token)).sub).toBe(token.sub);
  });

  test('lets a device that may refresh go on without them', async () => {
    const screen = await registerClient(daypass, GRANT, { 'GrantTypes.member.2': 'refresh_token' });
    const { client } = await person.signIn();
    const { device, user } = await askWell({ client_id: screen, scope: 'openid offline_access' });
    await decide(client, user, 'allow');
    const { body } = await poll(device, screen);
    await daypass.advance(20_000);
    const { status, body: refreshed } = await postForm(daypass, '/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: String(body.refresh_token),
      client_id: screen,
    });
    expect([status, refreshed.scope, refreshed.expires_in]).toEqual([200, 'openid offline_access', 3600]);
    expect(decodeJwt(String(refreshed.access_token)).sub).toBe(decodeJwt(String(body.access_token)).sub);
  });

  test('who refuses, refuses', async () => {
    const { client } = await person.signIn();
    const { device, user } = await askWell();
    expect((await decide(client, user, 'refuse')).text).toContain('The device was refused');
    expect(await errorOf(poll(device))).toBe('400 access_denied');
    expect((await decide(client, user, 'allow')).status).toBe(400);
    expect(await errorOf(poll(device))).toBe('400 access_denied');
  });

  test('who follows the address with the code still has to send it, and to sign in first', async () => {
    const { body, user, device } = await askWell();
    const path = String(body.verification_uri_complete).slice(daypass.url.length);
    const fresh = await new PageClient(daypass).get(path);
    expect([fresh.status, fresh.location]).toEqual([303, `/login?next=device:${user.replace('-', '')}`]);
    const { client, location } = await person.signIn({ next: `device:${user.replace('-', '')}` });
    expect(location).toBe(`/device?user_code=${user.replace('-', '')}`);
    const page = await client.get(path);
    expect(page.text).toContain(`value="${user}"`);
    expect(page.text).not.toContain('Reports on TV');
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
  });

  test('without a fresh proof confirms first, and comes back to the code', async () => {
    const { client } = await person.signIn();
    const { user, device } = await askWell();
    await daypass.advance(301);
    const code = user.replace('-', '');
    const sent = await decide(client, user, 'allow');
    expect([sent.status, sent.location]).toEqual([303, `/me/confirm?next=device:${code}`]);
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
    expect(await person.confirm(client, `device:${code}`)).toBe(`/device?user_code=${code}`);
    expect((await decide(client, user, 'allow')).text).toContain('The device is connected');
  });

  test('without a second factor can let nothing in', async () => {
    const single = await makePerson(scenario, 'simon', false);
    const { client } = await single.signIn();
    const { user, device } = await askWell();
    const answer = await decide(client, user, 'allow');
    expect([answer.status, answer.text.includes('A second factor is needed')]).toEqual([403, true]);
    const direct = { user_code: user, role, decision: 'allow' };
    expect((await client.post('/device/decide', direct)).status).toBe(403);
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
  });

  test('cannot give a role that is not theirs', async () => {
    const { client } = await person.signIn();
    const { user, device } = await askWell();
    for (const other of [scenario.roleArn, '', 'arn:aws:iam::999988887777:role/tv', 'tv']) {
      expect((await decide(client, user, 'allow', other)).status).toBe(400);
    }
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
  });

  test('decides on a page of our own alone', async () => {
    const { client } = await person.signIn();
    const { user, device } = await askWell();
    await client.get('/device');
    const fields = { user_code: user, role, decision: 'allow' };
    const foreign = [
      await client.post('/device/decide', fields, { 'sec-fetch-site': 'cross-site' }),
      await client.post('/device/decide', { ...fields, csrf: 'wrong' }),
      await new PageClient(daypass).post('/device/decide', fields),
    ];
    expect(foreign.map(({ status }) => status)).toEqual([403, 403, 303]);
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
  });
});

describe('3.5, a device that polls', () => {
  test('too often, is told to wait five seconds longer each time', async () => {
    const { device } = await askWell();
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
    expect(await errorOf(poll(device))).toBe('400 slow_down');
    await daypass.advance(6);
    expect(await errorOf(poll(device))).toBe('400 slow_down');
    await daypass.advance(16);
    expect(await errorOf(poll(device))).toBe('400 authorization_pending');
  });

  test('too late, gets nothing, and neither does the person', async () => {
    const { client } = await person.signIn();
    const { device, user } = await askWell();
    await daypass.advance(600);
    expect(await errorOf(poll(device))).toBe('400 expired_token');
    await person.confirm(client, 'device');
    expect((await decide(client, user, 'allow')).status).toBe(400);
  });

  test('with the code of another client, or none, gets nothing', async () => {
    const { client } = await person.signIn();
    const { device, user } = await askWell();
    const other = await registerClient(daypass, GRANT);
    await decide(client, user, 'allow');
    expect(await errorOf(poll(device, other))).toBe('400 invalid_grant');
    for (const wrong of [`${device}x`, device.slice(0, -1), `000000000000${device.slice(12)}`, '__proto__']) {
      expect(await errorOf(poll(wrong))).toBe('400 invalid_grant');
    }
    expect((await poll(device)).status).toBe(200);
  });

  test('fifty times at once after the approval, gets its tokens once', async () => {
    const { client } = await person.signIn();
    const { device, user } = await askWell();
    await decide(client, user, 'allow');
    const answers = await Promise.all(Array.from({ length: 50 }, () => errorOf(poll(device))));
    expect(answers.filter((answer) => answer === '200 undefined')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['200 undefined', '400 invalid_grant']));
    expect(await errorOf(poll(device))).toBe('400 invalid_grant');
  });

  test('gets nothing where the session was revoked between approval and poll', async () => {
    const { client } = await person.signIn();
    const { device, user } = await askWell();
    await decide(client, user, 'allow');
    expect((await daypassQuery(daypass, 'RevokeSessions', { RoleName: 'tv' })).status).toBe(200);
    expect(await errorOf(poll(device))).toBe('400 invalid_grant');
    await daypass.advance(2);
  });
});

describe('5.1, who guesses codes', () => {
  test('may type ten in five minutes; others go on', async () => {
    const guesser = await makePerson(scenario, 'gustav');
    await makeRoleFor(scenario, 'gustav', 'tv-gustav');
    const { client } = await guesser.signIn();
    const { user } = await askWell();
    await client.get('/device');
    const wrong = Array.from({ length: 30 }, () => client.post('/device', { user_code: 'BCDF-GHJK' }));
    const statuses = (await Promise.all(wrong)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 400)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    expect((await client.post('/device', { user_code: user })).status).toBe(429);
    const { client: honest } = await person.signIn();
    expect((await decide(honest, user, 'allow')).text).toContain('The device is connected');
  });
});
