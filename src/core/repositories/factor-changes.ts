import type { SignInIdentity } from '../sign-in/identity.ts';

/** What the trail calls a change of how somebody signs in. */
export const FACTOR_CHANGES = [
  'EnableMFADevice',
  'DeactivateMFADevice',
  'CreateRecoveryCodes',
  'ChangePassword',
  'CreateLoginProfile',
  'UpdateLoginProfile',
  'DeleteLoginProfile',
  'LinkIdentity',
  'UnlinkIdentity',
  'RecoverRoot',
] as const;

export interface FactorChange {
  readonly what: (typeof FACTOR_CHANGES)[number];
  readonly atSeconds: number;
  readonly sourceIp: string | null;
  /** The ARN of whoever did it; null for the person's own doing, and where nobody has an ARN. */
  readonly byOther: string | null;
  /** The session of the person that did it; null where it was none. */
  readonly sessionId: string | null;
}

/** What the audit trail holds of a person's sign-in: whoever changed it, the person gets to see it. */
export interface FactorChanges {
  /** @returns the newest first, those that happened alone */
  recent(identity: SignInIdentity, sinceSeconds: number, limit: number): Promise<readonly FactorChange[]>;
}
