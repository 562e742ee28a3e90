/**
 * An authorization request that waits for its person. It lives in a sealed cookie of the browser that brought it: who begins one
 * cannot let another's browser finish it.
 */
import { toBase64Url } from '../core/bytes.ts';
import type { AuthorizationRequest } from '../core/oauth/authorization-request.ts';
import { openFromBrowser, sealForBrowser } from './browser-seal.ts';
import type { Deps } from './deps.ts';

export interface AuthorizationUnderWay {
  /** Random; what the pages on the way call it. */
  readonly id: string;
  readonly accountId: string;
  readonly clientId: string;
  readonly request: AuthorizationRequest;
  readonly startedAtSeconds: number;
}

export const AUTHORIZATION_SECONDS = 900;
const ID_BYTES = 16;

export const newAuthorization = (
  of: Omit<AuthorizationUnderWay, 'id'>,
  { random }: Pick<Deps, 'random'>,
): AuthorizationUnderWay => ({ ...of, id: toBase64Url(random.bytes(ID_BYTES)) });

/** @returns the cookie's value */
export const sealAuthorization = (underWay: AuthorizationUnderWay, deps: Deps): Promise<string> =>
  sealForBrowser('authorization', underWay, deps);

/** @returns the request of this browser with this id; null where there is none, or it has waited too long */
export async function openAuthorization(
  cookie: string | null,
  id: string,
  nowSeconds: number,
  deps: Deps,
): Promise<AuthorizationUnderWay | null> {
  const opened = await openFromBrowser('authorization', cookie, nowSeconds, deps);
  if (opened === null) return null;
  const underWay = opened as AuthorizationUnderWay; // authentic: only `sealAuthorization` seals for this purpose
  const late = nowSeconds - underWay.startedAtSeconds >= AUTHORIZATION_SECONDS;
  return late || underWay.id !== id ? null : underWay;
}
