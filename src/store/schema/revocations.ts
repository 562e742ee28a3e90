import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * Live revocations of sessions. `sequence` is never reused (AUTOINCREMENT), so that an isolate that holds the older ones reads
 * only what is newer. A row is never changed: one that reaches further replaces it.
 */
export const revocations = sqliteTable(
  'revocations',
  {
    accountId: text('account_id').notNull(),
    sequence: integer('sequence').primaryKey({ autoIncrement: true }),
    /** What the sessions bear, as JSON: a list of texts in a fixed order. */
    marks: text('marks').notNull(),
    issuedUntilSeconds: integer('issued_until_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
  },
  (t) => [
    uniqueIndex('revocations_marks').on(t.accountId, t.marks),
    index('revocations_sequence').on(t.accountId, t.sequence),
    index('revocations_expiry').on(t.expiresAtSeconds),
  ],
);
