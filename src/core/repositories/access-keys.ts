import type { AuditEvent } from '../audit/event.ts';

/** A long-term key, without its secret. */
export interface AccessKeyRecord {
  readonly accessKeyId: string;
  readonly userName: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAtSeconds: number;
}

/** A key just made: the only moment at which its secret can be told. */
export interface NewAccessKey extends AccessKeyRecord {
  readonly secretAccessKey: string;
}

/** Long-term access keys: at most two per user, held by the database under any concurrency. */
export interface AccessKeys {
  /** @throws Fault `no_such_entity`, `limit_exceeded` */
  create(
    accountId: string,
    userName: string,
    event: (elements: Readonly<Record<string, unknown>>) => AuditEvent,
  ): Promise<NewAccessKey>;
  list(accountId: string, userName: string): Promise<readonly AccessKeyRecord[]>;
  /** @throws Fault `no_such_entity` */
  setStatus(
    accountId: string,
    userName: string,
    accessKeyId: string,
    status: AccessKeyRecord['status'],
    event: AuditEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, userName: string, accessKeyId: string, event: AuditEvent): Promise<void>;
}
