/** Clients whose access tokens nobody else can read. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  basicOf,
  makeClientRole,
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
let machine: RegisteredClient;
const appSettings = {
  TokenEndpointAuthMethod: 'client_secret_basic',
  'GrantTypes.member.1': 'authorization_code',
  'GrantTypes.member.2': 'refresh_token',
  'RedirectUris.member.1': REDIRECT,
  'Scopes.member.1': 'reports:read',
  AccessTokenFormat: 'opaque',
};
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  const person = await makePerson(scenario, 'otto');
  role = await makeRoleFor(scenario, 'otto', 'web');
  await registerScope(daypass, 'reports:read', { Action: 's3:GetObject' });
  app = await registerClient(daypass, appSettings);
  machine = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: await makeClientRole(daypass, 'machine', { Action: ['s3:GetObject', 'daypass:ListSessions'] }),
    AccessTokenFormat: 'opaque',
  });
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

const OPAQUE = /^dpa_[\w-]{300,4000}$/;
const begin = async () => {
  const wish = { clientId: app.clientId, role, scope: 'openid profile reports:read offline_access' };
  return (await tokensOf(daypass, browser, { ...wish, headers: basicOf(app) })).body;
};
const ownToken = async (): Promise<string> => {
  const answer = await postForm(
    daypass,
    '/oauth/token',
    { grant_type: 'client_credentials' },
    basicOf(machine),
  );
  return String(answer.body.access_token);
};
const introspect = async (token: unknown, by: RegisteredClient) =>
  (await postForm(daypass, '/oauth/introspect', { token: String(token) }, basicOf(by))).body;
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });
const listSessions = (token: unknown) => daypass.fetch('/v1/sessions', { headers: bearer(token) });

describe('an opaque access token', () => {
  test('is what every grant of the client gives, and can be asked about', async () => {
    const { access_token: first, refresh_token: refresh, id_token: id } = await begin();
    const fields = { grant_type: 'refresh_token', refresh_token: String(refresh) };
    const { access_token: second } = (await postForm(daypass, '/oauth/token', fields, basicOf(app))).body;
    for (const token of [first, second]) {
      expect(token).toMatch(OPAQUE);
      expect(await introspect(token, app)).toMatchObject({
        active: true,
        token_type: 'Bearer',
        iss: daypass.url,
        client_id: app.clientId,
        scope: 'openid profile reports:read offline_access',
        acr: 'urn:daypass:acr:mfa',
      });
      expect(await introspect(token, machine)).toEqual({ active: false });
      const decisions = [
        await mayDo(daypass, token, 's3:GetObject'),
        await mayDo(daypass, token, 's3:PutObject'),
      ];
      expect(decisions).toEqual([true, false]);
      const who = await daypass.fetch('/oauth/userinfo', { headers: bearer(token) });
      expect(await who.json()).toMatchObject({ preferred_username: 'otto' });
    }
    expect(String(id).split('.')).toHaveLength(3);
  });

  test('is taken as a bearer token by Daypass itself', async () => {
    expect(await ownToken()).toMatch(OPAQUE);
    expect((await listSessions(await ownToken())).status).toBe(200);
    expect((await listSessions(`${await ownToken()}A`)).status).toBe(401);
  });

  test('ends when it is revoked, with its session, and at its time', async () => {
    const [given, ended, late] = [await ownToken(), await ownToken(), await ownToken()];
    await postForm(daypass, '/oauth/revoke', { token: given }, basicOf(machine));
    const { daypass: of } = await introspect(ended, machine);
    await daypassQuery(daypass, 'RevokeSessions', { SessionId: Object(of).session });
    for (const token of [given, ended]) {
      expect((await listSessions(token)).status).toBe(401);
      expect(await introspect(token, machine)).toEqual({ active: false });
    }
    expect((await listSessions(late)).status).toBe(200);
    await daypass.advance(3600);
    expect((await listSessions(late)).status).toBe(401);
  });

  test('is asked about without the database, once the isolate is warm', async () => {
    const token = await ownToken();
    await mayDo(daypass, token, 's3:GetObject');
    expect(await daypass.countD1(() => mayDo(daypass, token, 's3:GetObject'))).toEqual([]);
    await introspect(token, machine);
    expect(await daypass.countD1(() => introspect(token, machine))).toEqual([]);
  });
});

test('a client is registered for one of the two forms', async () => {
  const shown = await daypassQuery(daypass, 'GetClient', { ClientId: app.clientId });
  expect(shown.all('AccessTokenFormat')).toEqual(['opaque']);
  const { AccessTokenFormat: _, ...plain } = appSettings;
  const other = await registerClient(daypass, plain);
  const usual = await daypassQuery(daypass, 'GetClient', { ClientId: other.clientId });
  expect(usual.all('AccessTokenFormat')).toEqual(['jwt']);
  const refused = { ...appSettings, ClientName: 'x', AccessTokenFormat: 'saml' };
  expect((await daypassQuery(daypass, 'RegisterClient', refused)).code).toBe('ValidationError');
});
