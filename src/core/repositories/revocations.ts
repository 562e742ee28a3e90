import type { AuditEvent } from '../audit/event.ts';
import type { Mark } from '../revocation/marks.ts';

/** A revocation that is to be written. */
export interface NewRevocation {
  /** As `sortMarks` orders them. */
  readonly marks: readonly Mark[];
  readonly issuedUntilSeconds: number;
  readonly expiresAtSeconds: number;
}

/** Revocations of sessions: written once, never taken back, gone when no session is left that they could touch. */
export interface Revocations {
  /**
   * Binds at once in this isolate, and everywhere within the freshness bound. One that is there already, or reaches further,
   * stays as it is.
   */
  revoke(accountId: string, revocation: NewRevocation, event: AuditEvent): Promise<void>;
  /** Removes what has expired. */
  sweep(nowSeconds: number): Promise<void>;
}
