import { and, eq, lte } from 'drizzle-orm';
import { MAX_SESSION_SECONDS } from '../core/credentials/limits.ts';
import { packSession, unpackSession } from '../core/credentials/session-codec.ts';
import { Fault } from '../core/faults.ts';
import type { RefreshFamily } from '../core/oauth/refresh.ts';
import type { RefreshFamilies } from '../core/repositories/refresh-families.ts';
import { sessionMark } from '../core/revocation/marks.ts';
import type { BatchWriter } from './batch.ts';
import { type Database, runBatch } from './database.ts';
import { revocationsEntity } from './entity.ts';
import { readRows } from './read.ts';
import { refreshFamilies } from './schema/oauth.ts';
import { revocations } from './schema/revocations.ts';

const row = (accountId: string, familyId: string) =>
  and(eq(refreshFamilies.accountId, accountId), eq(refreshFamilies.familyId, familyId));

/** A session that is named itself is revoked whenever it was issued. */
const WHENEVER = Number.MAX_SAFE_INTEGER;
/** Clocks of isolates may differ by this. */
const CLOCK_MARGIN_SECONDS = 60;

export function createRefreshFamilies(db: Database, writer: BatchWriter): RefreshFamilies {
  return {
    async begin(family, event) {
      const { session, ...rest } = family;
      await writer.commit({
        queries: [
          db.insert(refreshFamilies).values({ ...rest, session: JSON.stringify(packSession(session)) }),
        ],
        entities: [],
        event,
      });
    },

    async find(accountId, familyId) {
      const [found] = await readRows(db, db.select().from(refreshFamilies).where(row(accountId, familyId)));
      return found === undefined ? null : familyOf(found);
    },

    async rotate(accountId, familyId, { usedHash, nextHash, sealedNext, nowSeconds }) {
      const [rows] = await runBatch(db, [
        db
          .update(refreshFamilies)
          .set({
            currentHash: nextHash,
            previousHash: usedHash,
            rotatedAtSeconds: nowSeconds,
            sealedCurrent: sealedNext,
          })
          .where(and(row(accountId, familyId), eq(refreshFamilies.currentHash, usedHash)))
          .returning({ familyId: refreshFamilies.familyId }),
      ]);
      return Array.isArray(rows) && rows.length === 1;
    },

    async end({ accountId, familyId, session }, nowSeconds, event) {
      const marks = JSON.stringify([sessionMark(session.sessionId)]);
      const expiresAtSeconds = nowSeconds + MAX_SESSION_SECONDS + CLOCK_MARGIN_SECONDS;
      await writer.commit({
        queries: [
          db.delete(refreshFamilies).where(row(accountId, familyId)),
          db
            .insert(revocations)
            .values({ accountId, marks, issuedUntilSeconds: WHENEVER, expiresAtSeconds })
            .onConflictDoNothing(),
        ],
        entities: [revocationsEntity(accountId)],
        event,
      });
    },

    async sweep(nowSeconds) {
      await runBatch(db, [
        db.delete(refreshFamilies).where(lte(refreshFamilies.expiresAtSeconds, nowSeconds)),
      ]);
    },
  };
}

function familyOf(found: typeof refreshFamilies.$inferSelect): RefreshFamily {
  const session = unpackSession(JSON.parse(found.session));
  if (session === null) throw new Fault('internal_failure', 'internal failure', { familyId: found.familyId });
  return { ...found, session };
}
