import type { GroupRecord } from './groups.ts';
import type { InstanceProfileRecord } from './instance-profiles.ts';
import type { PolicyOwner } from './owner.ts';
import type { Page, PageRequest } from './page.ts';
import type { PolicyRecord, PolicyVersionRecord } from './policies.ts';
import type { RoleRecord } from './roles.ts';
import type { UserRecord } from './users.ts';

/** An inline policy, its document as it was written. */
export interface InlinePolicyRecord {
  readonly name: string;
  readonly document: string;
}

/** The policies that an owner has itself, in order of their names without case. */
export interface OwnPolicies {
  readonly inline: readonly InlinePolicyRecord[];
  readonly attached: readonly { readonly name: string; readonly arn: string }[];
}

/** One entity of an account with all that belongs to it. */
export type AccountDetail =
  | {
      readonly kind: 'user';
      readonly user: UserRecord;
      readonly own: OwnPolicies;
      readonly groupNames: readonly string[];
    }
  | { readonly kind: 'group'; readonly group: GroupRecord; readonly own: OwnPolicies }
  | {
      readonly kind: 'role';
      readonly role: RoleRecord;
      readonly own: OwnPolicies;
      readonly profiles: readonly InstanceProfileRecord[];
    }
  | {
      readonly kind: 'policy';
      readonly policy: PolicyRecord;
      readonly versions: readonly PolicyVersionRecord[];
    };

/** What is listed, in the order in which it is. AWS's own policies are those that are in use. */
export const DETAIL_SECTIONS = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const;
export type DetailSection = (typeof DETAIL_SECTIONS)[number];

/** A policy that speaks for an entity: managed where it has an ARN, else inline of its owner. */
export interface EntityPolicy {
  readonly name: string;
  readonly arn: string | null;
  readonly document: string;
  readonly owner: PolicyOwner;
}

/** An account's entities with their policies, for those who audit it. */
export interface AccountDetails {
  /** Pages may be shorter than asked for, even empty, while more follows. */
  list(
    accountId: string,
    sections: ReadonlySet<DetailSection>,
    page: PageRequest,
  ): Promise<Page<AccountDetail>>;
  /** The policies of an owner, and for a user those of its groups. @throws Fault `no_such_entity` */
  policiesOf(accountId: string, owner: PolicyOwner): Promise<readonly EntityPolicy[]>;
}
