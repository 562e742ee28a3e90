import type { MakeEvent } from './change.ts';
import type { OneTimeValue } from './one-time.ts';

/** What one recovery of root does; no secret stands in it. */
export interface RootRecoveryPlan {
  readonly accountId: string;
  /** The account that the deployment was set up with: a token serves once, whichever account's root it recovers. */
  readonly deploymentAccountId: string;
  readonly token: OneTimeValue;
  /** The hash that the new one takes the place of. */
  readonly before: string;
  /** Of the password that is good for choosing another. */
  readonly passwordHash: string;
  /** When no session is left that root began before. */
  readonly revokedUntilSeconds: number;
  readonly event: MakeEvent;
}

export interface RootRecovery {
  /**
   * Gives root a new password that must be changed, takes every factor and recovery code from it, forgives wrong tries, and ends
   * all that root has begun: browser sessions, credentials, tokens. All or nothing.
   * @throws Fault `missing_authentication` where the token was used before, whoever races; `concurrent_modification` where root's
   * password changed meanwhile
   */
  recover(plan: RootRecoveryPlan): Promise<void>;
}
