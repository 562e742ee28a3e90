/** RFC 7009, OAuth 2.0 Token Revocation. */
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import {
  basicOf,
  postForm,
  type RegisteredClient,
  registerClient,
  registerScope,
} from '../../helpers/oauth-clients.ts';
import { mayDo, REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let daypass: Daypass;
let browser: PageClient;
let role: string;
let app: RegisteredClient;
let spa: RegisteredClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  const person = await makePerson(scenario, 'rolf');
  role = await makeRoleFor(scenario, 'rolf', 'web');
  await registerScope(daypass, 'reports:read', { Action: 's3:GetObject' });
  const settings = {
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
    'Scopes.member.1': 'reports:read',
  };
  app = await registerClient(daypass, { ...settings, TokenEndpointAuthMethod: 'client_secret_basic' });
  spa = await registerClient(daypass, { ...settings, TokenEndpointAuthMethod: 'none' });
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

const SCOPE = 'reports:read offline_access';
/** How a client says who it is: in the header, or in the form. */
const proofOf = (client: RegisteredClient) => (client === app ? basicOf(app) : {});
const formOf = (client: RegisteredClient) => (client === app ? {} : { client_id: client.clientId });

const begin = async (client = app) => {
  const wish = { clientId: client.clientId, role, scope: SCOPE, headers: proofOf(client) };
  const { status, body } = await tokensOf(daypass, browser, wish);
  expect(status).toBe(200);
  return body;
};

const refresh = async (token: unknown, client = app) => {
  const fields = { grant_type: 'refresh_token', refresh_token: String(token), ...formOf(client) };
  return postForm(daypass, '/oauth/token', fields, proofOf(client));
};

/** @returns status and body as text */
async function revoke(token: unknown, client = app, more: Readonly<Record<string, string>> = {}) {
  const body = new URLSearchParams({ token: String(token), ...formOf(client), ...more });
  const answer = await daypass.fetch('/oauth/revoke', { method: 'POST', body, headers: proofOf(client) });
  return [answer.status, await answer.text()];
}
const DONE = [200, ''];
const lives = (token: unknown) => mayDo(daypass, token, 's3:GetObject');

describe('2.1: a client revokes', () => {
  test('an access token: that one alone', async () => {
    const { access_token: first, refresh_token: token } = await begin();
    const { body } = await refresh(token);
    expect(await revoke(first)).toEqual(DONE);
    expect([await lives(first), await lives(body.access_token)]).toEqual([false, true]);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test('a refresh token, and with it all that the person gave', async () => {
    const bystander = await begin();
    const { access_token: first, refresh_token: token } = await begin();
    const { body } = await refresh(token);
    expect(await revoke(body.refresh_token)).toEqual(DONE);
    for (const ended of [first, body.access_token]) expect(await lives(ended)).toBe(false);
    const { status, body: refused } = await refresh(body.refresh_token);
    expect([status, refused.error]).toEqual([400, 'invalid_grant']);
    expect(await lives(bystander.access_token)).toBe(true);
    expect((await refresh(bystander.refresh_token)).status).toBe(200);
  });

  test('a refresh token that it has used up: the client wants none of them', async () => {
    const { refresh_token: token } = await begin();
    const { body } = await refresh(token);
    expect(await revoke(token)).toEqual(DONE);
    expect((await refresh(body.refresh_token)).status).toBe(400);
  });

  test('as a public client, by its id alone', async () => {
    const { access_token: access, refresh_token: token } = await begin(spa);
    expect(await revoke(token, spa, { token_type_hint: 'access_token' })).toEqual(DONE);
    expect(await lives(access)).toBe(false);
  });

  test('fifty times at once, all well', async () => {
    const { refresh_token: token, access_token: access } = await begin();
    const answers = await Promise.all(Array.from({ length: 50 }, () => revoke(token)));
    expect(answers).toEqual(answers.map(() => DONE));
    expect(await lives(access)).toBe(false);
  });

  test('with openid-client and oauth4webapi', async () => {
    const { access_token: access, refresh_token: token } = await begin();
    const config = await openid.discovery(
      new URL(daypass.url),
      app.clientId,
      undefined,
      openid.ClientSecretBasic(app.secret),
      { execute: [openid.allowInsecureRequests] },
    );
    await openid.tokenRevocation(config, String(access));
    expect(await lives(access)).toBe(false);
    const renewed = await openid.refreshTokenGrant(config, String(token));
    const server = config.serverMetadata();
    const client = { client_id: app.clientId };
    const answer = await oauth.revocationRequest(
      server,
      client,
      oauth.ClientSecretBasic(app.secret),
      String(renewed.refresh_token),
      { [oauth.allowInsecureRequests]: true },
    );
    await oauth.processRevocationResponse(answer);
    expect(await lives(renewed.access_token)).toBe(false);
  });

  test('is told to the trail, without the token', async () => {
    const { refresh_token: token } = await begin();
    await revoke(token);
    const { results } = await daypass.d1
      .prepare("select body from audit_events where event_name = 'RevokeToken'")
      .all();
    expect(results.length).toBeGreaterThan(0);
    for (const secret of String(token).split('.').slice(1))
      expect(JSON.stringify(results)).not.toContain(secret);
  });
});

describe('2.2: the answer is the same where there is nothing to revoke', () => {
  test.for<[string, () => string]>([
    ['a text', () => 'x'],
    ['a JWT of nobody', () => 'e30.e30.e30'],
    ['a refresh token of nobody', () => `dpr_111122223333.${'A'.repeat(22)}.${'A'.repeat(43)}`],
  ])('%s', async ([, token]) => {
    expect(await revoke(token())).toEqual(DONE);
  });

  test("another client's tokens, which live on", async () => {
    const { access_token: access, refresh_token: token } = await begin();
    expect(await revoke(access, spa)).toEqual(DONE);
    expect(await revoke(token, spa)).toEqual(DONE);
    expect(await lives(access)).toBe(true);
    expect((await refresh(token)).status).toBe(200);
  });

  test('a token that was revoked before', async () => {
    const { access_token: access } = await begin();
    expect([await revoke(access), await revoke(access)]).toEqual([DONE, DONE]);
  });
});

describe('2.1: who does not prove itself, or says nothing, is refused', () => {
  test.for<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, string]>([
    ['no client', {}, {}, '401 invalid_client'],
    ['a client without its secret', { client_id: 'app' }, {}, '401 invalid_client'],
    ['no token', { token: '' }, { as: 'app' }, '400 invalid_request'],
  ])('%s', async ([, over, { as }, refused]) => {
    const { access_token: access } = await begin();
    const fields = {
      token: String(access),
      ...over,
      ...(over.client_id === 'app' && { client_id: app.clientId }),
    };
    const answer = await postForm(daypass, '/oauth/revoke', fields, as === 'app' ? basicOf(app) : {});
    expect(`${answer.status} ${String(answer.body.error)}`).toBe(refused);
    expect(await lives(access)).toBe(true);
  });

  test('by GET nothing happens', async () => {
    expect((await daypass.fetch('/oauth/revoke?token=x')).status).toBe(405);
  });
});
