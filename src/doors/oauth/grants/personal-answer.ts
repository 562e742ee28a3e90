/** The token answer to a grant that a person approved. */

import { Fault } from '../../../core/faults.ts';
import { areSameDetails } from '../../../core/oauth/authorization-details.ts';
import { idTokenAlgorithmOf, type OAuthClient } from '../../../core/oauth/client.ts';
import type { PersonalGrant } from '../../../core/oauth/personal-grant.ts';
import { tokenTypeOf } from '../../../core/oauth/sender-key.ts';
import { beginRefreshFamily } from '../../../usecases/begin-refresh-family.ts';
import { issuePersonalTokens } from '../../../usecases/issue-personal-tokens.ts';
import type { RefreshedGrant } from '../../../usecases/refresh-grant.ts';
import { detailsOf } from '../authorization-details.ts';
import type { GrantContext, TokenParameters } from './grant.ts';

/** @throws Fault `invalid_authorization_details` where a token request asks for others than were granted. @see RFC 9396 section 6 */
export function requireGranted(parameters: TokenParameters, { authorizationDetails }: PersonalGrant): void {
  const asked = detailsOf(parameters);
  if (asked === null || areSameDetails(asked, authorizationDetails ?? [])) return;
  throw new Fault('invalid_authorization_details', 'these authorization_details were not granted');
}

/**
 * @param nonce - of the authorization request, or null
 * @param refreshed - the refresh token that goes on from another; null where the grant begins here, and may have its first
 * @throws Fault as `issuePersonalTokens`
 */
export async function personalAnswer(
  grant: PersonalGrant,
  client: OAuthClient,
  nonce: string | null,
  { deps, facts, keyThumbprint, tell }: GrantContext,
  refreshed: Pick<RefreshedGrant, 'refreshToken' | 'elements'> | null = null,
): Promise<Readonly<Record<string, unknown>>> {
  const { clientId } = client;
  const formats = { idTokenAlgorithm: idTokenAlgorithmOf(client), format: client.settings.accessTokenFormat };
  const request = { clientId, nonce, keyThumbprint, ...formats };
  const tokens = await issuePersonalTokens(grant, request, facts, deps);
  const next =
    refreshed?.refreshToken ?? (await beginRefreshFamily(grant, client, keyThumbprint, facts, deps));
  tell({ elements: { ...tokens.elements, clientId, ...refreshed?.elements } });
  return {
    access_token: tokens.accessToken,
    token_type: tokenTypeOf(keyThumbprint),
    expires_in: tokens.expiresInSeconds,
    ...(grant.scope.length > 0 && { scope: grant.scope.join(' ') }),
    ...(grant.authorizationDetails !== undefined && { authorization_details: grant.authorizationDetails }),
    ...(next !== null && { refresh_token: next }),
    ...(tokens.idToken !== null && { id_token: tokens.idToken }),
  };
}
