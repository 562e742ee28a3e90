/** Gives a session one of its two forms. Nothing is stored. */

import { toBase64Url } from '../core/bytes.ts';
import {
  accessTokenClaims,
  MAX_ACCESS_TOKEN_CHARACTERS,
  signAccessToken,
} from '../core/credentials/access-token.ts';
import { type AwsCredentials, MINT_RANDOM_BYTES, mintAwsCredentials } from '../core/credentials/mint.ts';
import { sealAccessToken } from '../core/credentials/opaque-access-token.ts';
import { isMadeTooOften, MAX_MADE_FROM, madeFromAlso } from '../core/credentials/provenance.ts';
import type { Session } from '../core/credentials/session.ts';
import { CREDENTIAL_ID_BYTES } from '../core/credentials/session-token.ts';
import { Fault } from '../core/faults.ts';
import type { KeyPurpose, Keyring } from '../core/keyring/keyring.ts';
import type { SigningAlgorithm } from '../core/keyring/signing-algorithm.ts';
import type { AuthorizationDetails } from '../core/oauth/authorization-details.ts';
import { type AccessTokenFormat, accountOfClientId } from '../core/oauth/client.ts';
import { type SessionIdTokenFacts, signSessionIdToken } from '../core/oauth/id-token.ts';
import type { Deps } from './deps.ts';
import { chainClaims, credentialsBefore, sessionDigests } from './mark-digests.ts';

/** @throws Fault `service_unavailable` before setup */
export async function requireKeyring(deps: Deps): Promise<Keyring> {
  const keyring = await deps.directory.keyring();
  if (keyring === null) throw new Fault('not_set_up', 'this broker is not set up yet');
  return keyring;
}

/**
 * @param minimumTokenBytes - a smaller token is made as long as this
 * @returns access key id, secret and session token
 * @throws Fault `access_denied` when it is made from too many others, `packed_policy_too_large` when policies and tags do not fit a session token
 */
export async function issueAwsCredentials(
  session: Session,
  deps: Deps,
  minimumTokenBytes = 0,
): Promise<AwsCredentials> {
  requireNotTooOften(session);
  const { tokenSealing } = await requireKeyring(deps);
  const minted = await mintAwsCredentials({
    session,
    key: required(tokenSealing, 'session-token'),
    entropy: deps.random.bytes(MINT_RANDOM_BYTES),
    minimumTokenBytes,
  });
  if (minted.ok) return minted.value;
  throw tooLarge(minted.failure.bytes);
}

export interface AccessTokenRequest {
  readonly audience: string;
  readonly clientId: string;
  readonly subject: string;
  readonly arn: string;
  readonly nowSeconds: number;
  /** Granted scopes, for the claim; what they permit stands in the session. */
  readonly scope?: string | null;
  /** Granted, for the claim; what they permit stands in the session likewise. @see RFC 9396 section 9.1 */
  readonly authorizationDetails?: AuthorizationDetails | null;
  /** Of the key that the token is bound to. */
  readonly keyThumbprint?: string | null;
  /** Absent for a JWT. */
  readonly format?: AccessTokenFormat | undefined;
}

export interface IssuedAccessToken {
  readonly token: string;
  readonly tokenId: string;
}

/**
 * @returns an RFC 9068 access token, signed with the active ES256 key; or one of the same claims that is sealed
 * @throws Fault `access_denied` likewise, `packed_policy_too_large` when it would be longer than a token that is believed
 */
export async function issueAccessToken(
  given: Session,
  request: AccessTokenRequest,
  deps: Deps,
): Promise<IssuedAccessToken> {
  const session = forClient(given, request.clientId);
  requireNotTooOften(session);
  const { signing, tokenSealing } = await requireKeyring(deps);
  const tokenIdBytes = deps.random.bytes(CREDENTIAL_ID_BYTES);
  const tokenId = toBase64Url(tokenIdBytes);
  const { audience, clientId, subject, arn, nowSeconds, scope = null, keyThumbprint = null } = request;
  const { authorizationDetails = null } = request;
  const [marks, chain] = await Promise.all([sessionDigests(session), chainClaims(session)]);
  const madeFrom = credentialsBefore(session);
  const { issuer } = deps.settings;
  const said = { audience, clientId, subject, arn, scope, authorizationDetails, keyThumbprint };
  const facts = { ...said, issuer, tokenId, marks, chain, madeFrom };
  const token =
    request.format === 'opaque'
      ? await sealAccessToken(
          required(tokenSealing, 'session-token'),
          accessTokenClaims(session, facts, nowSeconds),
          tokenIdBytes,
        )
      : await signAccessToken(required(signing.get('ES256'), 'jwt'), session, facts, nowSeconds);
  if (token.length > MAX_ACCESS_TOKEN_CHARACTERS) throw tooLarge(token.length);
  return { token, tokenId };
}

/**
 * The session as a client of its account is given it: what it is given, and all that is made from that, ends with the client.
 * @param clientId - any other text is an outside client, which nobody here knows
 */
export const forClient = (session: Session, clientId: string): Session =>
  accountOfClientId(clientId) === session.accountId ? madeFromAlso(session, clientId) : session;

/** @throws Fault `access_denied` where a revocation could not be followed any further */
function requireNotTooOften(session: Session): void {
  if (!isMadeTooOften(session)) return;
  throw new Fault('access_denied', `the credential was made from ${MAX_MADE_FROM} others, which is the most`);
}

function required<K>(key: K | null | undefined, purpose: KeyPurpose): K {
  if (key == null) throw new Fault('service_unavailable', 'no key is active', { purpose });
  return key;
}

/** @returns an ID token of whom a session is, for one client. @throws Fault `service_unavailable` */
export async function issueSessionIdToken(
  facts: Omit<SessionIdTokenFacts, 'issuer'>,
  algorithm: SigningAlgorithm,
  nowSeconds: number,
  deps: Deps,
): Promise<string> {
  const { signing } = await requireKeyring(deps);
  return signSessionIdToken(
    required(signing.get(algorithm), 'jwt'),
    { ...facts, issuer: deps.settings.issuer },
    nowSeconds,
  );
}

const tooLarge = (bytes: number): Fault =>
  new Fault(
    'packed_policy_too_large',
    'session policies and tags together exceed the size of a session token',
    { bytes },
  );
