/** The token answer to a grant that a person approved. */
import { Fault } from '../../../core/faults.ts';
import type { OAuthClient } from '../../../core/oauth/client.ts';
import type { PersonalGrant } from '../../../core/oauth/personal-grant.ts';
import { issuePersonalTokens } from '../../../usecases/issue-personal-tokens.ts';
import type { GrantContext } from './grant.ts';

/** @param nonce - of the authorization request, or null. @throws Fault as `issuePersonalTokens` */
export async function personalAnswer(
  grant: PersonalGrant,
  client: OAuthClient,
  nonce: string | null,
  { deps, facts, tell }: GrantContext,
): Promise<Readonly<Record<string, unknown>>> {
  const { clientId, settings } = client;
  // Fail closed: what must be bound to a key is not given unbound.
  if (settings.dpopRequired) throw new Fault('validation_error', 'this client needs tokens bound to its key');
  const tokens = await issuePersonalTokens(grant, { clientId, nonce }, facts, deps);
  tell({ elements: { ...tokens.elements, clientId } });
  return {
    access_token: tokens.accessToken,
    token_type: 'Bearer',
    expires_in: tokens.expiresInSeconds,
    ...(grant.scope.length > 0 && { scope: grant.scope.join(' ') }),
    ...(tokens.idToken !== null && { id_token: tokens.idToken }),
  };
}
