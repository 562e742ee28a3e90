/** RFC 9396: authorization_details, which carry a session policy, wherever a client may ask for something. */
import { createHash } from 'node:crypto';
import * as oauth from 'openid-client';
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
import { ACCESS_TOKEN, claimsOf, EXCHANGE } from '../../helpers/oauth-exchange.ts';
import { makePerson, makeRoleFor } from '../../helpers/oauth-person.ts';
import type { PageAnswer, PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const TYPE = 'urn:daypass:session-policy';
const REDIRECT = 'https://app.example/cb';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-here';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

type Fields = Readonly<Record<string, string>>;

const allowing = (Action: string, Resource = 'arn:aws:s3:::reports/*') => ({
  type: TYPE,
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
});
const READ = [allowing('s3:GetObject')];
const WRITE = [allowing('s3:PutObject')];
const asked = (details: unknown) => ({ authorization_details: JSON.stringify(details) });

let scenario: Scenario;
let daypass: Daypass;
let role: string;
let browser: PageClient;
/** May ask for the type, in every grant. */
let app: RegisteredClient;
/** May not. */
let plain: RegisteredClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  const person = await makePerson(scenario, 'wanda');
  role = await makeRoleFor(scenario, 'wanda', 'web');
  await registerScope(daypass, 'objects', { Action: ['s3:GetObject', 's3:PutObject'] });
  const RoleArn = await makeClientRole(daypass, 'nightly', { Action: 's3:*' });
  const grants = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE, EXCHANGE];
  const settings = {
    ...{ TokenEndpointAuthMethod: 'client_secret_basic', 'RedirectUris.member.1': REDIRECT, RoleArn },
    ...Object.fromEntries(grants.map((grant, at) => [`GrantTypes.member.${at + 1}`, grant])),
    'Scopes.member.1': 'objects',
  };
  [app, plain] = await Promise.all([
    registerClient(daypass, { ...settings, 'AuthorizationDetailsTypes.member.1': TYPE }),
    registerClient(daypass, settings),
  ]);
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

const query = (over: Fields = {}): Fields => ({
  ...{ client_id: app.clientId, response_type: 'code', redirect_uri: REDIRECT, scope: 'openid objects' },
  ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256', state: 's' },
  ...over,
});
const authorize = (over: Fields) =>
  browser.get(`/oauth/authorize?${new URLSearchParams(query(over)).toString()}`);

/** What the application is told, from the address that the browser is sent to. */
const told = ({ location }: PageAnswer): Fields =>
  Object.fromEntries(new URL(location ?? 'about:blank').searchParams);

/** The code that the person lets the application have; at once where they were asked for as much before. */
async function allow(page: PageAnswer): Promise<string> {
  if (page.location !== null) return told(page).code ?? '';
  const request = /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
  const answer = await browser.post('/oauth/authorize/decide', {
    request,
    role,
    decision: 'allow',
    remember: 'yes',
  });
  return told(answer).code ?? '';
}

const token = (fields: Fields, client = app) => postForm(daypass, '/oauth/token', fields, basicOf(client));
const redeem = (code: string, more: Fields = {}) =>
  token({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...more });
const ownToken = (more: Fields, client = app) => token({ grant_type: 'client_credentials', ...more }, client);

const errorOf = ({ status, body }: { readonly status: number; readonly body: object }) => [
  status,
  Object(body).error,
];
const REFUSED = [400, 'invalid_authorization_details'];

/** What of reading, writing and deleting a token may do. */
const permitted = (access: unknown) =>
  Promise.all(
    ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'].map(async (name) => {
      const answer = await daypass.fetch('/access/v1/evaluation', {
        method: 'POST',
        body: JSON.stringify({
          subject: { type: 'access_token', id: access },
          action: { name },
          resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
        }),
      });
      return Object(await answer.json()).decision;
    }),
  );

describe('section 3: an authorization request', () => {
  test('shows the person what is asked, in words, and gives no more than role, scopes and policy together', async () => {
    const details = [
      {
        type: TYPE,
        policy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: ['s3:GetObject', 's3:DeleteObject'],
              Resource: 'arn:aws:s3:::reports/*',
            },
            {
              Effect: 'Deny',
              Action: 's3:GetObject',
              Resource: 'arn:aws:s3:::reports/<b>',
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    ];
    const page = await authorize(asked(details));
    expect(page.status).toBe(200);
    for (const shown of [
      'Of that, only',
      's3:DeleteObject',
      'arn:aws:s3:::reports/*',
      'Never',
      'reports/&lt;b&gt;',
      'Bool aws:SecureTransport: false',
    ])
      expect(page.text).toContain(shown);
    expect(page.text).not.toContain('name="remember"');
    const { status, body } = await redeem(await allow(page));
    expect([status, body.authorization_details]).toEqual([200, details]);
    expect(claimsOf(body.access_token).authorization_details).toEqual(details);
    expect(await permitted(body.access_token)).toEqual([true, false, false]);
  });

  test('without them says nothing of them', async () => {
    const page = await authorize({});
    expect(page.text).not.toContain('Of that, only');
    const { body } = await redeem(await allow(page));
    expect(body).not.toHaveProperty('authorization_details');
    expect(await permitted(body.access_token)).toEqual([true, true, false]);
  });

  test('that was let in with them is no reason not to ask without them', async () => {
    const fresh = await registerClient(daypass, {
      ...{ TokenEndpointAuthMethod: 'client_secret_basic', 'GrantTypes.member.1': 'authorization_code' },
      ...{ 'RedirectUris.member.1': REDIRECT, 'Scopes.member.1': 'objects' },
      'AuthorizationDetailsTypes.member.1': TYPE,
    });
    const over = { client_id: fresh.clientId };
    expect(await allow(await authorize({ ...over, ...asked(READ) }))).not.toBe('');
    const again = await authorize(over);
    expect([again.status, again.location]).toEqual([200, null]);
    expect(await allow(again)).not.toBe('');
    // Now the wider one is remembered, and the narrower is within it.
    const narrower = told(await authorize({ ...over, ...asked(READ) }));
    const { body } = await token(
      {
        grant_type: 'authorization_code',
        code: narrower.code ?? '',
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
      },
      fresh,
    );
    expect(body.authorization_details).toEqual(READ);
    expect(await permitted(body.access_token)).toEqual([true, false, false]);
  });
});

describe('section 5: what is wrong is an error of its own', () => {
  const wrong: Readonly<Record<string, unknown>> = {
    'no list': READ[0],
    'an empty list': [],
    'a type that is not known': [{ ...READ[0], type: 'payment_initiation' }],
    'no type': [{ policy: READ[0]?.policy }],
    'no policy': [{ type: TYPE }],
    'a member that the type has not': [{ ...READ[0], locations: ['https://api.example'] }],
    'a policy that is none': [{ type: TYPE, policy: { Statement: 'x' } }],
    'two policies': [...READ, ...WRITE],
  };

  test.for(Object.entries(wrong))('%s', async ([, details]) => {
    expect(told(await authorize(asked(details)))).toMatchObject({
      error: REFUSED[1],
      state: 's',
      iss: daypass.url,
    });
    expect(errorOf(await postForm(daypass, '/oauth/par', query(asked(details)), basicOf(app)))).toEqual(
      REFUSED,
    );
    const device = { client_id: app.clientId, scope: 'objects', ...asked(details) };
    expect(errorOf(await postForm(daypass, '/oauth/device_authorization', device, basicOf(app)))).toEqual(
      REFUSED,
    );
    expect(errorOf(await ownToken(asked(details)))).toEqual(REFUSED);
  });

  test('text that is no JSON, and text that is too long', async () => {
    for (const authorization_details of ['x', '[', JSON.stringify([allowing(`s3:${'x'.repeat(1024)}`)])])
      expect(errorOf(await ownToken({ authorization_details }))).toEqual(REFUSED);
  });

  test('a type that the client is not registered for', async () => {
    expect(told(await authorize({ client_id: plain.clientId, ...asked(READ) })).error).toBe(REFUSED[1]);
    expect(errorOf(await postForm(daypass, '/oauth/par', query(asked(READ)), basicOf(plain)))).toEqual([
      401,
      'invalid_client',
    ]);
    const pushed = query({ client_id: plain.clientId, ...asked(READ) });
    expect(errorOf(await postForm(daypass, '/oauth/par', pushed, basicOf(plain)))).toEqual(REFUSED);
    expect(errorOf(await ownToken(asked(READ), plain))).toEqual(REFUSED);
    expect((await ownToken({}, plain)).status).toBe(200);
  });
});

describe('section 6: a token request', () => {
  test('of the client’s own is bounded by them', async () => {
    const { body } = await ownToken(asked(WRITE));
    expect([body.authorization_details, claimsOf(body.access_token).authorization_details]).toEqual([
      WRITE,
      WRITE,
    ]);
    expect(await permitted(body.access_token)).toEqual([false, true, false]);
  });

  test('for a code may name what was granted, and nothing else', async () => {
    const code = async () => allow(await authorize(asked(READ)));
    expect((await redeem(await code(), asked(READ))).status).toBe(200);
    for (const other of [WRITE, [allowing('*')]])
      expect(errorOf(await redeem(await code(), asked(other)))).toEqual(REFUSED);
    expect(errorOf(await redeem(await allow(await authorize({})), asked(READ)))).toEqual(REFUSED);
  });

  test('of a grant that takes none is refused: nobody would look at them', async () => {
    const subject = { subject_token: await scenario.idToken(), subject_token_type: ACCESS_TOKEN };
    expect(errorOf(await token({ grant_type: EXCHANGE, ...subject, ...asked(READ) }))).toEqual(REFUSED);
  });

  test('with a refresh token keeps them', async () => {
    const page = await authorize({ scope: 'openid objects offline_access', ...asked(READ) });
    const first = await redeem(await allow(page));
    const refresh_token = String(first.body.refresh_token);
    const told = await postForm(daypass, '/oauth/introspect', { token: refresh_token }, basicOf(app));
    expect(told.body).toMatchObject({ active: true, authorization_details: READ });
    const refresh = { grant_type: 'refresh_token', refresh_token };
    expect(errorOf(await token({ ...refresh, ...asked(WRITE) }))).toEqual(REFUSED);
    const next = await token(refresh);
    expect([next.status, next.body.authorization_details]).toEqual([200, READ]);
    expect(await permitted(next.body.access_token)).toEqual([true, false, false]);
  });
});

describe('the other ways to ask', () => {
  test('a pushed request carries them past the browser', async () => {
    const { body } = await postForm(daypass, '/oauth/par', query(asked(READ)), basicOf(app));
    const page = await browser.get(
      `/oauth/authorize?${new URLSearchParams({ client_id: app.clientId, request_uri: String(body.request_uri) }).toString()}`,
    );
    const answer = await redeem(await allow(page));
    expect(answer.body.authorization_details).toEqual(READ);
  });

  test('a device shows them to its person, and gets no more', async () => {
    const device = { client_id: app.clientId, scope: 'objects', ...asked(WRITE) };
    const { body } = await postForm(daypass, '/oauth/device_authorization', device, basicOf(app));
    await browser.get('/device');
    const page = await browser.post('/device', { user_code: String(body.user_code) });
    expect(page.text).toContain('Of that, only');
    const user_code = String(body.user_code).replace('-', '');
    await browser.post('/device/decide', { user_code, role, decision: 'allow' });
    const answer = await token({ grant_type: DEVICE, device_code: String(body.device_code) });
    expect(answer.body.authorization_details).toEqual(WRITE);
    expect(await permitted(answer.body.access_token)).toEqual([false, true, false]);
  });

  test('openid-client sends them', async () => {
    const config = await oauth.discovery(
      new URL(daypass.url),
      app.clientId,
      undefined,
      oauth.ClientSecretBasic(app.secret),
      { execute: [oauth.allowInsecureRequests] },
    );
    expect(config.serverMetadata().authorization_details_types_supported).toEqual([TYPE]);
    const tokens = await oauth.clientCredentialsGrant(config, asked(READ));
    expect(tokens.authorization_details).toEqual(READ);
  });
});

describe('section 9: a resource server', () => {
  test('finds them in the token and by introspection, also after an exchange', async () => {
    const first = String((await ownToken(asked(READ))).body.access_token);
    const subject = { subject_token: first, subject_token_type: ACCESS_TOKEN };
    const { body } = await token({ grant_type: EXCHANGE, ...subject });
    expect([body.authorization_details, claimsOf(body.access_token).authorization_details]).toEqual([
      READ,
      READ,
    ]);
    expect(await permitted(body.access_token)).toEqual([true, false, false]);
    for (const each of [first, String(body.access_token)]) {
      const answer = await postForm(daypass, '/oauth/introspect', { token: each }, basicOf(app));
      expect(answer.body).toMatchObject({ active: true, authorization_details: READ });
    }
  });
});

describe('section 10: the client’s registration', () => {
  test('says which types it may ask for, and only known ones', async () => {
    const described = await daypassQuery(daypass, 'GetClient', { ClientId: app.clientId });
    expect(described.text).toContain(
      `<AuthorizationDetailsTypes><member>${TYPE}</member></AuthorizationDetailsTypes>`,
    );
    const made = await daypassQuery(daypass, 'RegisterClient', {
      ...{ ClientName: 'Test', TokenEndpointAuthMethod: 'none', 'GrantTypes.member.1': DEVICE },
      'AuthorizationDetailsTypes.member.1': 'payment_initiation',
    });
    expect(made.status).toBe(400);
  });
});
