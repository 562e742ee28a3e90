/**
 * npm `oidc-provider` in a process of its own, as warm as it gets: its own memory adapter, keys held, nothing looked up elsewhere.
 * It issues JWT access tokens in the two ways that the broker is measured with. Says its port to the process that forked it.
 */
import { createServer } from 'node:http';
import { importJWK, type JWK, jwtVerify } from 'jose';
import Provider, { type Context } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { loopback } from '../../../dev/loopback.ts';
import { makeKeys } from '../../../dev/peers/oidc/keys.ts';

/** What the forked process is given, as JSON in its argument. */
export interface PeerSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly resource: string;
  /** Whose ID tokens are exchanged. */
  readonly idTokenKey: JWK;
  readonly idTokenIssuer: string;
  readonly idTokenAudience: string;
}

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const HOUR_SECONDS = 3600;
const settings: PeerSettings = JSON.parse(process.argv[2] ?? '{}');

const resourceServer = {
  scope: '',
  audience: settings.resource,
  accessTokenFormat: 'jwt',
  accessTokenTTL: HOUR_SECONDS,
  jwt: { sign: { alg: 'ES256' } },
};
const provider = new Provider('http://localhost', {
  adapter: createMemoryAdapter(),
  jwks: { keys: await makeKeys() },
  clients: [
    {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
    {
      client_id: settings.idTokenAudience,
      token_endpoint_auth_method: 'none',
      grant_types: [EXCHANGE],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: { enabled: true, getResourceServerInfo: () => resourceServer },
  },
  ttl: { AccessToken: HOUR_SECONDS, ClientCredentials: HOUR_SECONDS },
});

/** The package leaves this grant to whoever uses it: believe the ID token, sign a token of ours about its subject. */
const idTokenKey = await importJWK(settings.idTokenKey, 'RS256');
provider.registerGrantType(
  EXCHANGE,
  async (context: Context) => {
    const { client, params } = context.oidc;
    const { payload } = await jwtVerify(params.subject_token ?? '', idTokenKey, {
      algorithms: ['RS256'],
      issuer: settings.idTokenIssuer,
      audience: settings.idTokenAudience,
      requiredClaims: ['exp', 'iat', 'sub'],
    });
    const token = new provider.ClientCredentials({ client, extra: { sub: payload.sub } });
    token.resourceServer = new provider.ResourceServer(settings.resource, resourceServer);
    context.body = {
      access_token: await token.save(),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: token.tokenType,
      expires_in: token.expiration,
    };
  },
  ['subject_token', 'subject_token_type', 'resource'],
);

const server = createServer(provider.callback());
server.keepAliveTimeout = 60_000;
server.listen(0, loopback, () => {
  const address = server.address();
  process.send?.({ port: address !== null && typeof address === 'object' ? address.port : 0 });
});
