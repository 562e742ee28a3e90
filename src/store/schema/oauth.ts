import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ClientSecret, ClientSettings } from '../../core/oauth/client.ts';

/** Applications that ask for tokens. */
export const oauthClients = sqliteTable(
  'oauth_clients',
  {
    accountId: text('account_id').notNull(),
    clientId: text('client_id').notNull(),
    settings: text('settings', { mode: 'json' }).$type<ClientSettings>().notNull(),
    /** Hashes alone; at most two that work. */
    secrets: text('secrets', { mode: 'json' }).$type<readonly ClientSecret[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.clientId] })],
);

/** Scopes: names for policies that narrow a token. */
export const oauthScopes = sqliteTable(
  'oauth_scopes',
  {
    accountId: text('account_id').notNull(),
    scope: text('scope').notNull(),
    description: text('description').notNull(),
    document: text('document').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.scope] })],
);
