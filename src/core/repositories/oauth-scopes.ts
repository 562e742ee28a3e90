import type { AuditEvent } from '../audit/event.ts';
import type { ScopeRecord } from '../oauth/scope.ts';

/** Named sets of permissions of an account. */
export interface OAuthScopes {
  /** @throws Fault `entity_already_exists`, `limit_exceeded` */
  register(accountId: string, scope: ScopeRecord, event: AuditEvent): Promise<void>;
  /** Tokens that were issued with it keep what it said then. @throws Fault `no_such_entity` */
  remove(accountId: string, scope: string, event: AuditEvent): Promise<void>;
  /** At most as many as the quota, by name. */
  list(accountId: string): Promise<readonly ScopeRecord[]>;
}
