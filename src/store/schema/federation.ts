import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Secrets of this deployment's own clients at outside providers: for Graph API calls and browser logins. */
export const providerClients = sqliteTable(
  'provider_clients',
  {
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    clientId: text('client_id').notNull(),
    /** Sealed under the keyring's storage key and bound to this row. */
    sealedSecret: text('sealed_secret').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.providerId, t.clientId] })],
);

/** Which roles a login may have where nobody names one; by the provider's unique id, so that a recreated one inherits nothing. */
export const mappingRules = sqliteTable(
  'mapping_rules',
  {
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    document: text('document').notNull(),
    updatedAtSeconds: integer('updated_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.providerId] })],
);

/** A trust policy on trial: decided beside the one that holds, to see what it would refuse, and without effect. */
export const trustTrials = sqliteTable(
  'trust_trials',
  {
    accountId: text('account_id').notNull(),
    roleId: text('role_id').notNull(),
    document: text('document').notNull(),
    pins: text('pins', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.roleId] })],
);
