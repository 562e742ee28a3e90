import type { AuditEvent } from '../audit/event.ts';

export interface AudienceRecord {
  readonly audience: string;
  readonly createdAtSeconds: number;
}

/** Audiences that an account's access tokens may be issued for. */
export interface Audiences {
  /** @throws Fault `entity_already_exists`, `limit_exceeded` */
  register(accountId: string, audience: string, event: AuditEvent): Promise<void>;
  /** @throws Fault `no_such_entity` */
  deregister(accountId: string, audience: string, event: AuditEvent): Promise<void>;
  /** At most 1,000: the quota. */
  list(accountId: string): Promise<readonly AudienceRecord[]>;
}
