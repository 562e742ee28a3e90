/** npm `oauth4webapi` drives every grant: private_key_jwt, PAR, DPoP with server nonces; and checks tokens as an API would. */
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  API,
  ASSERTION_GRANT,
  DEVICE_GRANT,
  type EveryGrant,
  EXCHANGE_GRANT,
  ID_TOKEN_TYPE,
  REDIRECT,
  startEveryGrant,
} from '../helpers/every-grant.ts';

const LOCAL = { [oauth.allowInsecureRequests]: true } as const;

let world: EveryGrant;
let as: oauth.AuthorizationServer;
let client: oauth.Client;
let prove: oauth.ClientAuth;
let DPoP: oauth.DPoPHandle;
beforeAll(async () => {
  world = await startEveryGrant();
  const issuer = new URL(world.scenario.daypass.url);
  as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, LOCAL));
  client = { client_id: world.clientId, [oauth.clockSkew]: world.skewSeconds() };
  prove = oauth.PrivateKeyJwt({ key: world.privateKey, kid: 'k' });
  DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
});
afterAll(() => world.scenario.stop());

const options = () => ({ ...LOCAL, DPoP });

/** The first proof has no nonce: the server gives one, and the request is sent again. */
async function withNonce<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return ask();
  }
}

async function authorize(scope = 'openid') {
  const [verifier, state, nonce] = [
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
  ];
  const parameters = {
    ...{ response_type: 'code', redirect_uri: REDIRECT, scope, state, nonce },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  };
  const pushed = await withNonce(async () =>
    oauth.processPushedAuthorizationResponse(
      as,
      client,
      await oauth.pushedAuthorizationRequest(as, client, prove, parameters, options()),
    ),
  );
  const address = new URL(as.authorization_endpoint ?? '');
  address.search = new URLSearchParams({
    client_id: world.clientId,
    request_uri: pushed.request_uri,
  }).toString();
  const brought = oauth.validateAuthResponse(as, client, await world.agree(address), state);
  return withNonce(async () =>
    oauth.processAuthorizationCodeResponse(
      as,
      client,
      await oauth.authorizationCodeGrantRequest(as, client, prove, brought, REDIRECT, verifier, options()),
      { expectedNonce: nonce, requireIdToken: true },
    ),
  );
}

const generic = (grant: string, wish: Record<string, string>) =>
  withNonce(async () =>
    oauth.processGenericTokenEndpointResponse(
      as,
      client,
      await oauth.genericTokenEndpointRequest(as, client, prove, grant, wish, options()),
    ),
  );

/** By grant type, as discovery names them. */
const GRANTS: Readonly<Record<string, () => Promise<oauth.TokenEndpointResponse>>> = {
  authorization_code: async () => {
    const tokens = await authorize('openid profile');
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toMatch(/^AIDA/);
    return tokens;
  },
  refresh_token: async () => {
    const { refresh_token: first = '' } = await authorize('openid offline_access');
    return withNonce(async () =>
      oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(as, client, prove, first, options()),
      ),
    );
  },
  client_credentials: () =>
    withNonce(async () =>
      oauth.processClientCredentialsResponse(
        as,
        client,
        await oauth.clientCredentialsGrantRequest(as, client, prove, { resource: API }, options()),
      ),
    ),
  [DEVICE_GRANT]: async () => {
    const asked = await oauth.deviceAuthorizationRequest(as, client, prove, { scope: 'openid' }, LOCAL);
    const device = await oauth.processDeviceAuthorizationResponse(as, client, asked);
    await world.letDeviceIn(device.user_code);
    return withNonce(async () =>
      oauth.processDeviceCodeResponse(
        as,
        client,
        await oauth.deviceCodeGrantRequest(as, client, prove, device.device_code, options()),
      ),
    );
  },
  [EXCHANGE_GRANT]: async () => {
    const subject = { subject_token: await world.scenario.idToken(), subject_token_type: ID_TOKEN_TYPE };
    return generic(EXCHANGE_GRANT, { ...subject, resource: world.scenario.roleArn });
  },
  [ASSERTION_GRANT]: async () =>
    generic(ASSERTION_GRANT, { assertion: await world.scenario.idToken(), resource: world.scenario.roleArn }),
};

test('every grant that discovery names is driven here', () => {
  expect(Object.keys(GRANTS).sort()).toEqual([...(as.grant_types_supported ?? [])].sort());
});

test.each(Object.keys(GRANTS))('%s, bound to a key', async (grant) => {
  const tokens = await GRANTS[grant]?.();
  expect(tokens).toMatchObject({ access_token: expect.any(String), token_type: 'dpop' });
  const asked = await oauth.introspectionRequest(as, client, prove, tokens?.access_token ?? '', LOCAL);
  const introspected = await oauth.processIntrospectionResponse(as, client, asked);
  expect(introspected).toMatchObject({ active: true, cnf: { jkt: expect.any(String) } });
});

test('an API of one’s own validates the token and its proof by discovery alone', async () => {
  const tokens = await GRANTS.client_credentials?.();
  const sent: Request[] = [];
  const capture = {
    [oauth.customFetch]: async (url: string, { method, headers }: { method: string; headers: object }) => {
      sent.push(new Request(url, { method, headers: { ...headers } }));
      return new Response('{}');
    },
  };
  const target = new URL('https://api.example/reports');
  await oauth.protectedResourceRequest(tokens?.access_token ?? '', 'GET', target, undefined, null, {
    DPoP,
    ...capture,
  });
  const [seen] = sent;
  if (seen === undefined) throw new Error('nothing was sent');
  const skew = { [oauth.clockSkew]: world.skewSeconds(), ...LOCAL };
  const claims = await oauth.validateJwtAccessToken(as, seen, API, { ...skew, requireDPoP: true });
  expect(claims).toMatchObject({ sub: world.clientId, client_id: world.clientId, aud: API });
});

test('userinfo and revocation', async () => {
  const tokens = await authorize('openid');
  const sub = oauth.getValidatedIdTokenClaims(tokens)?.sub ?? '';
  const info = await withNonce(async () =>
    oauth.processUserInfoResponse(
      as,
      client,
      sub,
      await oauth.userInfoRequest(as, client, tokens.access_token, options()),
    ),
  );
  expect(info.sub).toBe(sub);
  const revoked = await oauth.revocationRequest(as, client, prove, tokens.access_token, LOCAL);
  await oauth.processRevocationResponse(revoked);
  const asked = await oauth.introspectionRequest(as, client, prove, tokens.access_token, LOCAL);
  expect(await oauth.processIntrospectionResponse(as, client, asked)).toEqual({ active: false });
});
