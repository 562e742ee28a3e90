import type { MakeEvent, TagRecord } from './change.ts';
import type { Page, PageRequest } from './page.ts';
import type { RoleRecord } from './roles.ts';

export interface InstanceProfileRecord {
  readonly profileId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAtSeconds: number;
  readonly tags: readonly TagRecord[];
  readonly role: RoleRecord | null;
}

/** An instance profile that is to be made. */
export interface NewInstanceProfile {
  readonly name: string;
  readonly path: string;
  readonly tags: readonly TagRecord[];
}

/** What policies see of an instance profile. */
export type InstanceProfileTarget = Pick<InstanceProfileRecord, 'arn' | 'tags'>;

/** Instance profiles: names under which one role each is given to machines. */
export interface InstanceProfiles {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` (tags) */
  create(accountId: string, profile: NewInstanceProfile, event: MakeEvent): Promise<InstanceProfileRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, name: string): Promise<InstanceProfileRecord>;
  /** Without its role. @returns null where there is none of that name */
  find(accountId: string, name: string): Promise<InstanceProfileTarget | null>;
  /** In order of their names in lower case. */
  list(accountId: string, pathPrefix: string, page: PageRequest): Promise<Page<InstanceProfileRecord>>;
  /** In order of their names in lower case. @throws Fault `no_such_entity` for the role */
  listForRole(accountId: string, roleName: string, page: PageRequest): Promise<Page<InstanceProfileRecord>>;
  /** @throws Fault `no_such_entity`; `delete_conflict` while it has a role */
  remove(accountId: string, name: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` for either; `limit_exceeded` where it has a role, be it the same */
  addRole(accountId: string, name: string, roleName: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity` for either, or where it does not have the role */
  removeRole(accountId: string, name: string, roleName: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, name: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** Keys that it does not have are no error. @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, name: string, keys: readonly string[], event: MakeEvent): Promise<void>;
}
