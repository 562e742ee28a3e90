import { oidcProviderArn, parseIamArn } from '../core/arn.ts';
import type { SignInIdentity } from '../core/sign-in/identity.ts';
import type { Deps } from './deps.ts';

/**
 * Where somebody from outside signs in anew: their provider alone can tell that it is them.
 * @returns a path of ours without its query; null for people of the account, and where the provider is gone
 */
export async function signInAnewAt(identity: SignInIdentity, { directory }: Deps): Promise<string | null> {
  if (identity.type !== 'federated') return null;
  const { accountId, providerArn } = identity;
  const ofOidc = oidcProviderArn(accountId, '');
  if (providerArn.startsWith(ofOidc)) {
    const provider = await directory.oidcProvider(accountId, providerArn.slice(ofOidc.length));
    return provider === null ? null : `/login/${provider.providerId}`;
  }
  const name = parseIamArn(providerArn)?.name ?? '';
  const provider = await directory.samlProviderByName(accountId, name);
  return provider === null ? null : `/saml/${provider.providerId}/login`;
}
