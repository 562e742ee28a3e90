import { and, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { type MappingRules, NO_ROLES } from '../core/mapping/mapping-rules.ts';
import { parseMappingRules } from '../core/mapping/parse-rules.ts';
import type { MappingRulesStore } from '../core/repositories/mapping-rules.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { mappingRulesEntity } from './entity.ts';
import { readRows } from './read.ts';
import { mappingRules } from './schema/federation.ts';
import type { Load } from './snapshot.ts';

const ofProvider = (accountId: string, providerId: string) =>
  and(eq(mappingRules.accountId, accountId), eq(mappingRules.providerId, providerId));

export function createMappingRules(db: Database, writer: BatchWriter): MappingRulesStore {
  return {
    async put(accountId, providerId, document, event) {
      const updatedAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          db
            .insert(mappingRules)
            .values({ accountId, providerId, document, updatedAtSeconds })
            .onConflictDoUpdate({
              target: [mappingRules.accountId, mappingRules.providerId],
              set: { document, updatedAtSeconds },
            }),
        ],
        entities: [mappingRulesEntity(accountId, providerId)],
        event,
      });
    },

    async find(accountId, providerId) {
      const [row] = await readRows(
        db,
        db
          .select({ document: mappingRules.document, updatedAtSeconds: mappingRules.updatedAtSeconds })
          .from(mappingRules)
          .where(ofProvider(accountId, providerId)),
      );
      return row ?? null;
    },

    async remove(accountId, providerId, event) {
      await writer.commit({
        queries: guarded(db, 'found', db.delete(mappingRules).where(ofProvider(accountId, providerId))),
        entities: [mappingRulesEntity(accountId, providerId)],
        event,
        faults: { found: () => new Fault('no_such_entity', 'the provider has no mapping rules') },
      });
    },
  };
}

/** Compiled and held; that there are none is held too. */
export interface HeldRules {
  readonly rules: MappingRules | null;
}

/** Rules that can no longer be read give nobody a role. */
export const mappingRulesLoad = (db: Database, accountId: string, providerId: string): Load<HeldRules> => ({
  key: mappingRulesEntity(accountId, providerId),
  queries: () => [
    db
      .select({ document: mappingRules.document })
      .from(mappingRules)
      .where(ofProvider(accountId, providerId)),
  ],
  read: ([rows]) => {
    const [row] = rows as { document: string }[]; // the one query above
    const parsed = row === undefined ? null : parseMappingRules(row.document, accountId);
    return {
      value: { rules: parsed === null ? null : parsed.ok ? parsed.value : NO_ROLES },
      entities: [mappingRulesEntity(accountId, providerId)],
      // A compiled rule weighs several times its text.
      bytes: 256 + (row?.document.length ?? 0) * 10,
    };
  },
});
