import { randomBytes } from 'node:crypto';
import Provider, { type Context, interactionPolicy, type ProviderError } from 'oidc-provider';
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js';
import { findClaims } from './accounts.ts';
import { type SigningKey, signingAlgorithms } from './keys.ts';

const hourSeconds = 3600;

/** Two applications: one in a browser, which keeps no secret, and one on a server. */
const clients = [
  {
    client_id: 'daypass-browser',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['http://localhost/callback'],
    id_token_signed_response_alg: 'ES256',
  },
  {
    client_id: 'daypass-demo',
    client_secret: 'daypass-demo-secret',
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    redirect_uris: ['http://localhost/callback'],
    id_token_signed_response_alg: 'RS256',
  },
];

/** Builds the certified provider with our people, clients and keys. Everything but the keys is forgotten with it. */
export function makeProvider(issuer: string, keys: readonly SigningKey[]): Provider {
  const provider = new Provider(issuer, {
    adapter: createMemoryAdapter(),
    jwks: { keys },
    clients,
    // People's claims stand in the ID token itself, as with Google and most company providers.
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    enabledJWA: { idTokenSigningAlgValues: signingAlgorithms },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    interactions: {
      policy: prompts(),
      url: (_: Context, interaction: { uid: string }) => `/interaction/${interaction.uid}`,
    },
    findAccount: (_: Context, sub: string) => {
      const claims = findClaims(sub);
      return claims === null ? undefined : { accountId: sub, claims: () => claims };
    },
    loadExistingGrant: grantWhatIsAsked,
    clientBasedCORS: () => true,
    renderError: renderAsText,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: { enabled: true, getResourceServerInfo },
    },
    ttl: {
      AccessToken: hourSeconds,
      ClientCredentials: hourSeconds,
      IdToken: hourSeconds,
      RefreshToken: 24 * hourSeconds,
      Grant: 24 * hourSeconds,
      Session: 24 * hourSeconds,
      Interaction: hourSeconds,
    },
  });
  provider.Client.prototype.redirectUriAllowed = isLoopback;
  return provider;
}

/** As the package has them, and `select_account`, which Google knows: the sign-in page lets people choose anyway. */
function prompts() {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

function renderAsText(ctx: Context, { error, error_description: why }: ProviderError): void {
  ctx.type = 'text/plain';
  ctx.body = `${error}: ${why}\n`;
}

/** Nobody is asked for consent here: the sign-in page has the only question. */
async function grantWhatIsAsked({ oidc }: Context) {
  const grant = new oidc.provider.Grant({
    accountId: oidc.session.accountId,
    clientId: oidc.client.clientId,
  });
  grant.addOIDCScope(oidc.params.scope ?? 'openid');
  await grant.save();
  return grant;
}

/** A token asked for one `resource` is a JWT with that audience: what a workload presents. */
function getResourceServerInfo(_: Context, resource: string) {
  return { scope: '', audience: resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
}

/** Any local application may be signed in to, whatever its port and path. */
function isLoopback(uri: string): boolean {
  const url = URL.parse(uri);
  return url?.protocol === 'http:' && (url.hostname === 'localhost' || url.hostname === '127.0.0.1');
}
