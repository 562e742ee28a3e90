/** OpenID Connect Core section 5.3, UserInfo; RFC 6750 and RFC 9449 section 7 for how its token is shown. */
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { askNonce, makeDpopKey } from '../../helpers/dpop.ts';
import { basicOf, makeClientRole, postForm, registerClient } from '../../helpers/oauth-clients.ts';
import { REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let daypass: Daypass;
let browser: PageClient;
let role: string;
let clientId: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  const person = await makePerson(scenario, 'ursula');
  role = await makeRoleFor(scenario, 'ursula', 'web');
  ({ clientId } = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
  }));
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;

const begin = async (scope = 'openid', headers: Fields = {}) => {
  const { status, body } = await tokensOf(daypass, browser, { clientId, role, scope, headers });
  expect(status).toBe(200);
  return body;
};

async function ask(headers: Fields, init: RequestInit = {}, path = '/oauth/userinfo') {
  const answer = await daypass.fetch(path, { ...init, headers });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}
const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

describe('5.3.2: who has signed in', () => {
  test.for(['GET', 'POST'])('by %s, named as in the ID token', async (method) => {
    const { access_token: token, id_token: id } = await begin();
    const { status, body, headers } = await ask(bearer(token), { method });
    expect([status, body]).toEqual([200, { sub: decodeJwt(String(id)).sub }]);
    expect([headers.get('content-type'), headers.get('cache-control')]).toEqual([
      'application/json',
      'no-store',
    ]);
  });

  test('with their name where profile was granted, and no address that nobody has verified', async () => {
    const { access_token: token } = await begin('openid profile');
    const { sub } = decodeJwt(String(token));
    expect((await ask(bearer(token))).body).toEqual({ sub, name: 'ursula', preferred_username: 'ursula' });
  });

  test('scopes for claims that there are none of are passed over: not granted, and no reason to refuse', async () => {
    const asked = 'openid profile email address phone offline_access';
    const granted = 'openid profile offline_access';
    const { access_token: token, refresh_token, scope } = await begin(asked);
    expect([scope, decodeJwt(String(token)).scope]).toEqual([granted, granted]);
    const { sub } = decodeJwt(String(token));
    expect((await ask(bearer(token))).body).toEqual({ sub, name: 'ursula', preferred_username: 'ursula' });
    const refresh = async (over: Fields) => {
      const fields = {
        grant_type: 'refresh_token',
        refresh_token: String(refresh_token),
        client_id: clientId,
      };
      const { status, body } = await postForm(daypass, '/oauth/token', { ...fields, ...over });
      return [status, body.error ?? body.scope];
    };
    expect(await refresh({ scope: 'email' })).toEqual([400, 'invalid_scope']);
    expect(await refresh({ scope: 'emails' })).toEqual([400, 'invalid_scope']);
    expect(await refresh({ scope: asked })).toEqual([200, granted]);
  });

  test('also with the tokens of a refresh', async () => {
    const { refresh_token: token } = await begin('openid profile offline_access');
    const fields = { grant_type: 'refresh_token', refresh_token: String(token), client_id: clientId };
    const { body } = await postForm(daypass, '/oauth/token', fields);
    expect((await ask(bearer(body.access_token))).body).toMatchObject({ name: 'ursula' });
  });

  test('as openid-client and oauth4webapi ask', async () => {
    const { access_token: token, id_token: id } = await begin('openid profile');
    const { sub = '' } = decodeJwt(String(id));
    const options = { execute: [openid.allowInsecureRequests] };
    const config = await openid.discovery(new URL(daypass.url), clientId, undefined, openid.None(), options);
    expect(await openid.fetchUserInfo(config, String(token), sub)).toMatchObject({ sub, name: 'ursula' });
    const server = config.serverMetadata();
    const client = { client_id: clientId };
    const raw = await oauth.userInfoRequest(server, client, String(token), {
      [oauth.allowInsecureRequests]: true,
    });
    expect(await oauth.processUserInfoResponse(server, client, sub, raw)).toMatchObject({ sub });
  });

  test('pages of any origin may ask', async () => {
    const { access_token: token } = await begin();
    const { headers } = await ask({ ...bearer(token), origin: 'https://app.example' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('RFC 9449 section 7: a token that is bound to a key', () => {
  test('is good with a proof of the key, and with nothing else', async () => {
    const key = await makeDpopKey(daypass);
    const nonce = await askNonce(daypass, key);
    const { access_token } = await begin('openid', { dpop: await key.proof('/oauth/token', { nonce }) });
    const token = String(access_token);
    const proof = (wish = {}) => key.proof('/oauth/userinfo', { method: 'GET', nonce, token, ...wish });
    const good = await ask({ authorization: `DPoP ${token}`, dpop: await proof() });
    expect([good.status, good.body]).toEqual([200, { sub: decodeJwt(token).sub }]);
    expect(good.headers.get('dpop-nonce')).toEqual(expect.any(String));
    for (const headers of [
      bearer(token),
      { ...bearer(token), dpop: await proof() },
      { authorization: `DPoP ${token}` },
      { authorization: `DPoP ${token}`, dpop: await proof({ method: 'POST' }) },
      { authorization: `DPoP ${token}`, dpop: await proof({ token: 'another' }) },
    ]) {
      const { status, headers: answered } = await ask(headers);
      expect([status, answered.get('www-authenticate')]).toEqual([401, expect.stringContaining('DPoP')]);
    }
  });
});

describe('5.3.3: who is refused', () => {
  const challenge = async (headers: Fields, path?: string) => {
    const answer = await ask(headers, {}, path);
    expect(answer.body).not.toHaveProperty('sub');
    return [answer.status, answer.headers.get('www-authenticate')];
  };

  test('a token without openid is told which scope is missing', async () => {
    const { access_token: token } = await begin('profile');
    const expected = [403, 'Bearer error="insufficient_scope", scope="openid"'];
    expect(await challenge(bearer(token))).toEqual(expected);
    const machine = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': 'client_credentials',
      RoleArn: await makeClientRole(daypass, 'machine', { Action: 's3:GetObject' }),
    });
    const fields = { grant_type: 'client_credentials' };
    const { body } = await postForm(daypass, '/oauth/token', fields, basicOf(machine));
    expect(await challenge(bearer(body.access_token))).toEqual(expected);
  });

  test('no token, one in the address, an ID token, a refresh token, another scheme', async () => {
    const {
      access_token: token,
      id_token: id,
      refresh_token: refresh,
    } = await begin('openid offline_access');
    expect(await challenge({})).toEqual([401, expect.stringMatching(/^Bearer, DPoP /)]);
    const inAddress = `/oauth/userinfo?access_token=${String(token)}`;
    expect(await challenge({}, inAddress)).toEqual([401, expect.any(String)]);
    for (const other of [id, refresh, 'x', `${String(token)}x`]) {
      expect(await challenge(bearer(other))).toEqual([401, expect.stringContaining('invalid_token')]);
    }
    expect(await challenge({ authorization: `Basic ${String(token)}` })).toEqual([401, expect.any(String)]);
  });

  test('a token that has ended', async () => {
    const { access_token: token } = await begin();
    const { session } = Object(decodeJwt(String(token)).daypass);
    expect((await ask(bearer(token))).status).toBe(200);
    await daypassQuery(daypass, 'RevokeSessions', { SessionId: session });
    expect(await challenge(bearer(token))).toEqual([401, expect.stringContaining('invalid_token')]);
  });

  test('other methods', async () => {
    const { access_token: token } = await begin();
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await ask(bearer(token), { method })).status, method).toBe(405);
  });
});
