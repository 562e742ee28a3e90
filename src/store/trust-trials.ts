import { and, eq, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import type { TrustTrials } from '../core/repositories/trust-trials.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database, Query } from './database.ts';
import { roleEntity } from './entity.ts';
import { compileStored } from './policy-bundle.ts';
import { readRows } from './read.ts';
import { trustTrials } from './schema/federation.ts';
import { pinPrincipals } from './trust-pins.ts';

const ofRole = (accountId: string, roleId: string | SQL) =>
  and(eq(trustTrials.accountId, accountId), eq(trustTrials.roleId, roleId));

export function createTrustTrials(db: Database, writer: BatchWriter): TrustTrials {
  return {
    async put(accountId, roleId, { text, document }, event) {
      const pins = await pinPrincipals(db, accountId, document);
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          required(
            db,
            'found',
            sql`(select count(*) from roles where account_id = ${accountId} and role_id = ${roleId})`,
          ),
          db
            .insert(trustTrials)
            .values({ accountId, roleId, document: text, pins, createdAtSeconds })
            .onConflictDoUpdate({
              target: [trustTrials.accountId, trustTrials.roleId],
              set: { document: text, pins, createdAtSeconds },
            }),
        ],
        entities: [roleEntity(accountId, roleId)],
        event,
        faults: { found: () => new Fault('no_such_entity', 'the role is gone') },
      });
    },

    async find(accountId, roleId) {
      const [row] = await readRows(
        db,
        db
          .select({ document: trustTrials.document, createdAtSeconds: trustTrials.createdAtSeconds })
          .from(trustTrials)
          .where(ofRole(accountId, roleId)),
      );
      return row ?? null;
    },

    async remove(accountId, roleId, event) {
      await writer.commit({
        queries: guarded(db, 'found', db.delete(trustTrials).where(ofRole(accountId, roleId))),
        entities: [roleEntity(accountId, roleId)],
        event,
        faults: { found: () => new Fault('no_such_entity', 'the role has no trust policy on trial') },
      });
    },
  };
}

/** For the load of a role, in its batch. */
export const trustTrialQuery = (db: Database, accountId: string, roleId: SQL): Query =>
  db
    .select({ document: trustTrials.document, pins: trustTrials.pins })
    .from(trustTrials)
    .where(ofRole(accountId, roleId));

/** @param rows - of `trustTrialQuery`. @returns the compiled policy and its text's length; null where none is on trial */
export function readTrustTrial(
  rows: unknown,
  arn: string,
): { readonly policy: SourcedPolicy; readonly characters: number } | null {
  const [row] = rows as Pick<typeof trustTrials.$inferSelect, 'document' | 'pins'>[]; // as said above
  if (row === undefined) return null;
  const policy = compileStored(row.document, 'trust', new Map(Object.entries(row.pins)));
  return { policy: { source: `trust policy on trial of ${arn}`, policy }, characters: row.document.length };
}
