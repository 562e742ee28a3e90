import type { MakeEvent } from './change.ts';

/** What an account asks of its users' passwords. */
export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireSymbols: boolean;
  readonly requireNumbers: boolean;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly allowUsersToChange: boolean;
  /** Null where passwords do not expire. */
  readonly maxAgeDays: number | null;
  /** How many earlier passwords may not be used again; null where all may. */
  readonly reusePrevention: number | null;
  /** Whether somebody whose password has expired needs an administrator to set a new one. */
  readonly hardExpiry: boolean;
}

/** The password policy of each account; without one the defaults of AWS hold. */
export interface PasswordPolicies {
  /** @throws Fault `no_such_entity` where the account has set none */
  requirePasswordPolicy(accountId: string): Promise<PasswordPolicy>;
  /** Puts a whole policy in the place of the one there is. */
  setPasswordPolicy(accountId: string, policy: PasswordPolicy, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` where the account has set none */
  removePasswordPolicy(accountId: string, event: MakeEvent): Promise<void>;
}
