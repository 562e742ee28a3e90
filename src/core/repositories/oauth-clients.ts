import type { AuditEvent } from '../audit/event.ts';
import type { ClientSecret, ClientSettings, OAuthClient } from '../oauth/client.ts';
import type { NewRevocation } from './revocations.ts';

/** Applications registered with an account. */
export interface OAuthClients {
  /** @throws Fault `limit_exceeded` */
  register(client: OAuthClient, event: AuditEvent): Promise<void>;
  /** Replaces what is said of a client. @throws Fault `no_such_entity`, `concurrent_modification` */
  update(client: OAuthClient, settings: ClientSettings, event: AuditEvent): Promise<void>;
  /** @throws Fault `no_such_entity`, `concurrent_modification` when the secrets are no more those of `client` */
  replaceSecrets(client: OAuthClient, secrets: readonly ClientSecret[], event: AuditEvent): Promise<void>;
  /**
   * Its refresh tokens and consents go with it.
   * @param revocation - of what it was given and of what was made from that
   * @throws Fault `no_such_entity`
   */
  remove(
    client: Pick<OAuthClient, 'accountId' | 'clientId'>,
    revocation: NewRevocation,
    event: AuditEvent,
  ): Promise<void>;
  /** At most as many as the quota, by id. */
  list(accountId: string): Promise<readonly OAuthClient[]>;
}
