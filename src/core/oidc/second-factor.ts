import type { OidcProvider } from '../account.ts';
import type { Claims } from './id-token.ts';

/**
 * Whether what a token says of how somebody signed in counts as a second factor: only where the account has said which values of
 * `amr` and `acr` do, for any issuer can write any of them.
 * @returns when the person signed in, in seconds, never later than now; null where nothing counts or the token does not say when
 * @see OpenID Connect Core 1.0 section 2, RFC 8176
 */
export function oidcMfaAtSeconds(
  { mfaAmrValues, mfaAcrValues }: Pick<OidcProvider, 'mfaAmrValues' | 'mfaAcrValues'>,
  { amr, acr, auth_time }: Claims,
  nowSeconds: number,
): number | null {
  const methods = Array.isArray(amr) ? amr : [];
  const counts =
    methods.some((method) => mfaAmrValues.includes(method)) ||
    (typeof acr === 'string' && mfaAcrValues.includes(acr));
  const atSeconds = counts ? authTimeOf(auth_time) : null;
  return atSeconds === null ? null : Math.min(atSeconds, nowSeconds);
}

/** @returns null for what no session can carry: no number, none that JSON writes exactly, or no moment since 1970 */
export function authTimeOf(claim: unknown): number | null {
  const seconds = typeof claim === 'number' ? Math.floor(claim) : Number.NaN;
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : null;
}
