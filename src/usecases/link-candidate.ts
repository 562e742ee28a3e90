/**
 * A login at a provider that an IAM user may link to itself: the browser holds it, sealed, between the provider's answer and the
 * person's last word. It is worth something in the session that began it alone.
 */
import { Fault } from '../core/faults.ts';
import type { OutsideIdentity } from '../core/repositories/identity-links.ts';
import { FRESH_SECONDS, type SignInSession } from '../core/sign-in/session.ts';
import { openFromBrowser, sealForBrowser } from './browser-seal.ts';
import type { Deps } from './deps.ts';

/** A login that was finished in this browser, whatever its protocol. */
export interface OutsideLogin extends OutsideIdentity {
  readonly accountId: string;
  /** ARN of the provider. */
  readonly provider: string;
  /** Provider and subject as sessions bear them, and revocations name them. */
  readonly borne: { readonly provider: string; readonly subject: string };
  /** What the provider calls the person. */
  readonly label: string;
  /** When the person signed in there, in seconds; null where the provider does not say. */
  readonly authAtSeconds: number | null;
}

/** Who began to link a login, and in which session. */
export interface LinkTicket {
  readonly sessionId: string;
  readonly userId: string;
}

/** How a login is begun, where it is not a plain one. */
export interface LoginManner {
  /** Of whoever wants to link it; the person then signs in anew. */
  readonly link?: LinkTicket | null;
  /** Whether the person signs in anew, whatever session the provider still has. */
  readonly anew?: boolean;
}

/** How a login to be linked was begun. */
export interface LinkBegun extends LinkTicket {
  readonly startedAtSeconds: number;
  /** Whether the provider must say when the person signed in. */
  readonly tellsWhen: boolean;
}

export interface LinkCandidate extends Omit<OutsideLogin, 'authAtSeconds'>, LinkTicket {
  readonly atSeconds: number;
}

/** How long the person may think. */
export const CANDIDATE_SECONDS = FRESH_SECONDS;
const SKEW_SECONDS = 60;

/**
 * @returns the value of a cookie
 * @throws Fault `access_denied` where the provider has vouched for a sign-in of earlier: a screen that was left open would do
 */
export async function sealCandidate(
  { authAtSeconds, ...login }: OutsideLogin,
  { sessionId, userId, startedAtSeconds, tellsWhen }: LinkBegun,
  nowSeconds: number,
  deps: Deps,
): Promise<string> {
  const isAnew = authAtSeconds === null ? !tellsWhen : authAtSeconds >= startedAtSeconds - SKEW_SECONDS;
  if (!isAnew) {
    const detail = { provider: login.provider, authAtSeconds };
    throw new Fault(
      'access_denied',
      'the provider has not asked you to sign in anew: sign out there first',
      detail,
    );
  }
  const candidate: LinkCandidate = { ...login, sessionId, userId, atSeconds: nowSeconds };
  return sealForBrowser('link', candidate, deps);
}

/** @returns null for none, a late one, and one that another session began */
export async function openCandidate(
  cookie: string | null,
  { sessionId, identity }: SignInSession,
  nowSeconds: number,
  deps: Deps,
): Promise<LinkCandidate | null> {
  const opened = await openFromBrowser('link', cookie, nowSeconds, deps);
  if (opened === null || identity.type !== 'user') return null;
  const candidate = opened as LinkCandidate; // authentic: only `sealCandidate` seals for this purpose
  const isOwn =
    candidate.sessionId === sessionId &&
    candidate.userId === identity.userId &&
    candidate.accountId === identity.accountId;
  return isOwn && nowSeconds - candidate.atSeconds < CANDIDATE_SECONDS ? candidate : null;
}
