/** What a client may say about the end of a sign-in, and about being one of the account's own. */
import type { ClientSettings } from './client.ts';
import { isRedirectUri } from './redirect-uri.ts';

/** @returns what is wrong, or null */
export function findSignOutProblem(settings: ClientSettings): string | null {
  const { grantTypes, postLogoutRedirectUris = [], backchannelLogoutUri, firstParty = false } = settings;
  const bad = postLogoutRedirectUris.find((uri) => !isRedirectUri(uri));
  if (bad !== undefined) return `\`${bad}\` is no address that can be matched exactly`;
  if (backchannelLogoutUri?.includes('#') === true) return 'BackchannelLogoutUri must have no fragment';
  const says = postLogoutRedirectUris.length > 0 || backchannelLogoutUri !== undefined || firstParty;
  if (says && !grantTypes.includes('authorization_code'))
    return 'PostLogoutRedirectUris, BackchannelLogoutUri and FirstParty belong to the grant authorization_code';
  return firstParty && !settings.redirectUris.some((uri) => isKnownReceiver(settings, uri))
    ? 'a public client whose redirect URIs any program on a machine can answer is always asked about'
    : null;
}

/**
 * Whether what is sent to a redirect URI reaches this client and no other: it proves itself with more than its name, or the host is its own. A
 * loopback port or a private scheme may be any program's.
 * @see RFC 8252 section 8.6, RFC 9700 section 4.16
 */
export const isKnownReceiver = (
  { authenticationMethod }: Pick<ClientSettings, 'authenticationMethod'>,
  redirectUri: string,
): boolean => authenticationMethod !== 'none' || redirectUri.startsWith('https://');
