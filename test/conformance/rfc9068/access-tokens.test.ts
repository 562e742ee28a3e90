/**
 * RFC 9068: the JWT profile of access tokens. Forged and foreign tokens (section 4) are tried at our own doors in
 * test/doors/access-tokens.test.ts.
 */
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
  registerScope,
} from '../../helpers/oauth-clients.ts';
import { REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const ORDERS = 'https://orders.example';
const STOCK = 'https://stock.example';

let scenario: Scenario;
let daypass: Daypass;
let machine: RegisteredClient;
let app: RegisteredClient;
let browser: PageClient;
let role: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  await registerScope(daypass, 'read', { Action: 's3:GetObject' });
  const shared = { 'Scopes.member.1': 'read', 'Audiences.member.1': ORDERS, 'Audiences.member.2': STOCK };
  machine = await registerClient(daypass, {
    ...shared,
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: await makeClientRole(daypass, 'worker', { Action: 's3:*' }),
  });
  app = await registerClient(daypass, {
    ...shared,
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': 'authorization_code',
    'RedirectUris.member.1': REDIRECT,
  });
  const person = await makePerson(scenario, 'wanda');
  role = await makeRoleFor(scenario, 'wanda', 'web');
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;

const mint = async (fields: Fields = {}) =>
  postForm(
    daypass,
    '/oauth/token',
    { grant_type: 'client_credentials', resource: ORDERS, ...fields },
    basicOf(machine),
  );
const minted = async (fields: Fields = {}): Promise<string> => String((await mint(fields)).body.access_token);
const personal = async (more: Fields = {}): Promise<string> => {
  const wish = { clientId: app.clientId, role, scope: 'openid read', more };
  return String((await tokensOf(daypass, browser, wish)).body.access_token);
};

describe('section 2.1: the header', () => {
  test('says at+jwt, a key that is published, and an asymmetric algorithm', async () => {
    for (const token of [await minted(), await personal()]) {
      const header = decodeProtectedHeader(token);
      expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
      const keys = createRemoteJWKSet(new URL(`${daypass.url}/.well-known/jwks.json`));
      const now = { currentDate: new Date(daypass.nowSeconds() * 1000) };
      await jwtVerify(token, keys, { issuer: daypass.url, audience: ORDERS, typ: 'at+jwt', ...now });
    }
  });
});

describe('section 2.2: the claims', () => {
  test('required ones are all there, and each token has an id of its own', async () => {
    const tokens = await Promise.all([minted(), minted(), personal()]);
    for (const token of tokens) {
      expect(decodeJwt(token)).toMatchObject({
        iss: daypass.url,
        aud: ORDERS,
        sub: expect.any(String),
        client_id: expect.stringMatching(/^dpc-/),
        jti: expect.any(String),
        iat: expect.any(Number),
        exp: expect.any(Number),
      });
    }
    expect(new Set(tokens.map((token) => decodeJwt(token).jti)).size).toBe(3);
  });

  test('`sub` is the person, or the client where there is none; `client_id` whoever asked', async () => {
    expect(decodeJwt(await minted())).toMatchObject({ sub: machine.clientId, client_id: machine.clientId });
    expect(decodeJwt(await personal())).toMatchObject({
      sub: expect.stringMatching(/^AIDA/),
      client_id: app.clientId,
    });
  });

  test('2.2.1: how and when the person signed in, as the ID token has it; nothing of that for a client', async () => {
    const wish = { clientId: app.clientId, role, scope: 'openid read' };
    const { body } = await tokensOf(daypass, browser, wish);
    const [access, id] = [decodeJwt(String(body.access_token)), decodeJwt(String(body.id_token))];
    expect([access.acr, access.auth_time]).toEqual([id.acr, id.auth_time]);
    expect(access.amr).toContain('mfa');
    for (const name of ['acr', 'amr', 'auth_time'])
      expect(decodeJwt(await minted())).not.toHaveProperty(name);
  });

  test('2.2.3: the scope that was given', async () => {
    expect(decodeJwt(await minted({ scope: 'read' })).scope).toBe('read');
    expect(decodeJwt(await personal()).scope).toBe('openid read');
  });

  test('the token ends no later than the answer says', async () => {
    const { body } = await mint();
    const { iat = 0, exp = 0 } = decodeJwt(String(body.access_token));
    expect(exp - iat).toBe(body.expires_in);
  });

  test('nothing in it tells a secret: no code, no secret, no refresh token', async () => {
    expect(JSON.stringify(decodeJwt(await minted()))).not.toContain(machine.secret);
  });
});

describe('section 3: one audience, which was asked for or is the client’s own', () => {
  test('the one asked for, one out of those registered', async () => {
    expect(decodeJwt(await minted({ resource: STOCK })).aud).toBe(STOCK);
    expect(decodeJwt(await personal({ resource: STOCK })).aud).toBe(STOCK);
  });

  test('another is refused, and so are two', async () => {
    expect((await mint({ resource: 'https://other.example' })).body.error).toBe('invalid_target');
    const body = new URLSearchParams({ grant_type: 'client_credentials', resource: ORDERS });
    body.append('resource', STOCK);
    const answer = await daypass.fetch('/oauth/token', { method: 'POST', headers: basicOf(machine), body });
    expect([answer.status, Object(await answer.json()).error]).toEqual([400, 'invalid_target']);
  });
});

test('section 4: an ID token is no access token, and the other way round', async () => {
  const { body } = await tokensOf(daypass, browser, { clientId: app.clientId, role, scope: 'openid read' });
  const asBearer = (token: unknown) =>
    daypass.fetch('/oauth/userinfo', { headers: { authorization: `Bearer ${String(token)}` } });
  expect((await asBearer(body.access_token)).status).toBe(200);
  expect((await asBearer(body.id_token)).status).toBe(401);
});
