/** What is answered to a subject token or assertion that was believed. */

import { nowSecondsOf } from '../../../core/context/request-context.ts';
import { idTokenAlgorithmOf } from '../../../core/oauth/client.ts';
import { idTokenEnd } from '../../../core/oauth/id-token.ts';
import { tokenTypeOf } from '../../../core/oauth/sender-key.ts';
import type { SessionCredential } from '../../../core/revocation/marks.ts';
import { formatIso } from '../../../core/time.ts';
import {
  forClient,
  issueAccessToken,
  issueAwsCredentials,
  issueSessionIdToken,
} from '../../../usecases/issue.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';

import type { GrantContext } from './grant.ts';
import { AWS_CREDENTIALS, type ExchangedSubject, ID_TOKEN } from './subject-tokens/subject-token.ts';

/** An access token of the session that a believed subject has. @see RFC 6749 section 5.1 */
export async function exchangedTokenAnswer(
  exchanged: ExchangedSubject,
  { client, deps, facts, keyThumbprint, tell }: GrantContext,
) {
  const { session, audience, clientId, subject, arn, scope, authorizationDetails } = exchanged;
  const nowSeconds = nowSecondsOf(facts);
  const request = {
    ...{ audience, clientId, subject, arn, nowSeconds, scope, keyThumbprint },
    authorizationDetails: authorizationDetails ?? null,
    format: client?.settings.accessTokenFormat,
  };
  const { token, tokenId } = await issueAccessToken(session, request, deps);
  tell({ elements: elementsOf(exchanged, { accessKeyId: null, tokenId }) });
  return {
    access_token: token,
    token_type: tokenTypeOf(keyThumbprint),
    expires_in: session.expiresAtSeconds - nowSeconds,
    ...(scope !== null && { scope }),
    ...(authorizationDetails != null && { authorization_details: authorizationDetails }),
  };
}

/** AWS credentials of it. @see RFC 8693 section 2.2.1 */
export async function awsCredentialsAnswer(exchanged: ExchangedSubject, { deps, facts, tell }: GrantContext) {
  const { scope, clientId } = exchanged;
  const session = forClient(exchanged.session, clientId);
  const credentials = await issueAwsCredentials(session, deps);
  tell({ elements: elementsOf(exchanged, { accessKeyId: credentials.accessKeyId, tokenId: null }) });
  return {
    access_token: credentials.sessionToken,
    issued_token_type: AWS_CREDENTIALS,
    // RFC 8693 section 2.2.1: no token type applies, for the session token alone is half a credential.
    token_type: 'N_A',
    expires_in: session.expiresAtSeconds - nowSecondsOf(facts),
    session_token: credentials.sessionToken,
    access_key_id: credentials.accessKeyId,
    secret_access_key: credentials.secretAccessKey,
    expiration: formatIso(session.expiresAtSeconds),
    ...(scope !== null && { scope }),
  };
}

/** An ID token of whom it is the session; it opens nothing, so no token type applies. @see RFC 8693 section 2.2.1 */
export async function idTokenAnswer(
  exchanged: ExchangedSubject,
  { client, deps, facts, tell }: GrantContext,
) {
  const { session, clientId, subject, arn, elements } = exchanged;
  const nowSeconds = nowSecondsOf(facts);
  const who = { session, clientId, subject };
  const token = await issueSessionIdToken(who, idTokenAlgorithmOf(client), nowSeconds, deps);
  tell({ elements: { ...elements, sessionId: session.sessionId, clientId, subject, assumedRole: arn } });
  return {
    access_token: token,
    issued_token_type: ID_TOKEN,
    token_type: 'N_A',
    expires_in: idTokenEnd(session, nowSeconds) - nowSeconds,
  };
}

const elementsOf = (
  { session, arn, caller, clientId, elements }: ExchangedSubject,
  credential: SessionCredential,
) => ({
  ...elements,
  ...sessionElements(session, { arn, credential, caller }),
  clientId,
  assumedRole: arn,
});
