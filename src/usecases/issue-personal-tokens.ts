/** Tokens of what a person let a client have. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { SigningAlgorithm } from '../core/keyring/signing-algorithm.ts';
import type { AccessTokenFormat } from '../core/oauth/client.ts';
import { signIdToken } from '../core/oauth/id-token.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import type { Deps } from './deps.ts';
import { issueAccessToken, requireKeyring } from './issue.ts';
import { findSessionCaller } from './session-caller.ts';
import { sessionElements } from './session-elements.ts';

export interface PersonalTokens {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  /** Where `openid` was asked for. */
  readonly idToken: string | null;
  /** For the trail. */
  readonly elements: Readonly<Record<string, unknown>>;
}

export interface TokenRequest {
  readonly clientId: string;
  /** Of the ID token. */
  readonly idTokenAlgorithm: SigningAlgorithm;
  /** Of the authorization request, or null. */
  readonly nonce: string | null;
  /** Of the key that the access token is bound to; null for a plain bearer. */
  readonly keyThumbprint: string | null;
  /** Of the access token; absent for a JWT. */
  readonly format?: AccessTokenFormat | undefined;
}

/**
 * @throws Fault `invalid_grant` where what was let has ended meanwhile: revoked, the role gone, the session over
 */
export async function issuePersonalTokens(
  grant: PersonalGrant,
  { clientId, idTokenAlgorithm, nonce, keyThumbprint, format }: TokenRequest,
  facts: RequestFacts,
  deps: Deps,
): Promise<PersonalTokens> {
  const { session, arn, subject, audience } = grant;
  const nowSeconds = nowSecondsOf(facts);
  const shown = { accessKeyId: null, tokenId: null, nowSeconds };
  const caller = await findSessionCaller(deps.directory, session, shown);
  if (caller === null || session.expiresAtSeconds <= nowSeconds) {
    throw new Fault('invalid_grant', 'what was granted has ended');
  }
  const scope = grant.scope.length === 0 ? null : grant.scope.join(' ');
  const { authorizationDetails = null } = grant;
  const request = {
    ...{ audience, clientId, subject, arn, nowSeconds },
    ...{ scope, authorizationDetails, keyThumbprint, format },
  };
  const { token, tokenId } = await issueAccessToken(session, request, deps);
  return {
    accessToken: token,
    expiresInSeconds: session.expiresAtSeconds - nowSeconds,
    idToken: grant.scope.includes('openid')
      ? await idTokenOf(grant, { clientId, idTokenAlgorithm, nonce }, token, nowSeconds, deps)
      : null,
    elements: sessionElements(session, { arn, credential: { accessKeyId: null, tokenId }, caller: null }),
  };
}

async function idTokenOf(
  { subject, authAtSeconds, acr, amr, signInId }: PersonalGrant,
  { clientId, idTokenAlgorithm, nonce }: Pick<TokenRequest, 'clientId' | 'idTokenAlgorithm' | 'nonce'>,
  accessToken: string,
  nowSeconds: number,
  deps: Deps,
): Promise<string> {
  const key = (await requireKeyring(deps)).signing.get(idTokenAlgorithm);
  if (key === undefined) throw new Fault('service_unavailable', 'no key is active', { purpose: 'jwt' });
  const { issuer } = deps.settings;
  const facts = {
    ...{ issuer, clientId, subject, nonce, authAtSeconds, acr, amr, accessToken },
    ...(signInId !== undefined && { sessionId: signInId }),
  };
  return signIdToken(key, facts, nowSeconds);
}
