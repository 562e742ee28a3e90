import type { AuditEvent } from '../audit/event.ts';

/** What setup makes; secrets stand here once and nowhere else. */
export interface SetupPlan {
  readonly accountId: string;
  readonly accountAlias: string | null;
  readonly rootEmail: string;
  readonly rootPassword: string;
  readonly adminUserId: string;
  readonly adminUserName: string;
  readonly adminAccessKeyId: string;
  readonly adminSecret: string;
  readonly event: AuditEvent;
  readonly nowSeconds: number;
}

export interface Setup {
  /**
   * Makes account, root, administrator and keyring, all or nothing.
   * @throws Fault `already_set_up`: exactly one of many at once succeeds
   */
  setUp(plan: SetupPlan): Promise<void>;
  /** Whether D1 answers and each kind of key is active, read anew. */
  isReady(): Promise<boolean>;
  /** Removes one-time values past their expiry and change-log rows that every isolate has seen. */
  sweep(nowSeconds: number): Promise<void>;
}
