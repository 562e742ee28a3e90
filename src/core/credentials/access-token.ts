/**
 * The JWT form of a session: an RFC 9068 access token that anybody can verify from our JWKS. Beside the claims that resource
 * servers read, it carries the whole session, so that Daypass can decide about it without having stored it.
 */
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { parseJws, type UnverifiedJws, verifyJws } from '../jws.ts';
import { isForgotten, type Keyring, type SigningKey } from '../keyring/keyring.ts';
import { signJwt } from '../keyring/sign-jwt.ts';
import { confirmationOf, keyOfConfirmation } from '../oauth/sender-key.ts';
import { ACR_MFA } from '../sign-in/session.ts';
import { delegationClaims } from './delegation.ts';
import type { Session } from './session.ts';
import { packSession, unpackSession } from './session-codec.ts';

/** @see RFC 9068 section 2.1 */
export const ACCESS_TOKEN_TYPE = 'at+jwt';
/** Name of the claim that carries the packed session. */
const SESSION_CLAIM = 'urn:daypass:session';
/** A longer one is not believed, so none is issued. */
export const MAX_ACCESS_TOKEN_CHARACTERS = 16_384;

/** A session that the token's session was chained from, for who verifies the token offline: with it the token ends. */
export interface ChainClaim {
  readonly session: string;
  readonly issued_at: number;
  readonly marks: readonly string[];
  /** Its credentials that the next was made from. */
  readonly made_from?: readonly string[];
}

/** What an access token says beside its session. */
export interface AccessTokenFacts {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** Stable id of the principal; never caller-chosen. */
  readonly subject: string;
  /** ARN of the principal. */
  readonly arn: string;
  /** The credential's own id: unique per token. */
  readonly tokenId: string;
  readonly scope: string | null;
  /** @see RFC 9396 section 9.1 */
  readonly authorizationDetails?: readonly object[] | null;
  /** The key without which the token is worth nothing, as `sender-key.ts` writes it. @see RFC 9449 section 6.1, RFC 8705 section 3.1 */
  readonly keyThumbprint?: string | null;
  /** Digests of what the session can be revoked by, for who verifies the token offline; see `digestMark`. */
  readonly marks: readonly string[];
  /** Ids of the credentials that the token was made from: with each of them it ends. */
  readonly madeFrom?: readonly string[];
  /** Oldest first. */
  readonly chain: readonly ChainClaim[];
}

/** Signs an access token. @param nowSeconds - becomes `iat`; the token ends with its session */
export const signAccessToken = (
  key: SigningKey,
  session: Session,
  facts: AccessTokenFacts,
  nowSeconds: number,
): Promise<string> => signJwt(key, ACCESS_TOKEN_TYPE, accessTokenClaims(session, facts, nowSeconds));

/** What an access token says, in whichever form. @param nowSeconds - becomes `iat`; the token ends with its session */
export function accessTokenClaims(session: Session, facts: AccessTokenFacts, nowSeconds: number): JWTPayload {
  return {
    iss: facts.issuer,
    aud: facts.audience,
    client_id: facts.clientId,
    sub: facts.subject,
    jti: facts.tokenId,
    iat: nowSeconds,
    exp: session.expiresAtSeconds,
    daypass: {
      account: session.accountId,
      arn: facts.arn,
      session: session.sessionId,
      // A session that is older than its token is revoked by its own age.
      ...(session.issuedAtSeconds !== nowSeconds && { issued_at: session.issuedAtSeconds }),
      ...(facts.marks.length > 0 && { marks: facts.marks }),
      ...(facts.madeFrom !== undefined && facts.madeFrom.length > 0 && { made_from: facts.madeFrom }),
      ...(facts.chain.length > 0 && { chain: facts.chain }),
    },
    ...(facts.scope !== null && { scope: facts.scope }),
    ...(facts.keyThumbprint != null && { cnf: confirmationOf(facts.keyThumbprint) }),
    ...(facts.authorizationDetails != null && { authorization_details: facts.authorizationDetails }),
    ...delegationClaims(session.delegation),
    ...loginClaims(session),
    [SESSION_CLAIM]: packSession(session),
  };
}

/** How and when whoever it is has proved who they are, as far as the session knows. @see RFC 9068 section 2.2.1 */
export function loginClaims(session: Session): {
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly auth_time?: number;
} {
  const { federation, mfaAtSeconds } = session;
  const authTimeSeconds = mfaAtSeconds ?? federation?.authTimeSeconds;
  const amr = methodsOf(session);
  return {
    ...(mfaAtSeconds !== null && { acr: ACR_MFA }),
    ...(amr.length > 0 && { amr }),
    ...(authTimeSeconds !== undefined && { auth_time: authTimeSeconds }),
  };
}

/** A provider's own word for a second factor is left out: what counts as one, the session says by its moment. @see RFC 8176 */
function methodsOf({ federation, mfaAtSeconds }: Session): readonly string[] {
  const told = (federation?.amr ?? []).filter((method) => method !== 'mfa');
  return mfaAtSeconds === null ? told : [...told, 'mfa'];
}

/** A signed token taken apart, with the key that it says signed it; nothing of it is believed yet. */
export interface UnverifiedAccessToken {
  readonly jws: UnverifiedJws;
  readonly keyId: string;
}

/** @returns null for what no access token of ours can be */
export function parseAccessToken(text: string): UnverifiedAccessToken | null {
  if (text.length > MAX_ACCESS_TOKEN_CHARACTERS) return null;
  const parsed = parseJws(text);
  if (!parsed.ok) return null;
  const { kid, typ } = parsed.value.header;
  return typeof kid === 'string' && typ === ACCESS_TOKEN_TYPE ? { jws: parsed.value, keyId: kid } : null;
}

/** Whether a token says that it is an access token of an issuer; nothing of it is believed yet. */
export function saysAccessTokenOf(token: string, issuer: string): boolean {
  if (token.length > MAX_ACCESS_TOKEN_CHARACTERS) return false;
  try {
    return decodeProtectedHeader(token).typ === ACCESS_TOKEN_TYPE && decodeJwt(token).iss === issuer;
  } catch {
    return false; // not a JWT
  }
}

/** An access token of ours that has been believed. */
export interface VerifiedAccessToken {
  readonly session: Session;
  readonly audience: string;
  readonly subject: string;
  readonly tokenId: string;
  readonly clientId: string | null;
  readonly scope: string | null;
  readonly issuedAtSeconds: number;
  /** The key that whoever shows the token must prove to hold, as `sender-key.ts` writes it; null for a plain bearer. */
  readonly keyThumbprint: string | null;
  /** All that it says to who reads it, without the packed session. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Verifies an access token of this deployment: algorithm, key, issuer and time.
 * @param endedSeconds - one that has ended since is read, too; 0 for one that shall be believed
 * @returns null for anything that cannot be believed; which check failed is nobody's business
 */
export async function verifyAccessToken(
  { jws, keyId }: UnverifiedAccessToken,
  keyring: Keyring,
  issuer: string,
  nowSeconds: number,
  endedSeconds = 0,
): Promise<VerifiedAccessToken | null> {
  const key = keyring.verification.get(keyId);
  if (key === undefined || isForgotten(key.forgottenAtSeconds, nowSeconds)) return null;
  if (jws.header.alg !== key.algorithm) return null;
  if (!(await verifyJws(jws, key.algorithm, key.publicKey))) return null;
  const { payload } = jws;
  return payload.iss === issuer && isInTime(payload, nowSeconds, endedSeconds)
    ? readAccessClaims(payload)
    : null;
}

/** @see RFC 7519 sections 4.1.4 to 4.1.6; these clocks are one, so nothing is added for a difference */
function isInTime({ exp, nbf, iat }: JWTPayload, nowSeconds: number, endedSeconds: number): boolean {
  if (typeof exp !== 'number' || typeof iat !== 'number') return false;
  return (
    exp > nowSeconds - endedSeconds && (nbf === undefined || (typeof nbf === 'number' && nbf <= nowSeconds))
  );
}

/** Reads claims that are known to be authentic and in time. @returns null for those of no access token of ours */
export function readAccessClaims(payload: JWTPayload): VerifiedAccessToken | null {
  const { [SESSION_CLAIM]: packed, ...claims } = payload;
  const session = unpackSession(packed);
  const { aud, sub, jti, iat, client_id: clientId, scope } = payload;
  if (session === null || typeof aud !== 'string') return null;
  if (typeof sub !== 'string' || typeof jti !== 'string') return null;
  const keyThumbprint = keyOfConfirmation(payload.cnf);
  if (keyThumbprint === undefined) return null;
  return {
    ...{ session, audience: aud, subject: sub, tokenId: jti, keyThumbprint, claims },
    issuedAtSeconds: iat ?? session.issuedAtSeconds,
    clientId: typeof clientId === 'string' ? clientId : null,
    scope: typeof scope === 'string' ? scope : null,
  };
}
