import type { Claims } from '../oidc/id-token.ts';
import type { ContextValue } from '../policy/types.ts';
import type { ContextEntry } from './request-context.ts';

const MAX_CLAIM_VALUES = 200;

/**
 * Every claim of a verified token as a condition key `PREFIX:claim`: text, numbers and booleans as one value, lists of them
 * as a multivalued key. Objects have no form in the policy language and are left out; `aud` is the registered audience that
 * the token was accepted for.
 * @param prefix - the issuer without its scheme
 */
export function claimContext(prefix: string, claims: Claims, audience: string): readonly ContextEntry[] {
  const entries: ContextEntry[] = [[`${prefix}:aud`, audience]];
  for (const [name, claim] of Object.entries(claims)) {
    const value = isHidden(name, claims) ? null : contextValue(claim);
    if (value !== null) entries.push([`${prefix}:${name}`, value]);
  }
  return entries;
}

/**
 * Keys ignore case and claims do not: a claim `SUB`, which people may choose at some issuers, must not stand in for `sub`.
 * An e-mail address that the issuer has not verified is anybody's, so no policy sees it.
 */
function isHidden(name: string, claims: Claims): boolean {
  const key = name.toLowerCase();
  if (key === 'email' && claims.email_verified !== true) return true;
  return key === 'aud' || (name !== key && Object.hasOwn(claims, key));
}

function contextValue(claim: unknown): ContextValue | null {
  if (!Array.isArray(claim)) return scalar(claim);
  if (claim.length > MAX_CLAIM_VALUES) return null;
  const values = claim.map(scalar);
  return values.every((value) => value !== null) ? values : null;
}

function scalar(claim: unknown): string | null {
  if (typeof claim === 'string') return claim;
  if (typeof claim === 'number' || typeof claim === 'boolean') return String(claim);
  return null;
}
