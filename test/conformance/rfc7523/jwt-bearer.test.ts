/** RFC 7523 sections 2.1 and 3, RFC 7521 section 4.1: an assertion of a registered provider as a grant. */
import { generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { basicOf, postForm, registerClient } from '../../helpers/oauth-clients.ts';
import { claimsOf, type ExchangeWorld, ORDERS, startExchangeWorld } from '../../helpers/oauth-exchange.ts';
import { CLIENT_ID, policy } from '../../helpers/scenario.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let world: ExchangeWorld;
beforeAll(async () => {
  world = await startExchangeWorld();
});
afterAll(() => world.stop());

const ask = async (
  parameters: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
) => {
  const form = {
    grant_type: GRANT,
    assertion: await world.idToken(),
    resource: world.wideArn,
    ...parameters,
  };
  return postForm(world.daypass, '/oauth/token', form, headers);
};

const without = (claim: string): Record<string, undefined> => ({ [claim]: undefined });

const errorOf = async (answer: ReturnType<typeof ask>) => {
  const { status, body } = await answer;
  return [status, body.error];
};

describe('section 2.1: an assertion', () => {
  test('gives what token exchange gives: the same subject, role and audience, without a client', async () => {
    const { status, body, headers } = await ask();
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(body).toEqual({ access_token: expect.any(String), token_type: 'Bearer', expires_in: 3600 });
    const exchanged = await world.ask(null, {
      subject_token: await world.idToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      resource: world.wideArn,
    });
    const { sub, aud, client_id } = claimsOf(exchanged.body.access_token);
    expect(claimsOf(body.access_token)).toMatchObject({ sub, aud, client_id });
    expect(client_id).toBe(CLIENT_ID);
    expect(await world.may(body.access_token, 's3:GetObject')).toBe(true);
  });

  test('may be shown again until it ends, as RFC 7523 section 3 leaves open', async () => {
    const assertion = await world.idToken({ jti: 'once' });
    for (const _ of [1, 2]) expect((await ask({ assertion })).status).toBe(200);
  });

  test('is narrowed by a session policy', async () => {
    const { body } = await ask({ policy: policy({ Effect: 'Allow', Action: 's3:Put*', Resource: '*' }) });
    expect(await world.may(body.access_token, 's3:GetObject')).toBe(false);
    expect(await world.may(body.access_token, 's3:PutObject')).toBe(true);
  });

  test('brought by a client that is registered for the grant has its scopes; by another it is refused', async () => {
    const registered = await registerClient(world.daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': GRANT,
      'Scopes.member.1': 'read',
      'Audiences.member.1': ORDERS,
    });
    const { body } = await ask({}, basicOf(registered));
    expect(body.scope).toBe('read');
    expect(claimsOf(body.access_token)).toMatchObject({ client_id: registered.clientId, aud: ORDERS });
    expect(await world.may(body.access_token, 's3:PutObject')).toBe(false);
    expect(await errorOf(ask({ scope: 'write' }, basicOf(registered)))).toEqual([400, 'invalid_scope']);
    expect(await errorOf(ask({ scope: 'read' }))).toEqual([400, 'invalid_scope']);
    expect(await errorOf(ask({}, basicOf(world.app)))).toEqual([400, 'unauthorized_client']);
    expect(await errorOf(ask({}, basicOf({ ...registered, secret: 'x' })))).toEqual([401, 'invalid_client']);
  });

  test('is asked for by openid-client', async () => {
    const { daypass } = world;
    const config = await client.discovery(new URL(daypass.url), 'any', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
    const tokens = await client.genericGrantRequest(config, GRANT, {
      assertion: await world.idToken(),
      resource: world.wideArn,
    });
    expect(claimsOf(tokens.access_token).iss).toBe(daypass.url);
    expect(config.serverMetadata().grant_types_supported).toContain(GRANT);
  });
});

describe('section 3: the rules for an assertion', () => {
  test('MUST be kept: whatever breaks one is an invalid grant', async () => {
    const nowSeconds = world.daypass.nowSeconds();
    const { privateKey } = await generateKeyPair('RS256');
    const foreign = await new SignJWT({ iss: world.issuer.issuer, sub: 'alice', aud: CLIENT_ID })
      .setProtectedHeader({ alg: 'RS256', kid: world.issuer.keys()[0]?.kid ?? '' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
    const cases: Readonly<Record<string, string>> = {
      'no issuer': await world.idToken(without('iss')),
      'an issuer that is not registered': await world.idToken({ iss: 'https://elsewhere.example' }),
      'no subject': await world.idToken(without('sub')),
      'no audience': await world.idToken(without('aud')),
      'another audience': await world.idToken({ aud: 'somebody-else' }),
      'no expiry': await world.idToken(without('exp')),
      expired: await world.idToken({ exp: nowSeconds - 120 }),
      'not yet valid': await world.idToken({ nbf: nowSeconds + 3600 }),
      'issued tomorrow': await world.idToken({ iat: nowSeconds + 86_400 }),
      'no signature': (await world.idToken()).replace(/\.[^.]*$/, '.'),
      'another key': foreign,
      'no JWT': 'x',
    };
    for (const [why, assertion] of Object.entries(cases))
      expect(await errorOf(ask({ assertion })), why).toEqual([400, 'invalid_grant']);
    expect((await ask()).status).toBe(200);
  });

  test('let nobody in whom the trust policy does not', async () => {
    const { roleArn, idToken } = world;
    expect(await errorOf(ask({ assertion: await idToken({ sub: 'mallory' }), resource: roleArn }))).toEqual([
      400,
      'invalid_target',
    ]);
    expect((await ask({ resource: roleArn })).status).toBe(200);
  });

  test('need an assertion, and take no token of this deployment for one', async () => {
    expect(await errorOf(ask({ assertion: '' }))).toEqual([400, 'invalid_request']);
    const { body } = await ask();
    expect(await errorOf(ask({ assertion: String(body.access_token) }))).toEqual([400, 'invalid_grant']);
  });
});
