/** RFC 7662, OAuth 2.0 Token Introspection. */
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { askNonce, makeDpopKey } from '../../helpers/dpop.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
  registerScope,
} from '../../helpers/oauth-clients.ts';
import { mayDo, REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor, type Person } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const API = 'https://reports.example';
const SCOPE = 'openid reports:read offline_access';

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let browser: PageClient;
let role: string;
/** An application with a secret; an API that serves `API`; somebody else's confidential client. */
let app: RegisteredClient;
let api: RegisteredClient;
let other: RegisteredClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'ines');
  role = await makeRoleFor(scenario, 'ines', 'web');
  await registerScope(daypass, 'reports:read', { Action: 's3:GetObject' });
  expect((await daypassQuery(daypass, 'RegisterAudience', { Audience: API })).status).toBe(200);
  app = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
    'Scopes.member.1': 'reports:read',
    'Audiences.member.1': API,
  });
  const machine = {
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: await makeClientRole(daypass, 'machine', { Action: 's3:GetObject' }),
  };
  other = await registerClient(daypass, { ...machine, 'Audiences.member.1': API });
  api = await registerClient(daypass, {
    ...machine,
    'GrantTypes.member.2': 'urn:ietf:params:oauth:grant-type:token-exchange',
    'ServedAudiences.member.1': API,
  });
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;

const begin = async (headers: Fields = {}, more: Fields = { resource: API }) => {
  const wish = { clientId: app.clientId, role, scope: SCOPE, more, headers: { ...basicOf(app), ...headers } };
  const { status, body } = await tokensOf(daypass, browser, wish);
  expect(status).toBe(200);
  return body;
};

const ask = (token: unknown, by: RegisteredClient, more: Fields = {}) =>
  postForm(daypass, '/oauth/introspect', { token: String(token), ...more }, basicOf(by));

const told = async (token: unknown, by = api, more: Fields = {}) => {
  const { status, body } = await ask(token, by, more);
  expect(status).toBe(200);
  return body;
};
const INACTIVE = { active: false };

describe('2.2: what an active token says', () => {
  test('an access token: its claims, without the session that it carries', async () => {
    const { access_token: token } = await begin();
    const { status, body, headers } = await ask(token, api);
    const { 'urn:daypass:session': _, ...claims } = decodeJwt(String(token));
    expect([status, body]).toEqual([200, { ...claims, active: true, token_type: 'Bearer' }]);
    expect(body).toMatchObject({
      iss: daypass.url,
      aud: API,
      client_id: app.clientId,
      sub: expect.stringMatching(/^AIDA/),
      scope: SCOPE,
      acr: 'urn:daypass:acr:mfa',
      amr: ['mfa'],
      auth_time: expect.any(Number),
      exp: expect.any(Number),
      iat: expect.any(Number),
      jti: expect.any(String),
      daypass: {
        account: daypass.bootstrap.accountId,
        arn: expect.stringContaining('assumed-role/web/ines'),
      },
    });
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
      'application/json',
      'no-store',
    ]);
  });

  test('a bound token says to which key', async () => {
    const key = await makeDpopKey(daypass);
    const proof = await key.proof('/oauth/token', { nonce: await askNonce(daypass, key) });
    const { access_token: token } = await begin({ dpop: proof });
    expect(await told(token)).toMatchObject({
      active: true,
      token_type: 'DPoP',
      cnf: { jkt: key.thumbprint },
    });
  });

  test('a refresh token, to its own client alone', async () => {
    const { refresh_token: token, access_token: access } = await begin();
    expect(await told(token, app, { token_type_hint: 'refresh_token' })).toEqual({
      active: true,
      iss: daypass.url,
      client_id: app.clientId,
      sub: decodeJwt(String(access)).sub,
      scope: SCOPE,
      iat: expect.any(Number),
      exp: expect.any(Number),
    });
    for (const stranger of [api, other]) expect(await told(token, stranger)).toEqual(INACTIVE);
  });

  test.for(['access_token', 'refresh_token', 'something_else'])(
    'whatever the hint says: %s',
    async (token_type_hint) => {
      const { access_token, refresh_token } = await begin();
      expect((await told(access_token, app, { token_type_hint })).active).toBe(true);
      expect((await told(refresh_token, app, { token_type_hint })).active).toBe(true);
    },
  );

  test('as openid-client and oauth4webapi read it', async () => {
    const { access_token: token } = await begin();
    const config = await openid.discovery(
      new URL(daypass.url),
      api.clientId,
      undefined,
      openid.ClientSecretBasic(api.secret),
      { execute: [openid.allowInsecureRequests] },
    );
    const answer = await openid.tokenIntrospection(config, String(token));
    expect([answer.active, answer.client_id]).toEqual([true, app.clientId]);
    const server = config.serverMetadata();
    expect(server).toMatchObject({
      introspection_endpoint: `${daypass.url}/oauth/introspect`,
      introspection_endpoint_auth_methods_supported: expect.not.arrayContaining(['none']),
    });
    const client = { client_id: api.clientId };
    const insecure = { [oauth.allowInsecureRequests]: true };
    const secret = oauth.ClientSecretBasic(api.secret);
    const raw = await oauth.introspectionRequest(server, client, secret, String(token), insecure);
    expect(await oauth.processIntrospectionResponse(server, client, raw)).toMatchObject({ active: true });
  });
});

describe('2.2 and 4: everything else is not active, and nothing more is said', () => {
  test.for<[string, () => string | Promise<string>]>([
    ['a text', () => 'x'],
    ['a long text', () => 'x'.repeat(20_000)],
    ['a JWT of nobody', () => 'e30.e30.e30'],
    ['an ID token', async () => String((await begin()).id_token)],
    [
      'a changed token',
      async () => String((await begin()).access_token).replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ],
    [
      'a refresh token of nobody',
      () => `dpr_${daypass.bootstrap.accountId}.${'A'.repeat(22)}.${'A'.repeat(43)}`,
    ],
  ])('%s', async ([, token]) => {
    const text = await token();
    for (const by of [app, api]) expect(await told(text, by)).toEqual(INACTIVE);
  });

  test('a token for an audience that the client is not, though it may ask for tokens for it', async () => {
    const { access_token: token } = await begin();
    expect(await told(token, other)).toEqual(INACTIVE);
    const { access_token: forDaypass } = await begin({}, { resource: daypass.url });
    expect(await told(forDaypass, api)).toEqual(INACTIVE);
    expect((await told(forDaypass, app)).active).toBe(true);
  });

  test('a token whose time is over', async () => {
    const { access_token: token } = await begin();
    await daypass.advance(3600);
    expect(await told(token)).toEqual(INACTIVE);
    browser = (await person.signIn()).client;
  });

  test('a token whose session has been revoked; a refresh token of it', async () => {
    const { access_token: token, refresh_token: refresh } = await begin();
    const { session } = Object(decodeJwt(String(token)).daypass);
    expect((await daypassQuery(daypass, 'RevokeSessions', { SessionId: session })).status).toBe(200);
    expect(await told(token)).toEqual(INACTIVE);
    expect(await told(refresh, app)).toEqual(INACTIVE);
  });

  test('a refresh token that was used; asking about it ends nothing', async () => {
    const { refresh_token: first } = await begin();
    const fields = { grant_type: 'refresh_token', refresh_token: String(first) };
    const { body } = await postForm(daypass, '/oauth/token', fields, basicOf(app));
    await daypass.advance(11);
    expect(await told(first, app)).toEqual(INACTIVE);
    expect((await told(body.refresh_token, app)).active).toBe(true);
  });
});

describe('2.1: who may ask', () => {
  test('nobody without proof, with a wrong one, or who has none', async () => {
    const { access_token } = await begin();
    const token = String(access_token);
    const open = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'none',
      'GrantTypes.member.1': 'urn:ietf:params:oauth:grant-type:device_code',
    });
    for (const [fields, headers] of [
      [{}, {}],
      [{ client_id: api.clientId }, {}],
      [{ client_id: open.clientId }, {}],
      [{}, basicOf({ ...api, secret: 'wrong' })],
      [{}, { authorization: `Bearer ${token}` }],
    ] as const) {
      const { status, body } = await postForm(daypass, '/oauth/introspect', { token, ...fields }, headers);
      expect([status, body.error, 'active' in body]).toEqual([401, 'invalid_client', false]);
    }
  });

  test('by POST, in the body, with a token', async () => {
    expect((await daypass.fetch('/oauth/introspect')).status).toBe(405);
    const query = await postForm(daypass, '/oauth/introspect?token=x', { token: 'x' }, basicOf(api));
    expect([query.status, query.body.error]).toEqual([400, 'invalid_request']);
    const none = await postForm(daypass, '/oauth/introspect', {}, basicOf(api));
    expect([none.status, none.body.error]).toEqual([400, 'invalid_request']);
  });

  test('the answer is what the evaluation says, too', async () => {
    const { access_token: token } = await begin();
    expect(await mayDo(daypass, token, 's3:GetObject')).toBe(true);
    expect(daypass.logs.join()).not.toContain(String(token).split('.')[2]);
  });
});
