import type { AuditEvent } from '../audit/event.ts';

export interface MappingRulesRecord {
  /** As it was written. */
  readonly document: string;
  readonly updatedAtSeconds: number;
}

/** Mapping rules by the unique id of their provider; the document has been checked before. */
export interface MappingRulesStore {
  put(accountId: string, providerId: string, document: string, event: AuditEvent): Promise<void>;
  find(accountId: string, providerId: string): Promise<MappingRulesRecord | null>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, providerId: string, event: AuditEvent): Promise<void>;
}
