/** npm `openid-client` drives every grant: private_key_jwt, PAR, DPoP. Nothing is known but the issuer and the client's key. */
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  AFTER,
  API,
  ASSERTION_GRANT,
  DEVICE_GRANT,
  type EveryGrant,
  EXCHANGE_GRANT,
  ID_TOKEN_TYPE,
  REDIRECT,
  startEveryGrant,
} from '../helpers/every-grant.ts';

let world: EveryGrant;
let config: client.Configuration;
let DPoP: client.DPoPHandle;
beforeAll(async () => {
  world = await startEveryGrant();
  const { scenario, clientId, privateKey } = world;
  const prove = client.PrivateKeyJwt({ key: privateKey, kid: 'k' });
  const metadata = { [client.clockSkew]: world.skewSeconds() };
  config = await client.discovery(new URL(scenario.daypass.url), clientId, metadata, prove, {
    execute: [client.allowInsecureRequests],
  });
  DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'));
});
afterAll(() => world.scenario.stop());

/** The code grant with a pushed request, whole. */
async function authorize(scope = 'openid') {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const address = await client.buildAuthorizationUrlWithPAR(
    config,
    {
      redirect_uri: REDIRECT,
      scope,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    },
    { DPoP },
  );
  expect([...address.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
  const brought = await world.agree(address);
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
  return client.authorizationCodeGrant(config, brought, checks, undefined, { DPoP });
}

/** By grant type, as discovery names them. */
const GRANTS: Readonly<Record<string, () => Promise<client.TokenEndpointResponse>>> = {
  authorization_code: async () => {
    const tokens = await authorize('openid profile');
    expect(tokens.claims()).toMatchObject({ sub: expect.stringMatching(/^AIDA/), sid: expect.any(String) });
    return tokens;
  },
  refresh_token: async () => {
    const { refresh_token: first = '' } = await authorize('openid offline_access');
    const tokens = await client.refreshTokenGrant(config, first, undefined, { DPoP });
    expect(tokens.refresh_token).not.toBe(first);
    return tokens;
  },
  client_credentials: () => client.clientCredentialsGrant(config, { resource: API }, { DPoP }),
  [DEVICE_GRANT]: async () => {
    const device = await client.initiateDeviceAuthorization(config, { scope: 'openid' });
    await world.letDeviceIn(device.user_code);
    return client.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 }, undefined, { DPoP });
  },
  [EXCHANGE_GRANT]: async () => {
    const subject = { subject_token: await world.scenario.idToken(), subject_token_type: ID_TOKEN_TYPE };
    const wish = { ...subject, resource: world.scenario.roleArn };
    return client.genericGrantRequest(config, EXCHANGE_GRANT, wish, { DPoP });
  },
  [ASSERTION_GRANT]: async () => {
    const wish = { assertion: await world.scenario.idToken(), resource: world.scenario.roleArn };
    return client.genericGrantRequest(config, ASSERTION_GRANT, wish, { DPoP });
  },
};

test('every grant that discovery names is driven here', () => {
  expect(Object.keys(GRANTS).sort()).toEqual(
    [...(config.serverMetadata().grant_types_supported ?? [])].sort(),
  );
});

test.each(Object.keys(GRANTS))('%s, bound to a key', async (grant) => {
  const tokens = await GRANTS[grant]?.();
  expect(tokens).toMatchObject({ access_token: expect.any(String), token_type: 'dpop' });
  expect(tokens?.expires_in).toBeGreaterThan(0);
  const introspected = await client.tokenIntrospection(config, tokens?.access_token ?? '');
  expect(introspected).toMatchObject({
    active: true,
    client_id: world.clientId,
    cnf: { jkt: expect.any(String) },
  });
});

test('userinfo, with the token’s key and its subject', async () => {
  const tokens = await authorize('openid profile');
  const sub = tokens.claims()?.sub ?? '';
  const info = await client.fetchUserInfo(config, tokens.access_token, sub, { DPoP });
  expect(info).toMatchObject({ sub, name: 'wanda' });
  await expect(client.fetchUserInfo(config, tokens.access_token, sub)).rejects.toThrow();
});

test('revocation, of an access token and of a refresh token', async () => {
  const tokens = await authorize('openid offline_access');
  await client.tokenRevocation(config, tokens.access_token);
  expect(await client.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
  const { refresh_token: refreshToken = '' } = tokens;
  await client.tokenRevocation(config, refreshToken);
  await expect(client.refreshTokenGrant(config, refreshToken, undefined, { DPoP })).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

test('sign-out at the end', async () => {
  const { id_token = '' } = await authorize();
  const wish = { id_token_hint: id_token, post_logout_redirect_uri: AFTER, state: 's' };
  const address = client.buildEndSessionUrl(config, wish);
  const { location } = await world.browser.get(`${address.pathname}${address.search}`);
  expect(location).toBe(`${AFTER}?state=s`);
});
