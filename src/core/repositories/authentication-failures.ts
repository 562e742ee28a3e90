import type { FactorOwner } from '../mfa/device.ts';

/** What can be guessed. */
export type Factor = 'mfa' | 'password';

/** Wrong tries before a factor is locked, and for how long. @see PCI DSS 4.0.1, 8.3.4 */
export const MAX_FAILURES = 10;
export const LOCK_SECONDS = 30 * 60;

/**
 * Counts wrong passwords and codes. A try is counted before it is checked, so that of many at once no more are checked than
 * may be; a good one sets the count back.
 */
export interface AuthenticationFailures {
  /**
   * Begins a try.
   * @param owner - null for a name that nobody has: counted, so that it costs the same, but never locked
   * @returns false while the factor is locked: the try must then be refused, whatever it says
   */
  begin(accountId: string, owner: FactorOwner | null, factor: Factor, nowSeconds: number): Promise<boolean>;
  /** Forgets the wrong tries: after a good one, a reset, or root's recovery. */
  forgive(accountId: string, owner: FactorOwner, factor: Factor): Promise<void>;
}
