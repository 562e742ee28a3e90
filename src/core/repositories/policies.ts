import type { MakeEvent, TagRecord } from './change.ts';
import type { Page, PageRequest } from './page.ts';

/** A managed policy: a customer's, or one of AWS's own. */
export interface PolicyRecord {
  readonly policyId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  readonly defaultVersion: number;
  readonly attachmentCount: number;
  readonly boundaryCount: number;
  readonly createdAtSeconds: number;
  readonly updatedAtSeconds: number;
  readonly tags: readonly TagRecord[];
}

export interface PolicyVersionRecord {
  readonly version: number;
  readonly isDefault: boolean;
  readonly createdAtSeconds: number;
  /** As it was written. */
  readonly document: string;
}

/** A managed policy that is to be made, as its version 1. */
export interface NewPolicy {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly document: string;
  readonly tags: readonly TagRecord[];
}

/** Which managed policies are listed. */
export interface PolicyFilter {
  readonly scope: 'All' | 'AWS' | 'Local';
  readonly onlyAttached: boolean;
  readonly pathPrefix: string;
  readonly usage: 'PermissionsPolicy' | 'PermissionsBoundary' | null;
}

/** Managed policies and their versions: five at most, of which one is in force. AWS's own can be read, never changed. */
export interface ManagedPolicies {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` (tags) */
  create(accountId: string, policy: NewPolicy, event: MakeEvent): Promise<PolicyRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, arn: string): Promise<PolicyRecord>;
  /** AWS's own first, then the account's, each in order of their names in lower case. */
  list(accountId: string, filter: PolicyFilter, page: PageRequest): Promise<Page<PolicyRecord>>;
  /** @throws Fault `no_such_entity`; `delete_conflict` while it is attached or has versions beside the default */
  remove(accountId: string, arn: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`; `limit_exceeded` past five versions; `concurrent_modification` */
  createVersion(
    accountId: string,
    arn: string,
    version: { readonly document: string; readonly setAsDefault: boolean },
    event: MakeEvent,
  ): Promise<PolicyVersionRecord>;
  /** @throws Fault `no_such_entity` */
  requireVersion(accountId: string, arn: string, version: number): Promise<PolicyVersionRecord>;
  /** Newest first; never more than five. @throws Fault `no_such_entity` */
  listVersions(accountId: string, arn: string): Promise<readonly PolicyVersionRecord[]>;
  /** @throws Fault `no_such_entity` */
  setDefaultVersion(accountId: string, arn: string, version: number, event: MakeEvent): Promise<void>;
  /** Nothing where there is no such policy, or it is AWS's own. */
  tagsOf(accountId: string, arn: string): Promise<readonly TagRecord[]>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, arn: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** Keys that it does not have are no error. @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, arn: string, keys: readonly string[], event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`; `delete_conflict` for the default version */
  removeVersion(accountId: string, arn: string, version: number, event: MakeEvent): Promise<void>;
}
