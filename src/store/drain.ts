/** Moves what waited in a buffer into the trail. */
import { type SQL, sql } from 'drizzle-orm';
import type { TrailEvent } from '../core/audit/trail-event.ts';
import { utf8 } from '../core/bytes.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { projectEvents } from './projections.ts';
import { auditEvents } from './schema/trail.ts';

/** A pack that waited in a buffer, with the number of its first event there. */
export interface ShardPack {
  readonly shard: string;
  readonly firstSequence: number;
  /** As `packEvents` made it. */
  readonly rows: string;
}

/**
 * Moves packs of one buffer into the trail as one batch, with what is kept of them. Drained twice, an event is inserted once: its
 * id is the key. A batch costs much and one more event in it little, so it takes as many as a call may carry.
 * @param packs - in order
 */
export async function drainPacks(db: Database, packs: readonly ShardPack[]): Promise<void> {
  if (packs.length === 0) return;
  const read = packs.map((pack) => ({ ...pack, events: trailEventsIn(pack.rows) }));
  await runBatch(db, [
    ...runsOf(read).map((run): Query => db.insert(auditEvents).select(rowsOf(run)).onConflictDoNothing()),
    ...projectEvents(
      db,
      read.flatMap(({ events }) => events),
    ),
  ]);
}

/**
 * What one call to D1 brings at most, unless one pack alone is longer: about 700 issuances. Bytes, for what is kept of the events is
 * bound as one value, which ends at 2 MB, and may be little shorter than they are.
 */
const MAX_DRAIN_BYTES = 1_000_000;

/** As many of the packs as one call to D1 takes, in order; no more are read. */
export function firstCall<Pack extends { readonly rows: string }>(packs: Iterable<Pack>): readonly Pack[] {
  const taken: Pack[] = [];
  let bytes = 0;
  for (const pack of packs) {
    bytes += utf8(pack.rows).length;
    if (taken.length > 0 && bytes > MAX_DRAIN_BYTES) break;
    taken.push(pack);
  }
  return taken;
}

interface ReadPack extends ShardPack {
  readonly events: readonly TrailEvent[];
}

type PackedRow = readonly [
  accountId: string,
  eventId: string,
  atMilliseconds: number,
  eventSource: string,
  eventName: string,
  outcome: string,
  principalArn: string | null,
  requestId: string,
  /** A text where an earlier version packed it. */
  body: TrailEvent['body'] | string,
];

const trailEventsIn = (rows: string): readonly TrailEvent[] =>
  (JSON.parse(rows) as readonly PackedRow[]) // as `packEvents` made it
    .map(([accountId, , atMilliseconds, eventSource, eventName, outcome, , , body]) => ({
      accountId,
      atMilliseconds,
      eventSource,
      eventName,
      outcome,
      body: typeof body === 'string' ? JSON.parse(body) : body,
    }));

/** A bound value of D1 ends at 2 MB and a character takes three bytes at most; a pack by itself is not longer. */
const MAX_RUN_CHARACTERS = 600_000;

/** Joins packs whose numbers follow each other, so that one statement inserts them. */
function runsOf(packs: readonly ReadPack[]): readonly ShardPack[] {
  const runs: ReadPack[][] = [];
  for (const pack of packs) {
    const run = runs.at(-1);
    if (run !== undefined && continues(run, pack)) run.push(pack);
    else runs.push([pack]);
  }
  return runs.flatMap((run) => joined(run));
}

function continues(run: readonly ReadPack[], pack: ReadPack): boolean {
  const last = run.at(-1);
  if (last === undefined || pack.firstSequence !== last.firstSequence + last.events.length) return false;
  return run.reduce((sum, { rows }) => sum + rows.length, pack.rows.length) <= MAX_RUN_CHARACTERS;
}

/** Lists without their brackets, as one list. */
function joined(run: readonly ReadPack[]): readonly ShardPack[] {
  const [first] = run;
  if (first === undefined) return [];
  const { shard, firstSequence } = first;
  return [{ shard, firstSequence, rows: `[${run.map(({ rows }) => rows.slice(1, -1)).join(',')}]` }];
}

/** The columns in the table's order, the body as it was packed, letter for letter; `where true` keeps the parser from reading ON CONFLICT as a join. */
const rowsOf = ({ shard, firstSequence, rows }: ShardPack): SQL => sql`
  select
    value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    ${shard}, ${firstSequence} + key, value ->> 8, null
  from json_each(${rows}) where true`;
