import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** The passwords of users; a user without a row cannot sign in with one. */
export const loginProfiles = sqliteTable(
  'login_profiles',
  {
    accountId: text('account_id').notNull(),
    userId: text('user_id').notNull(),
    /** Encoded hash with its parameters; see platform/password.ts. */
    passwordHash: text('password_hash').notNull(),
    resetRequired: integer('reset_required', { mode: 'boolean' }).notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    changedAtSeconds: integer('changed_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.userId] })],
);

/** Hashes of earlier passwords, which may not come back; they outlive a login profile and go with the user. */
export const passwordHistory = sqliteTable(
  'password_history',
  {
    accountId: text('account_id').notNull(),
    /** The user's unique id; the account id for root. */
    ownerId: text('owner_id').notNull(),
    passwordHash: text('password_hash').notNull(),
    setAtSeconds: integer('set_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ownerId, t.passwordHash] }),
    index('password_history_order').on(t.accountId, t.ownerId, t.setAtSeconds),
  ],
);
