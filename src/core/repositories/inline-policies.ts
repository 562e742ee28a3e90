import type { MakeEvent } from './change.ts';
import type { PolicyOwner } from './owner.ts';
import type { Page, PageRequest } from './page.ts';

export interface InlinePolicyRecord {
  /** The owner's name as it was made. */
  readonly ownerName: string;
  readonly name: string;
  /** As it was written. */
  readonly document: string;
}

/** Policies embedded in a user, group or role. Their size together, white space not counted, is the database's to hold. */
export interface InlinePolicies {
  /**
   * Adds or replaces.
   * @throws Fault `no_such_entity`; `limit_exceeded` where the owner's documents together become too large
   */
  put(
    accountId: string,
    owner: PolicyOwner,
    policy: { readonly name: string; readonly document: string },
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, owner: PolicyOwner, name: string): Promise<InlinePolicyRecord>;
  /** Names, in order without case. @throws Fault `no_such_entity` */
  list(accountId: string, owner: PolicyOwner, page: PageRequest): Promise<Page<string>>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, owner: PolicyOwner, name: string, event: MakeEvent): Promise<void>;
}
