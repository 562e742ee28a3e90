import type { PolicyDocument } from '../policy/document.ts';
import type { MakeEvent, TagRecord } from './change.ts';
import type { Page, PageRequest } from './page.ts';

export interface RoleRecord {
  readonly roleId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  /** The trust policy as it is shown: a principal that is gone appears as its unique id. */
  readonly trustDocument: string;
  readonly maxSessionSeconds: number;
  readonly createdAtSeconds: number;
  readonly tags: readonly TagRecord[];
  readonly boundaryArn: string | null;
}

/** A trust policy that has been checked. */
export interface TrustPolicy {
  /** As it was written. */
  readonly text: string;
  readonly document: PolicyDocument;
}

/** A role that is to be made. */
export interface NewRole {
  readonly name: string;
  readonly path: string;
  readonly description: string;
  readonly trust: TrustPolicy;
  readonly maxSessionSeconds: number;
  readonly tags: readonly TagRecord[];
  readonly boundaryArn: string | null;
}

/**
 * IAM roles. The users and roles that a trust policy names are pinned to their unique ids when it is saved: whoever has such
 * a name later inherits nothing.
 */
export interface Roles {
  /**
   * @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` (tags), `no_such_entity` (the boundary),
   * `malformed_policy_document` (a principal that does not exist)
   */
  create(accountId: string, role: NewRole, event: MakeEvent): Promise<RoleRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, name: string): Promise<RoleRecord>;
  /** In order of their names in lower case. */
  list(accountId: string, pathPrefix: string, page: PageRequest): Promise<Page<RoleRecord>>;
  /** @throws Fault `no_such_entity` */
  update(
    accountId: string,
    name: string,
    change: { readonly description?: string; readonly maxSessionSeconds?: number },
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity`, `malformed_policy_document` (a principal that does not exist) */
  setTrust(accountId: string, name: string, trust: TrustPolicy, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`; `delete_conflict` while it has policies or stands in an instance profile */
  remove(accountId: string, name: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, name: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** Keys that it does not have are no error. @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, name: string, keys: readonly string[], event: MakeEvent): Promise<void>;
  /** @param arn - null removes the boundary. @throws Fault `no_such_entity` for role or policy */
  setBoundary(accountId: string, name: string, arn: string | null, event: MakeEvent): Promise<void>;
}
