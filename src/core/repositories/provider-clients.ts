import type { AuditEvent } from '../audit/event.ts';

export interface ProviderClientRecord {
  readonly clientId: string;
  readonly createdAtSeconds: number;
}

/** Secrets of an account's own clients at its providers. They go in and never come out. */
export interface ProviderClients {
  /**
   * Keeps a secret, in place of the one before.
   * @throws Fault `no_such_entity` when the provider is gone or has no such client id
   */
  put(
    accountId: string,
    client: { readonly providerId: string; readonly clientId: string; readonly secret: string },
    event: AuditEvent,
  ): Promise<void>;
  /** @throws Fault `no_such_entity` */
  remove(accountId: string, providerId: string, clientId: string, event: AuditEvent): Promise<void>;
  /** At most as many as the provider has client ids. */
  list(accountId: string, providerId: string): Promise<readonly ProviderClientRecord[]>;
}
