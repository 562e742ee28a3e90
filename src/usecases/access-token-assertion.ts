/** A provider's OAuth 2.0 access token as proof of a login: `ProviderId` of AssumeRoleWithWebIdentity. */
import { Fault } from '../core/faults.ts';
import type { AccessTokenInspector } from '../core/federation/access-token.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { type Assertion, trustedProvider } from './prove-identity.ts';
import { openProviderApps } from './provider-apps.ts';

const MAX_TOKEN_CHARACTERS = 4096;

/**
 * @param providerId - as AWS names the provider: `graph.facebook.com`
 * @throws Fault `validation_error` for a provider whose access tokens prove nothing here, or for what is no such token
 */
export function readAccessTokenAssertion(text: string, providerId: string, deps: Deps): Assertion {
  const kind = deps.providerKinds.ofUrl(providerId);
  const inspector = deps.accessTokens.get(providerId);
  if (kind?.readAccessToken === undefined || inspector === undefined) {
    throw new Fault(
      'validation_error',
      `access tokens of \`${providerId}\` are not accepted; for an ID token leave ProviderId out`,
    );
  }
  // An ID token is not sent to a provider that it may not come from; an app's own token (`id|secret`) is nobody's.
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes('|') || text.split('.').length === 3) {
    throw new Fault('invalid_identity_token', 'this is no user access token of the provider');
  }
  if (text.length > MAX_TOKEN_CHARACTERS)
    throw new Fault('invalid_identity_token', 'the access token is too long');
  const { readAccessToken } = kind;
  return {
    find: async (accountId, { directory }) => {
      const provider = await directory.oidcProvider(accountId, kind.url);
      if (provider !== null) return trustedProvider(provider, kind);
      throw new Fault('invalid_identity_token', 'the provider is not registered in your account', {
        accountId,
        ...inVain,
      });
    },
    verify: async ({ provider }, nowSeconds) => {
      const apps = await openProviderApps(provider, nowSeconds, deps);
      return readAccessToken(await requireUser(inspector, text, apps, nowSeconds), {});
    },
  };
}

async function requireUser(
  inspector: AccessTokenInspector,
  ...question: Parameters<AccessTokenInspector['inspect']>
) {
  const user = await inspector.inspect(...question);
  if (user.ok) return user.value;
  const { why, reason } = user.failure;
  switch (why) {
    case 'not_valid':
      // Whoever sends tokens at random makes us ask the provider each time: it counts against the address.
      throw new Fault('invalid_identity_token', 'the access token is not valid for this account', {
        reason,
        ...inVain,
      });
    case 'unreachable':
      throw new Fault(
        'idp_communication_error',
        'the identity provider could not be reached to verify the token',
        { reason },
      );
  }
}
