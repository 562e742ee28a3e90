/**
 * The rules for an ID token, apart from fetching keys: what may be read of it before it is believed, its signature, its claims.
 * @see OpenID Connect Core 1.0 section 3.1.3.7
 * @see RFC 8725
 */
import { parseJws, type UnverifiedJws, verifyJws } from '../jws.ts';
import { failure, type Result, success } from '../result.ts';
import { ID_TOKEN_ALGORITHMS, type IdTokenAlgorithm, type IssuerKey, type IssuerKeys } from './key-set.ts';

export const MAX_ID_TOKEN_CHARACTERS = 20_000;
/** How far the clocks of issuer and broker may differ. */
export const CLOCK_SKEW_SECONDS = 60;
/** A token issued longer ago is no proof of a login now, whatever its expiry says. */
export const MAX_ID_TOKEN_AGE_SECONDS = 86_400;
const MAX_SUBJECT_CHARACTERS = 255;

/** A type such as `at+jwt` or `logout+jwt` says of a JWT that it is another kind; ID tokens have none. @see RFC 8725 section 3.11 */
const OTHER_KINDS = /\+jwt$/i;

export type Claims = Readonly<Record<string, unknown>>;

/** A token taken apart, not yet believed. */
export interface UnverifiedIdToken {
  readonly jws: UnverifiedJws;
  readonly algorithm: IdTokenAlgorithm;
  readonly kid: string | null;
  /** What the token says its issuer is: only good for finding a registered provider. */
  readonly issuer: string;
}

export type IdTokenFailure =
  | { readonly why: 'malformed'; readonly what: string }
  | { readonly why: 'algorithm'; readonly algorithm: string }
  | { readonly why: 'unknown_key' }
  | { readonly why: 'signature' }
  | { readonly why: 'issuer' }
  | { readonly why: 'audience' }
  | { readonly why: 'subject' }
  | { readonly why: 'expired'; readonly atSeconds: number }
  | { readonly why: 'not_yet_valid' };

const malformed = (what: string) => failure({ why: 'malformed', what } as const);

/** Takes a token apart without believing it. Cheap, no cryptography, safe on any text. */
export function parseIdToken(text: string): Result<UnverifiedIdToken, IdTokenFailure> {
  if (text.length > MAX_ID_TOKEN_CHARACTERS) return malformed('too long');
  const jws = parseJws(text);
  if (!jws.ok) return malformed(jws.failure);
  const { header, payload } = jws.value;
  if (header.typ !== undefined && (typeof header.typ !== 'string' || OTHER_KINDS.test(header.typ))) {
    return malformed('another kind of token');
  }
  const algorithm = ID_TOKEN_ALGORITHMS.find((admitted) => admitted === header.alg);
  if (algorithm === undefined) return failure({ why: 'algorithm', algorithm: nameOf(header.alg) });
  if (header.kid !== undefined && typeof header.kid !== 'string') return malformed('key id');
  if (typeof payload.iss !== 'string' || payload.iss === '') return malformed('no issuer');
  return success({ jws: jws.value, algorithm, kid: header.kid ?? null, issuer: payload.iss });
}

const nameOf = (alg: unknown): string => (typeof alg === 'string' ? alg.slice(0, 32) : 'none of the names');

/** Finds the key a token names; without a name, the only one that fits. Keys in the token's own header are never looked at. */
export function chooseKey(token: UnverifiedIdToken, keys: IssuerKeys): Result<IssuerKey, IdTokenFailure> {
  if (!keys.algorithms.has(token.algorithm)) return failure({ why: 'algorithm', algorithm: token.algorithm });
  const fitting = keys.keys.filter(
    (key) => key.algorithms.has(token.algorithm) && (token.kid === null || key.kid === token.kid),
  );
  const [only] = fitting;
  return only !== undefined && fitting.length === 1 ? success(only) : failure({ why: 'unknown_key' });
}

/** Checks the signature. @returns the claims, now authentic but not yet judged */
export async function verifySignature(
  { jws, algorithm }: UnverifiedIdToken,
  key: CryptoKey,
): Promise<Result<Claims, IdTokenFailure>> {
  return (await verifyJws(jws, algorithm, key)) ? success(jws.payload) : failure({ why: 'signature' });
}

export interface IdTokenRules {
  readonly issuer: string;
  /** The client ids registered with the provider. */
  readonly clientIds: readonly string[];
  readonly nowSeconds: number;
}

/** What an ID token proves once it has passed. */
export interface VerifiedIdToken {
  readonly subject: string;
  /** The registered client id that the token is for. */
  readonly audience: string;
  readonly authorizedParty: string | null;
  readonly expiresAtSeconds: number;
  readonly claims: Claims;
}

/** Judges authentic claims: issuer, kind, audience, times, subject, in this order. */
export function checkClaims(claims: Claims, rules: IdTokenRules): Result<VerifiedIdToken, IdTokenFailure> {
  if (claims.iss !== rules.issuer) return failure({ why: 'issuer' });
  // Older logout tokens and security events have no type of their own, but always this claim (RFC 8417 section 2.2).
  if (claims.events !== undefined) return malformed('another kind of token');
  const audience = findAudience(claims, rules.clientIds);
  if (audience === null) return failure({ why: 'audience' });
  const times = checkTimes(claims, rules.nowSeconds);
  if (!times.ok) return times;
  const { sub } = claims;
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT_CHARACTERS)
    return failure({ why: 'subject' });
  const azp = typeof claims.azp === 'string' ? claims.azp : null;
  return success({ subject: sub, audience, authorizedParty: azp, expiresAtSeconds: times.value, claims });
}

/** With several audiences the token must say to which of ours it was issued (azp). */
function findAudience(claims: Claims, clientIds: readonly string[]): string | null {
  const { aud, azp } = claims;
  if (azp !== undefined && typeof azp !== 'string') return null;
  if (typeof aud === 'string') return clientIds.includes(aud) ? aud : null;
  if (!Array.isArray(aud) || !aud.every((entry) => typeof entry === 'string')) return null;
  const ours = aud.filter((entry) => clientIds.includes(entry));
  if (aud.length === 1) return ours[0] ?? null;
  return azp !== undefined && ours.includes(azp) ? azp : null;
}

/** @returns the expiry */
function checkTimes({ exp, nbf, iat }: Claims, nowSeconds: number): Result<number, IdTokenFailure> {
  if (!isNumericDate(exp) || !Number.isInteger(exp)) return malformed('exp');
  if (!isNumericDate(iat)) return malformed('iat');
  if (nbf !== undefined && !isNumericDate(nbf)) return malformed('nbf');
  if (exp + CLOCK_SKEW_SECONDS <= nowSeconds) return failure({ why: 'expired', atSeconds: exp });
  const latest = nowSeconds + CLOCK_SKEW_SECONDS;
  if (iat > latest || (nbf !== undefined && nbf > latest)) return failure({ why: 'not_yet_valid' });
  if (iat + MAX_ID_TOKEN_AGE_SECONDS + CLOCK_SKEW_SECONDS <= nowSeconds) {
    return failure({ why: 'expired', atSeconds: iat + MAX_ID_TOKEN_AGE_SECONDS });
  }
  return success(exp);
}

/** A NumericDate may have a fraction (RFC 7519 section 2); a string, NaN or infinity is none. */
const isNumericDate = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1e11;
