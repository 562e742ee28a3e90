import type { AuditEvent } from '../audit/event.ts';
import type { TrustPolicy } from './roles.ts';

export interface TrustTrialRecord {
  /** As it was written. */
  readonly document: string;
  readonly createdAtSeconds: number;
}

/** A role's trust policy on trial: at most one, in place of the one before. */
export interface TrustTrials {
  /** @throws Fault `no_such_entity`, `malformed_policy_document` for a principal that should be here and is not */
  put(accountId: string, roleId: string, trust: TrustPolicy, event: AuditEvent): Promise<void>;
  find(accountId: string, roleId: string): Promise<TrustTrialRecord | null>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, roleId: string, event: AuditEvent): Promise<void>;
}
