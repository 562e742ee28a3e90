/** A browser that is signed in, and what its age allows. */
import type { SecurityPreset } from '../passwords/rules.ts';
import type { SignInIdentity } from './identity.ts';

export interface SignInSession {
  /** Public id, for lists and the trail; it stays when the cookie changes. */
  readonly sessionId: string;
  readonly identity: SignInIdentity;
  /** How the person proved who they are. @see RFC 8176 */
  readonly amr: readonly string[];
  /** When they last did. */
  readonly authAtSeconds: number;
  /** When a second factor, or a passkey that verified its user, was last proved; null where none was. */
  readonly mfaAtSeconds: number | null;
  readonly createdAtSeconds: number;
  readonly lastSeenAtSeconds: number;
  readonly expiresAtSeconds: number;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
}

/** How long sign-in sessions live. */
export interface SignInLimits {
  /** Seconds without a request after which one ends. */
  readonly idleSeconds: number;
  /** Seconds after which one ends whatever happens. */
  readonly maxSeconds: number;
}

/** @see PCI DSS 4.0.1 requirement 8.2.8 */
const PCI_IDLE_SECONDS = 900;

/** @returns the deployment's limits, or what the account's preset leaves of them */
export const limitsUnder = (preset: SecurityPreset | null, limits: SignInLimits): SignInLimits =>
  preset === 'PCI' ? { ...limits, idleSeconds: Math.min(limits.idleSeconds, PCI_IDLE_SECONDS) } : limits;

/** Factors change only this soon after the person proved who they are. */
export const FRESH_SECONDS = 300;

export const isAlive = (
  session: Pick<SignInSession, 'lastSeenAtSeconds' | 'expiresAtSeconds'>,
  nowSeconds: number,
  { idleSeconds }: SignInLimits,
): boolean => nowSeconds < session.expiresAtSeconds && nowSeconds - session.lastSeenAtSeconds < idleSeconds;

/** Whether the person has proved who they are just now. */
export const isFresh = (session: Pick<SignInSession, 'authAtSeconds'>, nowSeconds: number): boolean =>
  nowSeconds - session.authAtSeconds < FRESH_SECONDS;

/** Root may do nothing but enrol a second factor before it has proved one. */
export const isHeldBack = ({ identity, mfaAtSeconds }: SignInSession): boolean =>
  identity.type === 'root' && mfaAtSeconds === null;

/**
 * The authentication context class: what a token or a step-up challenge calls the strength of a sign-in.
 * `urn:daypass:acr:mfa` needs two factors, or a passkey that verified its user.
 * @see RFC 9470
 */
export const ACR_MFA = 'urn:daypass:acr:mfa';
export const ACR_SINGLE = 'urn:daypass:acr:single';
export const acrOf = ({ mfaAtSeconds }: Pick<SignInSession, 'mfaAtSeconds'>): string =>
  mfaAtSeconds === null ? ACR_SINGLE : ACR_MFA;
