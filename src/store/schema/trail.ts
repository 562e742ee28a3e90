import { sql } from 'drizzle-orm';
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * What changed, in commit order. Isolates read the rows newer than the last they saw and drop what those name.
 * `sequence` is never reused (AUTOINCREMENT), so a reader that missed purged rows notices the gap.
 */
export const changeLog = sqliteTable('change_log', {
  sequence: integer('sequence').primaryKey({ autoIncrement: true }),
  accountId: text('account_id').notNull(),
  entity: text('entity').notNull(),
  atSeconds: integer('at_seconds').notNull(),
});

/**
 * Aborts a batch: a guarded statement that changed no row is followed by `INSERT INTO guard (column) SELECT changes()`,
 * and the named check of that column tells what was not so. Never keeps a row.
 */
export const guard = sqliteTable(
  'guard',
  {
    found: integer('found').notNull().default(1),
    withinQuota: integer('within_quota').notNull().default(1),
    unreferenced: integer('unreferenced').notNull().default(1),
    unchanged: integer('unchanged').notNull().default(1),
    unused: integer('unused').notNull().default(1),
  },
  (t) => [
    check('guard_found', sql`${t.found} >= 1`),
    check('guard_within_quota', sql`${t.withinQuota} >= 1`),
    check('guard_unreferenced', sql`${t.unreferenced} >= 1`),
    check('guard_unchanged', sql`${t.unchanged} >= 1`),
    check('guard_unused', sql`${t.unused} >= 1`),
  ],
);

/** The audit trail: append-only, in CloudTrail's shape. Columns repeat what the trail is searched by. */
export const auditEvents = sqliteTable(
  'audit_events',
  {
    accountId: text('account_id').notNull(),
    eventId: text('event_id').notNull(),
    atMilliseconds: integer('at_milliseconds').notNull(),
    eventSource: text('event_source').notNull(),
    eventName: text('event_name').notNull(),
    outcome: text('outcome').notNull(),
    principalArn: text('principal_arn'),
    requestId: text('request_id').notNull(),
    /** Where the event was buffered and its number there (gaps show a loss); null for one written with its change. */
    shard: text('shard'),
    shardSequence: integer('shard_sequence'),
    body: text('body').notNull(),
    /** Its place in the chain; null until the trail is sealed next. Given once and never changed. */
    chainPosition: integer('chain_position'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.eventId] }),
    uniqueIndex('audit_events_chain').on(t.chainPosition).where(sql`${t.chainPosition} is not null`),
    index('audit_events_unsealed').on(t.atMilliseconds, t.eventId).where(sql`${t.chainPosition} is null`),
    index('audit_events_time').on(t.accountId, t.atMilliseconds),
    index('audit_events_principal').on(t.accountId, t.principalArn, t.atMilliseconds),
    index('audit_events_name').on(t.accountId, t.eventName, t.atMilliseconds),
    index('audit_events_outcome').on(t.accountId, t.outcome, t.atMilliseconds),
    index('audit_events_request').on(t.accountId, t.requestId),
    index('audit_events_shard').on(t.shard, t.shardSequence),
  ],
);

/** Things that may be used once: only their hash is kept, until they would have expired anyway. */
export const oneTimeValues = sqliteTable(
  'one_time_values',
  {
    accountId: text('account_id').notNull(),
    purpose: text('purpose').notNull(),
    valueHash: text('value_hash').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.purpose, t.valueHash] }),
    index('one_time_values_expiry').on(t.expiresAtSeconds),
  ],
);
