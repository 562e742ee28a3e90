/** RFC 7591, by section, and the registration of OpenID Connect. */
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { basicOf, makeClientRole, postForm, registerClient } from '../../helpers/oauth-clients.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';
import { postSigned } from '../../helpers/signed-json.ts';

const PATH = '/oauth/register';
const WEB = { redirect_uris: ['https://app.example/cb'], client_name: 'Reports' };

let scenario: Scenario;
let daypass: Daypass;
/** Of a client whose role may register clients; and of one whose role may not. */
let initialAccessToken: string;
let powerless: string;
let roleArn: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  initialAccessToken = await tokenOf('registrar', { Action: 'daypass:RegisterClient' });
  powerless = await tokenOf('powerless', { Action: 's3:*' });
  roleArn = await makeClientRole(daypass, 'worker', { Action: 's3:*' });
});
afterAll(() => scenario.stop());

async function tokenOf(roleName: string, allowed: object): Promise<string> {
  const client = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: await makeClientRole(daypass, roleName, allowed),
  });
  const { body } = await postForm(
    daypass,
    '/oauth/token',
    { grant_type: 'client_credentials' },
    basicOf(client),
  );
  return String(body.access_token);
}

async function register(metadata: unknown, headers: Readonly<Record<string, string>> = {}) {
  const answer = await daypass.fetch(PATH, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${initialAccessToken}`,
      ...headers,
    },
    body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata),
  });
  const body: Readonly<Record<string, unknown>> = await answer.json();
  return { status: answer.status, body, headers: answer.headers };
}

const clientCount = async (): Promise<number> =>
  (await daypassQuery(daypass, 'ListClients')).all('ClientId').length;

describe('section 3.2.1: a registration', () => {
  test('gives an id, a secret shown once, and everything that is registered; not to be cached', async () => {
    const { status, body, headers } = await register(WEB);
    expect(status).toBe(201);
    expect(body).toEqual({
      client_id: expect.stringMatching(/^dpc-/),
      client_id_issued_at: expect.any(Number),
      client_secret: expect.stringMatching(/^dps_/),
      client_secret_expires_at: 0,
      client_name: 'Reports',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: ['https://app.example/cb'],
      dpop_bound_access_tokens: false,
      id_token_signed_response_alg: 'ES256',
    });
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
    const shown = await daypassQuery(daypass, 'GetClient', { ClientId: String(body.client_id) });
    expect(shown.all('ClientName')).toEqual(['Reports']);
    expect(shown.text).not.toContain(String(body.client_secret));
  });

  test('a public client has no secret', async () => {
    const { status, body } = await register({ ...WEB, token_endpoint_auth_method: 'none' });
    expect([status, body.client_secret, body.client_secret_expires_at]).toEqual([201, undefined, undefined]);
  });

  test('tokens are bound to the key or the certificate that the metadata promise', async () => {
    for (const name of ['dpop_bound_access_tokens', 'tls_client_certificate_bound_access_tokens']) {
      const { status, body } = await register({ ...WEB, [name]: true });
      expect([name, status, body[name]]).toEqual([name, 201, true]);
    }
    const both = { dpop_bound_access_tokens: true, tls_client_certificate_bound_access_tokens: true };
    expect((await register({ ...WEB, ...both })).body.error).toBe('invalid_client_metadata');
  });

  test('the client works at once', async () => {
    const administrator = await postSigned(daypass, PATH, {
      grant_types: ['client_credentials'],
      response_types: [],
      daypass_role_arn: roleArn,
    });
    expect(administrator.status).toBe(201);
    const { client_id: clientId, client_secret: secret } = administrator.body;
    const registered = { clientId: String(clientId), secret: String(secret) };
    const { status } = await postForm(
      daypass,
      '/oauth/token',
      { grant_type: 'client_credentials' },
      basicOf(registered),
    );
    expect(status).toBe(200);
  });
});

describe('section 3: who may register', () => {
  test.each([
    ['nobody at all', 401, { authorization: '' }],
    ['what is no token', 401, { authorization: 'Bearer x.y.z' }],
    ['another scheme', 401, { authorization: 'Basic eDp5' }],
  ])('not %s', async (_who, expected, headers) => {
    const before = await clientCount();
    const { status, body, headers: told } = await register(WEB, headers);
    expect([status, body.error, await clientCount()]).toEqual([expected, 'invalid_token', before]);
    expect(told.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('not whose role does not allow it, who learns nothing of what is wrong either', async () => {
    const before = await clientCount();
    for (const metadata of [WEB, { redirect_uris: 7 }]) {
      const { status, body } = await register(metadata, { authorization: `Bearer ${powerless}` });
      expect([status, body.error]).toEqual([403, 'insufficient_scope']);
    }
    expect(await clientCount()).toBe(before);
  });

  test('no role is given away by who may not pass it', async () => {
    const metadata = { grant_types: ['client_credentials'], daypass_role_arn: roleArn };
    const { status, body } = await register(metadata);
    expect([status, body.error]).toEqual([403, 'insufficient_scope']);
  });

  test('a token that was issued for an application does not open it', async () => {
    const client = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': 'client_credentials',
      'Audiences.member.1': 'https://api.example',
      RoleArn: await makeClientRole(daypass, 'registrar-elsewhere', { Action: 'daypass:RegisterClient' }),
    });
    const { body } = await postForm(
      daypass,
      '/oauth/token',
      { grant_type: 'client_credentials' },
      basicOf(client),
    );
    const { status } = await register(WEB, { authorization: `Bearer ${String(body.access_token)}` });
    expect(status).toBe(401);
  });
});

describe('section 3.2.2: what is refused, and by which code', () => {
  test.each([
    [
      'a redirect URI that cannot be matched',
      { redirect_uris: ['https://*.example/'] },
      'invalid_redirect_uri',
    ],
    ['no redirect URI for the code grant', {}, 'invalid_client_metadata'],
    ['a grant that is not served', { ...WEB, grant_types: ['implicit'] }, 'invalid_client_metadata'],
    ['a key set to fetch', { ...WEB, jwks_uri: 'https://app.example/jwks' }, 'invalid_client_metadata'],
    [
      'private_key_jwt without keys',
      { ...WEB, token_endpoint_auth_method: 'private_key_jwt' },
      'invalid_client_metadata',
    ],
    [
      'a public client in its own name',
      { token_endpoint_auth_method: 'none', grant_types: ['client_credentials'] },
      'invalid_client_metadata',
    ],
    [
      'a back channel to a neighbour',
      { ...WEB, backchannel_logout_uri: 'https://10.0.0.1/' },
      'invalid_client_metadata',
    ],
    ['a list', [], 'invalid_request'],
    ['no JSON', '{', 'invalid_request'],
  ])('%s', async (_what, metadata, error) => {
    const before = await clientCount();
    const { status, body } = await register(metadata);
    expect([status, body.error, await clientCount()]).toEqual([400, error, before]);
    expect(body.error_description).toEqual(expect.any(String));
  });

  test('another type than JSON, another method, a query', async () => {
    const type = await register(WEB, { 'content-type': 'text/plain' });
    expect(type.status).toBe(415);
    expect((await daypass.fetch(PATH)).status).toBe(405);
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${initialAccessToken}` };
    const asked = await daypass.fetch(`${PATH}?x=1`, { method: 'POST', headers, body: JSON.stringify(WEB) });
    expect(asked.status).toBe(400);
  });

  test('a member that stands twice, at any depth: two readers would see two clients', async () => {
    const before = await clientCount();
    const twice = JSON.stringify({ ...WEB, a: 1 }).replace(
      '"a":1',
      '"redirect_uris":["https://evil.example/cb"]',
    );
    const deep = JSON.stringify({ ...WEB, jwks: { keys: [], b: 1 } }).replace('"b":1', '"keys":[]');
    for (const text of [
      twice,
      deep,
      twice.replace('"redirect_uris":["https://evil', '"redirect\\u005furis":["https://evil'),
    ]) {
      const { status, body } = await register(text);
      expect([status, body.error, body.client_id]).toEqual([400, 'invalid_request', undefined]);
    }
    expect(await clientCount()).toBe(before);
  });

  test('what is too large', async () => {
    const { status } = await register({ ...WEB, client_uri: 'x'.repeat(70_000) });
    expect(status).toBe(413);
  });
});

test('the trail tells who registered what, and who was refused', async () => {
  const { body } = await register({ ...WEB, client_name: 'Told to the trail' });
  const { results } = await daypass.d1
    .prepare(`SELECT body FROM audit_events WHERE event_name = 'RegisterClient' AND outcome = 'success'`)
    .all<{ body: string }>();
  const mine = results.find((each) => each.body.includes('Told to the trail'))?.body ?? '';
  expect(mine).toContain(String(body.client_id));
  expect(mine).toContain('registrar');
  expect(mine).not.toContain(String(body.client_secret));
});

describe('libraries', () => {
  test('oauth4webapi registers', async () => {
    const as = { issuer: daypass.url, registration_endpoint: `${daypass.url}${PATH}` };
    const options = { initialAccessToken, [oauth.allowInsecureRequests]: true };
    const answer = await oauth.dynamicClientRegistrationRequest(as, WEB, options);
    const client = await oauth.processDynamicClientRegistrationResponse(answer);
    expect([client.client_id, client.client_secret]).toEqual([expect.any(String), expect.any(String)]);
  });

  test('openid-client registers, and goes on with what it got', async () => {
    const metadata = { ...WEB, token_endpoint_auth_method: 'none' };
    const config = await openid.dynamicClientRegistration(new URL(daypass.url), metadata, openid.None(), {
      initialAccessToken,
      execute: [openid.allowInsecureRequests],
    });
    const url = await openid.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: 'https://app.example/cb',
      code_challenge: await openid.calculatePKCECodeChallenge(openid.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    });
    expect(url.searchParams.get('request_uri')).toMatch(/^urn:/);
  });
});
