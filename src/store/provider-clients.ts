import { and, asc, eq, sql } from 'drizzle-orm';
import type { Directory } from '../core/directory.ts';
import { Fault } from '../core/faults.ts';
import { type ProviderClient, providerClientBinding } from '../core/federation/provider-client.ts';
import type { Random } from '../core/ports.ts';
import type { ProviderClients } from '../core/repositories/provider-clients.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { providerClientsEntity } from './entity.ts';
import { readRows } from './read.ts';
import { providerClients } from './schema/federation.ts';
import { sealForRow } from './seal-secret.ts';
import type { Load } from './snapshot.ts';

export interface ProviderClientsOptions {
  readonly db: Database;
  readonly writer: BatchWriter;
  readonly directory: Directory;
  readonly random: Random;
}

export function createProviderClients(options: ProviderClientsOptions): ProviderClients {
  const { db, writer, directory, random } = options;
  const ofProvider = (accountId: string, providerId: string) =>
    and(eq(providerClients.accountId, accountId), eq(providerClients.providerId, providerId));

  return {
    async put(accountId, { providerId, clientId, secret }, event) {
      const binding = providerClientBinding(accountId, providerId, clientId);
      const sealedSecret = await sealForRow(await directory.keyring(), binding, secret, random);
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          required(db, 'found', hasClientId(accountId, providerId, clientId)),
          db
            .insert(providerClients)
            .values({ accountId, providerId, clientId, sealedSecret, createdAtSeconds })
            .onConflictDoUpdate({
              target: [providerClients.accountId, providerClients.providerId, providerClients.clientId],
              set: { sealedSecret, createdAtSeconds },
            }),
        ],
        entities: [providerClientsEntity(accountId, providerId)],
        event,
        faults: { found: () => noSuchClient(clientId) },
      });
    },

    async remove(accountId, providerId, clientId, event) {
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .delete(providerClients)
            .where(and(ofProvider(accountId, providerId), eq(providerClients.clientId, clientId))),
        ),
        entities: [providerClientsEntity(accountId, providerId)],
        event,
        faults: { found: () => noSuchClient(clientId) },
      });
    },

    list: (accountId, providerId) =>
      readRows(
        db,
        db
          .select({ clientId: providerClients.clientId, createdAtSeconds: providerClients.createdAtSeconds })
          .from(providerClients)
          .where(ofProvider(accountId, providerId))
          .orderBy(asc(providerClients.clientId)),
      ),
  };
}

/** SQL that is 1 where a provider is registered with a client id. */
const hasClientId = (accountId: string, providerId: string, clientId: string) =>
  sql`(select count(*) > 0 from oidc_providers, json_each(client_ids) as held where account_id = ${accountId} and provider_id = ${providerId} and held.value = ${clientId})`;

const noSuchClient = (clientId: string): Fault =>
  new Fault('no_such_entity', `The client id ${clientId} cannot be found at the provider.`);

/** The clients of a provider; the empty list is held too. */
export const providerClientsLoad = (
  db: Database,
  accountId: string,
  providerId: string,
): Load<readonly ProviderClient[]> => ({
  key: providerClientsEntity(accountId, providerId),
  queries: () => [
    db
      .select({ clientId: providerClients.clientId, sealedSecret: providerClients.sealedSecret })
      .from(providerClients)
      .where(and(eq(providerClients.accountId, accountId), eq(providerClients.providerId, providerId)))
      .orderBy(asc(providerClients.clientId)),
  ],
  read: ([rows]) => {
    const value = rows as ProviderClient[]; // the one query above
    return {
      value,
      entities: [providerClientsEntity(accountId, providerId)],
      bytes: 256 + value.length * 512,
    };
  },
});
