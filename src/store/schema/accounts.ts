import { sql } from 'drizzle-orm';
import { check, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Written once, by setup: its only row says that this deployment has an account. */
export const deployment = sqliteTable(
  'deployment',
  {
    id: integer('id').primaryKey(),
    accountId: text('account_id').notNull(),
    setUpAtSeconds: integer('set_up_at_seconds').notNull(),
  },
  (t) => [check('deployment_single_row', sql`${t.id} = 1`)],
);

export const accounts = sqliteTable(
  'accounts',
  {
    accountId: text('account_id').primaryKey(),
    alias: text('alias'),
    rootEmail: text('root_email').notNull(),
    /** Encoded hash with its parameters; see platform/password.ts. */
    rootPasswordHash: text('root_password_hash').notNull(),
    /** Null where it is as setup made it. */
    rootPasswordChangedAtSeconds: integer('root_password_changed_at_seconds'),
    /** Last sign-in as root with the password; null for never. */
    rootPasswordLastUsedAtSeconds: integer('root_password_last_used_at_seconds'),
    /** True for a password that root's recovery made: it is good for choosing another. */
    rootPasswordResetRequired: integer('root_password_reset_required', { mode: 'boolean' })
      .notNull()
      .default(false),
    /** Null where NIST's numbers hold. */
    securityPreset: text('security_preset', { enum: ['PCI'] }),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    /** Count quotas that differ from the defaults, by name. */
    quotas: text('quotas', { mode: 'json' }).$type<Readonly<Record<string, number>>>().notNull(),
    /** Whether principals of this account may ask for tokens for outside services. */
    outboundFederation: integer('outbound_federation', { mode: 'boolean' }).notNull().default(false),
    /** Form of the tokens that AWS's global endpoint would give: 1 or 2. */
    globalTokenVersion: integer('global_token_version').$type<1 | 2>().notNull().default(1),
  },
  (t) => [uniqueIndex('accounts_alias').on(t.alias)],
);

/** How many of a kind an account holds: a quota is checked by one guarded UPDATE, never by counting rows. */
export const counters = sqliteTable(
  'counters',
  {
    accountId: text('account_id').notNull(),
    name: text('name').notNull(),
    value: integer('value').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.name] }),
    check('counters_not_negative', sql`${t.value} >= 0`),
  ],
);

/** Audiences that this account's JWTs may be issued for, besides the issuer itself. */
export const audiences = sqliteTable(
  'audiences',
  {
    accountId: text('account_id').notNull(),
    audience: text('audience').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.audience] })],
);
