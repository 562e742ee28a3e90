import type { MakeEvent } from './change.ts';
import type { PolicyOwner } from './owner.ts';
import type { Page, PageRequest } from './page.ts';

export interface AttachedPolicyRecord {
  readonly name: string;
  readonly arn: string;
}

/** Someone that a managed policy is attached to, or is the boundary of. */
export interface PolicyHolderRecord {
  readonly type: PolicyOwner['type'];
  readonly id: string;
  readonly name: string;
}

/** Whose policy it is: attached, or as a boundary. */
export interface HolderFilter {
  readonly type: PolicyOwner['type'] | null;
  readonly usage: 'PermissionsPolicy' | 'PermissionsBoundary' | null;
  readonly pathPrefix: string;
}

/** Managed policies attached to users, groups and roles: ten each at most. */
export interface Attachments {
  /** Attaching what is attached changes nothing. @throws Fault `no_such_entity`, `limit_exceeded` */
  attach(accountId: string, owner: PolicyOwner, arn: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` */
  detach(accountId: string, owner: PolicyOwner, arn: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` */
  list(
    accountId: string,
    owner: PolicyOwner,
    pathPrefix: string,
    page: PageRequest,
  ): Promise<Page<AttachedPolicyRecord>>;
  /** Groups, then roles, then users, each in order of their names without case. @throws Fault `no_such_entity` */
  holders(
    accountId: string,
    arn: string,
    filter: HolderFilter,
    page: PageRequest,
  ): Promise<Page<PolicyHolderRecord>>;
}
