import type { SignInOwner } from '../sign-in/identity.ts';
import type { MakeEvent } from './change.ts';

/** Recovery codes, by their hashes. */
export interface RecoveryCodes {
  /** Puts new ones in the place of all there were. */
  replace(
    accountId: string,
    owner: SignInOwner,
    codeHashes: readonly string[],
    event: MakeEvent,
  ): Promise<void>;
  /** @returns how many are left */
  count(accountId: string, owner: SignInOwner): Promise<number>;
  /** @returns true for the first use of a code that is the person's, false for every other, whoever races */
  use(accountId: string, owner: SignInOwner, codeHash: string, nowSeconds: number): Promise<boolean>;
}
