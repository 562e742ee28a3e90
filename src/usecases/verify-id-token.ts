import type { OidcProvider } from '../core/account.ts';
import { Fault } from '../core/faults.ts';
import {
  checkClaims,
  chooseKey,
  type IdTokenFailure,
  type UnverifiedIdToken,
  type VerifiedIdToken,
  verifySignature,
} from '../core/oidc/id-token.ts';
import type { IssuerKeys } from '../core/oidc/key-set.ts';
import type { Deps } from './deps.ts';

/** Where a token comes from. */
export interface IdTokenSource {
  /** Found by the token's own issuer, by exact comparison. */
  readonly provider: OidcProvider;
  /** The issuer whose keys sign it. */
  readonly keysOf: string;
}

/**
 * Verifies an ID token of a registered provider. The provider is found before anything is fetched: an issuer that only a
 * token names is never asked.
 * @throws Fault `invalid_identity_token`, `expired_identity_token`, `idp_communication_error` (the issuer's keys cannot be had
 * just now)
 */
export async function verifyIdToken(
  token: UnverifiedIdToken,
  { provider, keysOf }: IdTokenSource,
  nowSeconds: number,
  deps: Deps,
): Promise<VerifiedIdToken> {
  if (token.issuer === deps.settings.issuer) throw ownToken();
  const { keys, key } = await findKey(token, keysOf, deps);
  const claims = await verifySignature(token, await importKey(keys, key, token));
  if (!claims.ok) throw tokenFault(claims.failure);
  const { clientIds } = provider;
  const verified = checkClaims(claims.value, { issuer: token.issuer, clientIds, nowSeconds });
  if (!verified.ok) throw tokenFault(verified.failure);
  return verified.value;
}

/** As in AWS, a token for outside services begins no session with us: chains and their limits would not hold. */
const ownToken = (): Fault =>
  new Fault('invalid_identity_token', 'a token of this deployment begins no session here');

async function findKey(token: UnverifiedIdToken, issuer: string, deps: Deps) {
  const keys = await reach(() => deps.issuerKeys.keysOf(issuer), issuer);
  const key = chooseKey(token, keys);
  if (key.ok) return { keys, key: key.value };
  if (key.failure.why !== 'unknown_key') throw tokenFault(key.failure);
  const renewed = await reach(() => deps.issuerKeys.keysAfterUnknown(issuer), issuer);
  const found = chooseKey(token, renewed);
  if (!found.ok) throw tokenFault(found.failure);
  return { keys: renewed, key: found.value };
}

async function reach(ask: () => Promise<IssuerKeys>, issuer: string): Promise<IssuerKeys> {
  try {
    return await ask();
  } catch (error) {
    throw new Fault(
      'idp_communication_error',
      'the identity provider could not be reached to verify the token',
      {
        issuer,
        reason: String(error),
      },
    );
  }
}

async function importKey(keys: IssuerKeys, key: IssuerKeys['keys'][number], token: UnverifiedIdToken) {
  try {
    return await keys.import(key, token.algorithm);
  } catch {
    throw tokenFault({ why: 'unknown_key' });
  }
}

const MESSAGES: Readonly<Record<Exclude<IdTokenFailure['why'], 'expired'>, string>> = {
  malformed: 'the token is not an ID token that can be read',
  algorithm: 'the token is signed with an algorithm that its provider does not use',
  unknown_key: 'the key that signed the token is not among the keys of its provider',
  signature: 'the token signature failed validation',
  issuer: 'the token is from another issuer',
  audience: 'incorrect token audience',
  subject: 'the token has no usable subject',
  not_yet_valid: 'the token is not valid yet',
};

/** @returns the refusal of a token; its detail never holds the token */
export function tokenFault(failure: IdTokenFailure): Fault {
  if (failure.why === 'expired')
    return new Fault('expired_identity_token', 'the token has expired', { ...failure });
  return new Fault('invalid_identity_token', MESSAGES[failure.why], { ...failure });
}
