/** OpenID Connect Core: the ID token, by section. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { postForm, registerClient } from '../../helpers/oauth-clients.ts';
import { REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor, type Person } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let browser: PageClient;
let role: string;
let clientId: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  ({ clientId } = await register());
  person = await makePerson(scenario, 'wanda');
  role = await makeRoleFor(scenario, 'wanda', 'web');
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

const register = (more: Fields = {}) =>
  registerClient(daypass, {
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': 'authorization_code',
    'RedirectUris.member.1': REDIRECT,
    ...more,
  });

type Fields = Readonly<Record<string, string>>;

const tokens = async (more: Fields = {}, by = browser, scope = 'openid') =>
  (await tokensOf(daypass, by, { clientId, role, scope, more })).body;
const claims = async (more: Fields = {}, by = browser): Promise<JWTPayload> =>
  decodeJwt(String((await tokens(more, by)).id_token));

describe('Dynamic Client Registration 1.0, section 2: the algorithm that a client is registered for', () => {
  test.for<[string, string]>([
    ['ES256', 'sha256'],
    ['ES384', 'sha384'],
    ['RS256', 'sha256'],
  ])('%s signs the ID token, and its hash makes at_hash', async ([IdTokenSignedResponseAlg, hash]) => {
    const grants = { 'GrantTypes.member.2': 'refresh_token' };
    const own = (await register({ IdTokenSignedResponseAlg, ...grants })).clientId;
    const wish = { clientId: own, role, scope: 'openid offline_access' };
    const first = (await tokensOf(daypass, browser, wish)).body;
    const fields = {
      grant_type: 'refresh_token',
      refresh_token: String(first.refresh_token),
      client_id: own,
    };
    const second = (await postForm(daypass, '/oauth/token', fields)).body;
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', daypass.url));
    for (const { id_token, access_token } of [first, second]) {
      const { payload, protectedHeader } = await jwtVerify(String(id_token), keys, { audience: own });
      expect(protectedHeader.alg).toBe(IdTokenSignedResponseAlg);
      const digest = createHash(hash).update(String(access_token)).digest();
      expect(payload.at_hash).toBe(digest.subarray(0, digest.length / 2).toString('base64url'));
    }
    const answer = await daypassQuery(daypass, 'GetClient', { ClientId: own });
    expect(answer.all('IdTokenSignedResponseAlg')).toEqual([IdTokenSignedResponseAlg]);
  });

  test('is one of those; an update changes it', async () => {
    for (const IdTokenSignedResponseAlg of ['none', 'HS256', 'PS256', 'rs256']) {
      await expect(register({ IdTokenSignedResponseAlg })).rejects.toThrow();
    }
    const settings = {
      ClientName: 'Reports',
      TokenEndpointAuthMethod: 'none',
      'GrantTypes.member.1': 'authorization_code',
      'RedirectUris.member.1': REDIRECT,
    };
    const own = (await register({ IdTokenSignedResponseAlg: 'RS256' })).clientId;
    expect((await daypassQuery(daypass, 'UpdateClient', { ClientId: own, ...settings })).status).toBe(200);
    const { body } = await tokensOf(daypass, browser, { clientId: own, role, scope: 'openid' });
    expect(decodeProtectedHeader(String(body.id_token)).alg).toBe('ES256');
  });
});

describe('section 2: its claims', () => {
  test('exactly these, and no others', async () => {
    expect(Object.keys(await claims({ nonce: 'n' })).sort()).toEqual(
      ['acr', 'amr', 'at_hash', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sid', 'sub'].sort(),
    );
  });

  test('`iss` is the issuer to the character; `aud` the client alone, and so there is no `azp`', async () => {
    const found = await claims();
    expect([found.iss, found.aud]).toEqual([daypass.url, clientId]);
    expect(found).not.toHaveProperty('azp');
  });

  test('`sub` is never chosen by anybody, at most 255 ASCII characters, the same each time', async () => {
    const [{ sub = '' }, again] = [await claims(), await claims()];
    expect(sub).toMatch(/^AIDA[A-Z0-9]{1,251}$/);
    expect(again.sub).toBe(sub);
  });

  test('`exp` and `iat` are whole seconds, ten minutes apart', async () => {
    const { iat = 0, exp = 0 } = await claims();
    expect(Math.abs(iat - daypass.nowSeconds())).toBeLessThan(60);
    expect(exp - iat).toBe(600);
  });

  test('`nonce` comes back as it was sent, and is not there where none was', async () => {
    for (const nonce of ['a b&c=d', 'é', 'x'.repeat(200)])
      expect((await claims({ nonce })).nonce).toBe(nonce);
    expect(await claims()).not.toHaveProperty('nonce');
  });

  test('`auth_time` is when the person proved who they are, however late the application asks', async () => {
    const { client } = await person.signIn();
    const signedInAt = daypass.nowSeconds();
    await daypass.advance(300);
    const { auth_time: authTime, iat = 0 } = await claims({ max_age: '600' }, client);
    expect(Math.abs(Number(authTime) - signedInAt)).toBeLessThan(60);
    expect(iat - Number(authTime)).toBeGreaterThanOrEqual(240);
  });

  test('`acr` and `amr` tell how', async () => {
    expect(await claims()).toMatchObject({ acr: 'urn:daypass:acr:mfa', amr: ['pwd', 'otp', 'mfa'] });
  });
});

describe('section 3.1.3.3: who gets one', () => {
  test('who asked for openid', async () => {
    expect(await tokens({}, browser, 'profile')).not.toHaveProperty('id_token');
    expect(await tokens({}, browser, 'profile openid')).toHaveProperty('id_token');
  });

  test('it is signed by a key that is published, and its type is not that of an access token', async () => {
    const { id_token: idToken } = await tokens();
    const keys = createRemoteJWKSet(new URL(`${daypass.url}/.well-known/jwks.json`));
    const now = { currentDate: new Date(daypass.nowSeconds() * 1000) };
    const { protectedHeader } = await jwtVerify(String(idToken), keys, { audience: clientId, ...now });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'JWT', kid: expect.any(String) });
  });
});

test('section 3.1.3.6: `at_hash` is half the hash of the access token beside it, and of no other', async () => {
  const [one, other] = [await tokens(), await tokens()];
  const half = (token: unknown) =>
    createHash('sha256').update(String(token)).digest().subarray(0, 16).toString('base64url');
  expect(decodeJwt(String(one.id_token)).at_hash).toBe(half(one.access_token));
  expect(decodeJwt(String(one.id_token)).at_hash).not.toBe(half(other.access_token));
});

test('section 5.4: claims of profile stand in userinfo, not in the token', async () => {
  const { id_token: idToken } = await tokens({}, browser, 'openid profile');
  for (const name of ['name', 'preferred_username', 'email'])
    expect(decodeJwt(String(idToken))).not.toHaveProperty(name);
});

test('section 8: the subject is public, the same for every client', async () => {
  const other = await register();
  const there = await tokensOf(daypass, browser, { clientId: other.clientId, role, scope: 'openid' });
  const token = String(there.body.id_token);
  expect(decodeJwt(token)).toMatchObject({ sub: (await claims()).sub, aud: other.clientId });
  expect(decodeProtectedHeader(token).typ).toBe('JWT');
});
