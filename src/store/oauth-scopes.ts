import { and, asc, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { ScopeRecord } from '../core/oauth/scope.ts';
import type { OAuthScopes } from '../core/repositories/oauth-scopes.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { oauthScopeEntity } from './entity.ts';
import { readRows } from './read.ts';
import { oauthScopes } from './schema/oauth.ts';
import type { Load } from './snapshot.ts';

const row = (accountId: string, scope: string) =>
  and(eq(oauthScopes.accountId, accountId), eq(oauthScopes.scope, scope));

export function createOAuthScopes(db: Database, writer: BatchWriter): OAuthScopes {
  return {
    async register(accountId, record, event) {
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'OAuthScopes'),
          db.insert(oauthScopes).values({ accountId, ...record }),
        ],
        entities: [oauthScopeEntity(accountId, record.scope)],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `scope ${record.scope} is registered already`),
          withinQuota: () => overQuota(db, accountId, 'OAuthScopes', 'OAuthScopesPerAccount'),
        },
      });
    },
    async remove(accountId, scope, event) {
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(oauthScopes).where(row(accountId, scope))),
          countDown(db, accountId, 'OAuthScopes'),
        ],
        entities: [oauthScopeEntity(accountId, scope)],
        event,
        faults: { found: () => new Fault('no_such_entity', `scope ${scope} is not registered`) },
      });
    },
    list: (accountId) =>
      readRows(
        db,
        db
          .select()
          .from(oauthScopes)
          .where(eq(oauthScopes.accountId, accountId))
          .orderBy(asc(oauthScopes.scope)),
      ),
  };
}

/** A scope by its name. */
export const oauthScopeLoad = (db: Database, accountId: string, scope: string): Load<ScopeRecord> => ({
  key: oauthScopeEntity(accountId, scope),
  queries: () => [db.select().from(oauthScopes).where(row(accountId, scope))],
  read: ([rows]) => {
    const [found] = rows as (typeof oauthScopes.$inferSelect)[]; // the one query above
    if (found === undefined) return null;
    return {
      value: found,
      entities: [oauthScopeEntity(accountId, scope)],
      bytes: 512 + 2 * found.document.length,
    };
  },
});
