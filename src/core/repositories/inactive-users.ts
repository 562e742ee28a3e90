import type { MakeEvent } from './change.ts';

/** A user that nobody has used for long. */
export interface InactiveUser {
  readonly accountId: string;
  readonly userId: string;
  readonly userName: string;
}

/**
 * Users of accounts that go by PCI's numbers. Used is who did anything that succeeded, by whatever way, and who was made, given a
 * password or given an access key since. Root is none of them, and of those with AdministratorAccess one always stays.
 * @see PCI DSS 4.0.1 requirement 8.2.6
 */
export interface InactiveUsers {
  find(sinceSeconds: number, limit: number): Promise<readonly InactiveUser[]>;
  /**
   * Disables one: it cannot sign in until it is given a new password, and its access keys are inactive until they are switched on.
   * @throws Fault `concurrent_modification` where it was used meanwhile, or is the last administrator
   */
  disable(user: InactiveUser, sinceSeconds: number, event: MakeEvent): Promise<void>;
}
