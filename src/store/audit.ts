/** The audit trail: appended to, read, never changed. */
import { and, desc, eq, gte, lt, lte, or, type SQL } from 'drizzle-orm';
import { type AuditEvent, principalArnOf, toCloudTrail } from '../core/audit/event.ts';
import type { EventCursor, EventFilter, EventPage } from '../core/audit/query.ts';
import type { TrailEvent } from '../core/audit/trail-event.ts';
import type { Database, Query } from './database.ts';
import { readRows } from './read.ts';
import { auditEvents } from './schema/trail.ts';

type AuditRow = typeof auditEvents.$inferInsert;

/** The row of an event that is written with its change. */
export function eventRow(event: AuditEvent): AuditRow {
  return {
    accountId: event.accountId,
    eventId: event.eventId,
    atMilliseconds: event.atMilliseconds,
    eventSource: event.eventSource,
    eventName: event.eventName,
    outcome: event.outcome,
    principalArn: principalArnOf(event.identity),
    requestId: event.requestId,
    shard: null,
    shardSequence: null,
    body: JSON.stringify(toCloudTrail(event)),
    chainPosition: null,
  };
}

export const insertEvent = (db: Database, event: AuditEvent): Query =>
  db.insert(auditEvents).values(eventRow(event)).onConflictDoNothing();

/** What an event tells beside itself, for the batch that writes it with its change. */
export const trailEventOf = (event: AuditEvent): TrailEvent => ({ ...event, body: toCloudTrail(event) });

/** Events as they wait in a buffer: one text, made once and taken apart by the database alone. */
export interface PackedEvents {
  readonly count: number;
  /** A JSON list of rows, each a list of columns in the order below, the body an object. */
  readonly rows: string;
}

/** A pack is one row of the buffer and one bound value of D1, both of which end at 2 MB; a character takes three bytes at most. */
const MAX_PACK_CHARACTERS = 500_000;

/** Packs events for a buffer. @returns as few packs as their size allows, in order */
export function packEvents(events: readonly AuditEvent[]): readonly PackedEvents[] {
  const packs: PackedEvents[] = [];
  let rows: string[] = [];
  let characters = 0;
  const close = (): void => {
    if (rows.length > 0) packs.push({ count: rows.length, rows: `[${rows.join(',')}]` });
    rows = [];
    characters = 0;
  };
  for (const event of events) {
    const row = packedRow(event);
    if (characters + row.length > MAX_PACK_CHARACTERS) close();
    rows.push(row);
    characters += row.length;
  }
  close();
  return packs;
}

/** The body goes as it is, not as a text within the text: nobody must escape it, nor read it twice. */
const packedRow = (event: AuditEvent): string =>
  JSON.stringify([
    event.accountId,
    event.eventId,
    event.atMilliseconds,
    event.eventSource,
    event.eventName,
    event.outcome,
    principalArnOf(event.identity),
    event.requestId,
    toCloudTrail(event),
  ]);

/**
 * Finds events, newest first.
 * @param limit - how many at most
 * @returns a page, and where the next one begins
 * @throws Fault `service_unavailable` when D1 does not answer
 */
export async function findEvents(
  db: Database,
  accountId: string,
  filter: EventFilter,
  after: EventCursor | null,
  limit: number,
): Promise<EventPage> {
  const rows = await readRows(
    db,
    db
      .select({ body: auditEvents.body, at: auditEvents.atMilliseconds, id: auditEvents.eventId })
      .from(auditEvents)
      .where(and(eq(auditEvents.accountId, accountId), ...conditions(filter), behind(after)))
      .orderBy(desc(auditEvents.atMilliseconds), desc(auditEvents.eventId))
      .limit(limit + 1),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next =
    rows.length > limit && last !== undefined ? { atMilliseconds: last.at, eventId: last.id } : null;
  return { events: page.map((row) => JSON.parse(row.body)), next };
}

function conditions(filter: EventFilter): SQL[] {
  const found: SQL[] = [];
  if (filter.fromMilliseconds !== undefined)
    found.push(gte(auditEvents.atMilliseconds, filter.fromMilliseconds));
  if (filter.toMilliseconds !== undefined) found.push(lte(auditEvents.atMilliseconds, filter.toMilliseconds));
  if (filter.principalArn !== undefined) found.push(eq(auditEvents.principalArn, filter.principalArn));
  if (filter.eventName !== undefined) found.push(eq(auditEvents.eventName, filter.eventName));
  if (filter.outcome !== undefined) found.push(eq(auditEvents.outcome, filter.outcome));
  if (filter.requestId !== undefined) found.push(eq(auditEvents.requestId, filter.requestId));
  return found;
}

function behind(cursor: EventCursor | null): SQL | undefined {
  if (cursor === null) return undefined;
  return or(
    lt(auditEvents.atMilliseconds, cursor.atMilliseconds),
    and(eq(auditEvents.atMilliseconds, cursor.atMilliseconds), lt(auditEvents.eventId, cursor.eventId)),
  );
}
