import type { Session } from '../../../core/credentials/session.ts';
import { tokenTypeOf } from '../../../core/oauth/sender-key.ts';
import { type AccessTokenRequest, issueAccessToken } from '../../../usecases/issue.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import type { GrantContext } from './grant.ts';

/** Issues an access token to a client, tells the trail, and says it to the client. @see RFC 6749 section 5.1 */
export async function accessTokenAnswer(
  { session, ...request }: AccessTokenRequest & { readonly session: Session; readonly scope: string | null },
  { client, deps, keyThumbprint, tell }: GrantContext,
): Promise<Readonly<Record<string, unknown>>> {
  const asked = { ...request, keyThumbprint, format: client?.settings.accessTokenFormat };
  const { token, tokenId } = await issueAccessToken(session, asked, deps);
  const { arn, nowSeconds, scope, authorizationDetails } = request;
  tell({
    elements: {
      ...sessionElements(session, { arn, credential: { accessKeyId: null, tokenId }, caller: null }),
      ...(session.identity.type === 'role' && { assumedRole: arn }),
      clientId: request.clientId,
    },
  });
  return {
    access_token: token,
    token_type: tokenTypeOf(keyThumbprint),
    expires_in: session.expiresAtSeconds - nowSeconds,
    ...(scope !== null && { scope }),
    ...(authorizationDetails != null && { authorization_details: authorizationDetails }),
  };
}
