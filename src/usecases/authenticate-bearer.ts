import {
  accessTokenKeyId,
  type VerifiedAccessToken,
  verifyAccessToken,
} from '../core/credentials/access-token.ts';
import { Fault } from '../core/faults.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { findSessionCaller } from './session-caller.ts';

/** An access token of ours and whom it speaks for now. */
export interface BearerCaller {
  readonly caller: Caller;
  readonly token: VerifiedAccessToken;
}

/**
 * Reads an access token of this deployment, whatever its audience.
 * @returns null for one that cannot be believed, or whose session has ended
 */
export async function findBearer(text: string, nowSeconds: number, deps: Deps): Promise<BearerCaller | null> {
  const keyId = accessTokenKeyId(text);
  const keyring = keyId === null ? null : await deps.directory.keyring(keyId);
  if (keyring === null) return null;
  const token = await verifyAccessToken(text, keyring, deps.settings.issuer, nowSeconds);
  if (token === null) return null;
  const shown = { accessKeyId: null, tokenId: token.tokenId, nowSeconds };
  const caller = await findSessionCaller(deps.directory, token.session, shown);
  return caller === null ? null : { caller, token };
}

/**
 * The caller of Daypass's own API by bearer token. The token must be meant for Daypass: one that was issued for an app would
 * otherwise let that app act here in its user's name.
 * @throws Fault `missing_authentication`
 */
export async function authenticateBearer(text: string, nowSeconds: number, deps: Deps): Promise<Caller> {
  const bearer = await findBearer(text, nowSeconds, deps);
  // A token that is bound to a key proves nothing without the proof, which no door reads yet.
  if (bearer?.token.audience === deps.settings.issuer && bearer.token.keyThumbprint === null)
    return bearer.caller;
  throw new Fault('missing_authentication', 'the bearer token is not valid here');
}
