/** The token answer to a grant that a person approved. */
import type { OAuthClient } from '../../../core/oauth/client.ts';
import type { PersonalGrant } from '../../../core/oauth/personal-grant.ts';
import { issuePersonalTokens } from '../../../usecases/issue-personal-tokens.ts';
import { type GrantContext, tokenTypeOf } from './grant.ts';

/** @param nonce - of the authorization request, or null. @throws Fault as `issuePersonalTokens` */
export async function personalAnswer(
  grant: PersonalGrant,
  client: OAuthClient,
  nonce: string | null,
  { deps, facts, keyThumbprint, tell }: GrantContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { clientId } = client;
  const tokens = await issuePersonalTokens(grant, { clientId, nonce, keyThumbprint }, facts, deps);
  tell({ elements: { ...tokens.elements, clientId } });
  return {
    access_token: tokens.accessToken,
    token_type: tokenTypeOf(keyThumbprint),
    expires_in: tokens.expiresInSeconds,
    ...(grant.scope.length > 0 && { scope: grant.scope.join(' ') }),
    ...(tokens.idToken !== null && { id_token: tokens.idToken }),
  };
}
