import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** One row for each account that has set a policy of its own. */
export const passwordPolicies = sqliteTable('password_policies', {
  accountId: text('account_id').primaryKey(),
  minimumLength: integer('minimum_length').notNull(),
  requireSymbols: integer('require_symbols', { mode: 'boolean' }).notNull(),
  requireNumbers: integer('require_numbers', { mode: 'boolean' }).notNull(),
  requireUppercase: integer('require_uppercase', { mode: 'boolean' }).notNull(),
  requireLowercase: integer('require_lowercase', { mode: 'boolean' }).notNull(),
  allowUsersToChange: integer('allow_users_to_change', { mode: 'boolean' }).notNull(),
  maxAgeDays: integer('max_age_days'),
  reusePrevention: integer('reuse_prevention'),
  hardExpiry: integer('hard_expiry', { mode: 'boolean' }).notNull(),
});
