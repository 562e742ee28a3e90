import type { MakeEvent, TagRecord } from './change.ts';
import type { Page, PageRequest } from './page.ts';

export interface UserRecord {
  readonly userId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAtSeconds: number;
  readonly tags: readonly TagRecord[];
  readonly boundaryArn: string | null;
  /** Last sign-in with a password; null where there was none. */
  readonly passwordLastUsedAtSeconds: number | null;
}

/** A user that is to be made. */
export interface NewUser {
  readonly name: string;
  readonly path: string;
  readonly tags: readonly TagRecord[];
  readonly boundaryArn: string | null;
}

/** IAM users. Names compare without case; uniqueness and quota are the database's, under any concurrency. */
export interface Users {
  /** @throws Fault `entity_already_exists`, `limit_exceeded`, `invalid_input` (tags), `no_such_entity` (the boundary) */
  create(accountId: string, user: NewUser, event: MakeEvent): Promise<UserRecord>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, name: string): Promise<UserRecord>;
  /** In order of their names in lower case. */
  list(accountId: string, pathPrefix: string, page: PageRequest): Promise<Page<UserRecord>>;
  /**
   * Changes name or path; the unique id stays.
   * @throws Fault `no_such_entity`, `entity_already_exists`
   */
  update(
    accountId: string,
    name: string,
    change: { readonly name?: string; readonly path?: string },
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity`; `delete_conflict` while it has keys, memberships or policies */
  remove(accountId: string, name: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `invalid_input`, `limit_exceeded`, `concurrent_modification` */
  tag(accountId: string, name: string, tags: readonly TagRecord[], event: MakeEvent): Promise<void>;
  /** Keys that it does not have are no error. @throws Fault `no_such_entity`, `concurrent_modification` */
  untag(accountId: string, name: string, keys: readonly string[], event: MakeEvent): Promise<void>;
  /** @param arn - null removes the boundary. @throws Fault `no_such_entity` for user or policy */
  setBoundary(accountId: string, name: string, arn: string | null, event: MakeEvent): Promise<void>;
}
