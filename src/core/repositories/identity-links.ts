import type { MakeEvent } from './change.ts';

/** An outside identity: the provider's unique id and the provider's own id of the person. Never an e-mail address. */
export interface OutsideIdentity {
  readonly providerId: string;
  readonly subject: string;
}

export interface IdentityLinkRecord extends OutsideIdentity {
  readonly userId: string;
  readonly linkedAtSeconds: number;
}

/** Outside identities that IAM users have linked to themselves. */
export interface IdentityLinks {
  /** @throws Fault `entity_already_exists` where somebody has it already, `limit_exceeded`, `no_such_entity` for a user that is gone */
  link(accountId: string, identity: OutsideIdentity, userId: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` where it is not linked to this user */
  unlink(accountId: string, identity: OutsideIdentity, userId: string, event: MakeEvent): Promise<void>;
  find(accountId: string, identity: OutsideIdentity): Promise<IdentityLinkRecord | null>;
  /** At most ten: the limit. */
  listOf(accountId: string, userId: string): Promise<readonly IdentityLinkRecord[]>;
}
