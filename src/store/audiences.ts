import { and, asc, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { Audiences } from '../core/repositories/audiences.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { audienceEntity } from './entity.ts';
import { readRows } from './read.ts';
import { audiences } from './schema/accounts.ts';

export function createAudiences(db: Database, writer: BatchWriter): Audiences {
  return {
    async register(accountId, audience, event) {
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'Audiences'),
          db.insert(audiences).values({ accountId, audience, createdAtSeconds }),
        ],
        entities: [audienceEntity(accountId, audience)],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `audience ${audience} is registered already`),
          withinQuota: () => overQuota(db, accountId, 'Audiences', 'AudiencesPerAccount'),
        },
      });
    },
    async deregister(accountId, audience, event) {
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'found',
            db
              .delete(audiences)
              .where(and(eq(audiences.accountId, accountId), eq(audiences.audience, audience))),
          ),
          countDown(db, accountId, 'Audiences'),
        ],
        entities: [audienceEntity(accountId, audience)],
        event,
        faults: { found: () => new Fault('no_such_entity', `audience ${audience} is not registered`) },
      });
    },
    list: (accountId) =>
      readRows(
        db,
        db
          .select({ audience: audiences.audience, createdAtSeconds: audiences.createdAtSeconds })
          .from(audiences)
          .where(eq(audiences.accountId, accountId))
          .orderBy(asc(audiences.audience)),
      ),
  };
}
