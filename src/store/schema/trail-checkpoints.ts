import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The deployment's chain over its audit trail: each row seals the events of its positions, and the row before. One chain for all
 * accounts, for it must not be told apart by what an anonymous request names.
 */
export const trailCheckpoints = sqliteTable('trail_checkpoints', {
  /** Counted from one without a gap; of two sealers at once the primary key lets one through. */
  number: integer('number').primaryKey(),
  firstPosition: integer('first_position').notNull(),
  lastPosition: integer('last_position').notNull(),
  /** Hash over the events and the head before, base64url. */
  head: text('head').notNull(),
  /** All of this, signed: a JWS of the trail key. */
  statement: text('statement').notNull(),
});
