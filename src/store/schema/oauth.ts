import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
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

/** Refresh tokens: one row for each authorisation; the tokens stand there as their hashes. */
export const refreshFamilies = sqliteTable(
  'refresh_families',
  {
    accountId: text('account_id').notNull(),
    familyId: text('family_id').notNull(),
    clientId: text('client_id').notNull(),
    /** The packed session. */
    session: text('session').notNull(),
    arn: text('arn').notNull(),
    subject: text('subject').notNull(),
    audience: text('audience').notNull(),
    scope: text('scope'),
    keyThumbprint: text('key_thumbprint'),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    currentHash: text('current_hash').notNull(),
    previousHash: text('previous_hash'),
    rotatedAtSeconds: integer('rotated_at_seconds'),
    sealedCurrent: text('sealed_current'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.familyId] }),
    index('refresh_families_client').on(t.accountId, t.clientId),
    index('refresh_families_expiry').on(t.expiresAtSeconds),
  ],
);
