/** The chain over the trail, in D1: places of events, and checkpoints. */
import { asc, between, count, desc, gt, gte, isNull, lt, or, sql } from 'drizzle-orm';
import type { ChainedEvent } from '../core/audit/chain.ts';
import type { PlacedEvent, TrailChain } from '../core/repositories/trail-chain.ts';
import { required } from './batch.ts';
import { brokenConstraint, type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { auditEvents, guard } from './schema/trail.ts';
import { trailCheckpoints } from './schema/trail-checkpoints.ts';

/** What the chain covers. */
const CHAINED = {
  accountId: auditEvents.accountId,
  eventId: auditEvents.eventId,
  atMilliseconds: auditEvents.atMilliseconds,
  eventSource: auditEvents.eventSource,
  eventName: auditEvents.eventName,
  outcome: auditEvents.outcome,
  principalArn: auditEvents.principalArn,
  requestId: auditEvents.requestId,
  shard: auditEvents.shard,
  shardSequence: auditEvents.shardSequence,
  body: auditEvents.body,
};

/** Before it no checkpoint begins: an event with such a place would never be sealed, and look as if it were. */
const FIRST_POSITION = 1;

export const createTrailChain = (db: Database): TrailChain => ({
  last: async () => {
    const query = db.select().from(trailCheckpoints).orderBy(desc(trailCheckpoints.number)).limit(1);
    const [row] = await readRows(db, query);
    return row ?? null;
  },
  checkpoints: (fromNumber, limit) =>
    readRows(
      db,
      db
        .select()
        .from(trailCheckpoints)
        .where(gte(trailCheckpoints.number, fromNumber))
        .orderBy(asc(trailCheckpoints.number))
        .limit(limit),
    ),
  unsealed: (limit) =>
    readRows(
      db,
      db
        .select(CHAINED)
        .from(auditEvents)
        .where(isNull(auditEvents.chainPosition))
        .orderBy(asc(auditEvents.atMilliseconds), asc(auditEvents.eventId))
        .limit(limit),
    ),
  placed: async (firstPosition, lastPosition) => {
    const rows = await readRows(
      db,
      db
        .select({ ...CHAINED, position: auditEvents.chainPosition })
        .from(auditEvents)
        .where(between(auditEvents.chainPosition, firstPosition, lastPosition))
        .orderBy(asc(auditEvents.chainPosition)),
    );
    return rows as readonly PlacedEvent[]; // a span holds no null
  },
  countOutside: async (lastPosition) => {
    const [row] = await readRows(
      db,
      db
        .select({ n: count() })
        .from(auditEvents)
        .where(
          or(gt(auditEvents.chainPosition, lastPosition), lt(auditEvents.chainPosition, FIRST_POSITION)),
        ),
    );
    return row?.n ?? 0;
  },
  async seal({ number, firstPosition, lastPosition, head }, statement, events) {
    const names = JSON.stringify(events.map(nameOf));
    try {
      await runBatch(db, [
        // First, and without "on conflict": of many sealers at once all but one abort here.
        db.insert(trailCheckpoints).values({ number, firstPosition, lastPosition, head, statement }),
        db
          .update(auditEvents)
          .set({
            chainPosition: sql`(select ${firstPosition} + key from json_each(${names}) where value = ${NAME})`,
          })
          .where(
            sql`${auditEvents.chainPosition} is null and ${NAME} in (select value from json_each(${names}))`,
          ),
        required(db, 'unchanged', sql`changes() = ${events.length}`),
        db.delete(guard),
      ]);
      return true;
    } catch (error) {
      if (brokenConstraint(error) === null) throw error;
      return false;
    }
  },
});

/** An event's name among those of all accounts. */
const NAME = sql`${auditEvents.accountId} || '/' || ${auditEvents.eventId}`;
const nameOf = ({ accountId, eventId }: ChainedEvent): string => `${accountId}/${eventId}`;
