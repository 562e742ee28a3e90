import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/**
 * The deployment's keys, sealed under the key-encryption key. A key goes pending → active → retired; exactly one is
 * active for each purpose and algorithm and at most one waits, and the database itself holds that.
 */
export const keys = sqliteTable(
  'keys',
  {
    keyId: text('key_id').primaryKey(),
    purpose: text('purpose').notNull(),
    algorithm: text('algorithm').notNull(),
    state: text('state', { enum: ['pending', 'active', 'retired'] }).notNull(),
    /** Which key-encryption key sealed it. */
    kekId: text('kek_id').notNull(),
    sealed: text('sealed').notNull(),
    /** The public JWK of a signing key. */
    publicJwk: text('public_jwk', { mode: 'json' }).$type<Readonly<Record<string, unknown>>>(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    activatedAtSeconds: integer('activated_at_seconds'),
    retiredAtSeconds: integer('retired_at_seconds'),
    /** From this moment on a retired key opens and verifies nothing. */
    forgottenAtSeconds: integer('forgotten_at_seconds'),
  },
  (t) => [
    uniqueIndex('keys_one_active').on(t.purpose, t.algorithm).where(sql`${t.state} = 'active'`),
    uniqueIndex('keys_one_pending').on(t.purpose, t.algorithm).where(sql`${t.state} = 'pending'`),
  ],
);
