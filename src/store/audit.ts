/** The audit trail: appended to, read, never changed. */
import { and, desc, eq, gte, lt, lte, or, type SQL } from 'drizzle-orm';
import { type AuditEvent, principalArnOf, toCloudTrail } from '../core/audit/event.ts';
import type { EventCursor, EventFilter, EventPage } from '../core/audit/query.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { auditEvents } from './schema/trail.ts';

/** Where a buffered event waited, and its number there. */
export interface ShardPlace {
  readonly shard: string;
  readonly sequence: number;
}

type AuditRow = typeof auditEvents.$inferInsert;

/** The row of an event. Drained twice, an event is inserted once: its id is the key. */
export function eventRow(event: AuditEvent, place: ShardPlace | null): AuditRow {
  return {
    accountId: event.accountId,
    eventId: event.eventId,
    atMilliseconds: event.atMilliseconds,
    eventSource: event.eventSource,
    eventName: event.eventName,
    outcome: event.outcome,
    principalArn: principalArnOf(event.identity),
    requestId: event.requestId,
    shard: place?.shard ?? null,
    shardSequence: place?.sequence ?? null,
    body: JSON.stringify(toCloudTrail(event)),
  };
}

export const insertEvent = (db: Database, event: AuditEvent, place: ShardPlace | null): Query =>
  db.insert(auditEvents).values(eventRow(event, place)).onConflictDoNothing();

/** Moves buffered events into the trail as one batch. */
export async function drainEvents(
  db: Database,
  events: readonly { readonly event: AuditEvent; readonly place: ShardPlace }[],
): Promise<void> {
  await runBatch(
    db,
    events.map(({ event, place }) => insertEvent(db, event, place)),
  );
}

/**
 * Finds events, newest first.
 * @param limit - how many at most
 * @returns a page, and where the next one begins
 */
export async function findEvents(
  db: Database,
  accountId: string,
  filter: EventFilter,
  after: EventCursor | null,
  limit: number,
): Promise<EventPage> {
  const rows = await db
    .select({ body: auditEvents.body, at: auditEvents.atMilliseconds, id: auditEvents.eventId })
    .from(auditEvents)
    .where(and(eq(auditEvents.accountId, accountId), ...conditions(filter), behind(after)))
    .orderBy(desc(auditEvents.atMilliseconds), desc(auditEvents.eventId))
    .limit(limit + 1);
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
