import { and, asc, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { clientArn, type OAuthClient } from '../core/oauth/client.ts';
import type { OAuthClients } from '../core/repositories/oauth-clients.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { removeConsentsTo } from './consents.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { oauthClientEntity, revocationsEntity } from './entity.ts';
import { readRows } from './read.ts';
import { endFamiliesOfClient } from './refresh-families.ts';
import { revokeQueries } from './revocations.ts';
import { oauthClients } from './schema/oauth.ts';
import type { Load } from './snapshot.ts';

const row = (accountId: string, clientId: string) =>
  and(eq(oauthClients.accountId, accountId), eq(oauthClients.clientId, clientId));

const unknown = (clientId: string) => () => new Fault('no_such_entity', `client ${clientId} does not exist`);
const changed = () => new Fault('concurrent_modification', 'the client was changed by another request');

export function createOAuthClients(db: Database, writer: BatchWriter): OAuthClients {
  return {
    async register({ accountId, clientId, settings, secrets, createdAtSeconds }, event) {
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'OAuthClients'),
          db.insert(oauthClients).values({ accountId, clientId, settings, secrets, createdAtSeconds }),
        ],
        entities: [oauthClientEntity(accountId, clientId)],
        event,
        faults: { withinQuota: () => overQuota(db, accountId, 'OAuthClients', 'OAuthClientsPerAccount') },
      });
    },

    async update({ accountId, clientId, settings: before }, settings, event) {
      const asRead = and(row(accountId, clientId), eq(oauthClients.settings, before));
      await writer.commit({
        queries: [
          ...guarded(db, 'unchanged', db.update(oauthClients).set({ settings }).where(asRead)),
          // What was let was let to the client as it was: another name, other addresses, no scopes any more.
          removeConsentsTo(db, accountId, clientId),
        ],
        entities: [oauthClientEntity(accountId, clientId)],
        event,
        faults: { unchanged: changed },
      });
    },

    async replaceSecrets({ accountId, clientId, secrets: before }, secrets, event) {
      const asRead = and(row(accountId, clientId), eq(oauthClients.secrets, before));
      await writer.commit({
        queries: guarded(db, 'unchanged', db.update(oauthClients).set({ secrets }).where(asRead)),
        entities: [oauthClientEntity(accountId, clientId)],
        event,
        faults: { unchanged: changed },
      });
    },

    async remove({ accountId, clientId }, revocation, event) {
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(oauthClients).where(row(accountId, clientId))),
          countDown(db, accountId, 'OAuthClients'),
          endFamiliesOfClient(db, accountId, clientId),
          removeConsentsTo(db, accountId, clientId),
          ...revokeQueries(db, accountId, revocation),
        ],
        entities: [oauthClientEntity(accountId, clientId), revocationsEntity(accountId)],
        event,
        faults: { found: unknown(clientId) },
      });
    },

    async list(accountId) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(oauthClients)
          .where(eq(oauthClients.accountId, accountId))
          .orderBy(asc(oauthClients.clientId)),
      );
      return rows.map(clientOf);
    },
  };
}

const clientOf = (found: typeof oauthClients.$inferSelect): OAuthClient => ({
  ...found,
  arn: clientArn(found.accountId, found.clientId),
});

/** A client, for the endpoints that meet one. */
export const oauthClientLoad = (db: Database, accountId: string, clientId: string): Load<OAuthClient> => ({
  key: oauthClientEntity(accountId, clientId),
  queries: () => [db.select().from(oauthClients).where(row(accountId, clientId))],
  read: ([rows]) => {
    const [found] = rows as (typeof oauthClients.$inferSelect)[]; // the one query above
    if (found === undefined) return null;
    return {
      value: clientOf(found),
      entities: [oauthClientEntity(accountId, clientId)],
      bytes: 1024 + 2 * JSON.stringify(found.settings).length,
    };
  },
});
