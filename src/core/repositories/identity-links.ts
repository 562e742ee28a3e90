import type { MakeEvent } from './change.ts';

/** An outside login: the provider's unique id, and the provider's own id of the person. Never an e-mail address. */
export interface OutsideIdentity {
  readonly providerId: string;
  readonly subject: string;
}

export interface IdentityLinkRecord extends OutsideIdentity {
  readonly userId: string;
  /** What the provider called the person; it decides nothing. */
  readonly label: string;
  readonly linkedAtSeconds: number;
}

/** As the person who links it, and whoever looks after them, may have. */
export const MAX_LINKS_PER_USER = 10;

/** Outside logins that IAM users have linked to themselves. */
export interface IdentityLinks {
  /** @throws Fault `entity_already_exists` where somebody has it already, `limit_exceeded`, `no_such_entity` for a user or provider that is gone */
  link(
    accountId: string,
    link: Pick<IdentityLinkRecord, 'providerId' | 'subject' | 'userId' | 'label'>,
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity` where it is not linked to this user */
  unlink(accountId: string, identity: OutsideIdentity, userId: string, event: MakeEvent): Promise<void>;
  find(accountId: string, identity: OutsideIdentity): Promise<IdentityLinkRecord | null>;
  /** At most ten: the limit. */
  listOf(accountId: string, userId: string): Promise<readonly IdentityLinkRecord[]>;
}
