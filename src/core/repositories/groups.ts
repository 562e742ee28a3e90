import type { MakeEvent } from './change.ts';
import type { Page, PageRequest } from './page.ts';
import type { UserRecord } from './users.ts';

export interface GroupRecord {
  readonly groupId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAtSeconds: number;
}

/** Groups of users. A user is in ten at most. */
export interface Groups {
  /** @throws Fault `entity_already_exists`, `limit_exceeded` */
  create(
    accountId: string,
    group: { readonly name: string; readonly path: string },
    event: MakeEvent,
  ): Promise<GroupRecord>;
  find(accountId: string, name: string): Promise<GroupRecord | null>;
  /** @throws Fault `no_such_entity` */
  require(accountId: string, name: string): Promise<GroupRecord>;
  /** In order of their names in lower case. */
  list(accountId: string, pathPrefix: string, page: PageRequest): Promise<Page<GroupRecord>>;
  /** Changes name or path; the unique id stays. @throws Fault `no_such_entity`, `entity_already_exists` */
  update(
    accountId: string,
    name: string,
    change: { readonly name?: string; readonly path?: string },
    event: MakeEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity`; `delete_conflict` while it has members or policies */
  remove(accountId: string, name: string, event: MakeEvent): Promise<void>;
  /** Adding a member again changes nothing. @throws Fault `no_such_entity`, `limit_exceeded` */
  addUser(accountId: string, name: string, userName: string, event: MakeEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, also for a user that is no member */
  removeUser(accountId: string, name: string, userName: string, event: MakeEvent): Promise<void>;
  /** In order of the users' names in lower case. */
  members(accountId: string, groupId: string, page: PageRequest): Promise<Page<UserRecord>>;
  /** @throws Fault `no_such_entity` */
  ofUser(accountId: string, userName: string, page: PageRequest): Promise<Page<GroupRecord>>;
}
