import { sql } from 'drizzle-orm';
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { TagRow } from './identities.ts';

/** Trusted OIDC issuers of an account. `issuer` is the exact `iss` value; `url` is what IAM shows: without its scheme. */
export const oidcProviders = sqliteTable(
  'oidc_providers',
  {
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    issuer: text('issuer').notNull(),
    url: text('url').notNull(),
    clientIds: text('client_ids', { mode: 'json' }).$type<readonly string[]>().notNull(),
    thumbprints: text('thumbprints', { mode: 'json' }).$type<readonly string[]>().notNull(),
    /** Values of the claim `amr` that count as a second factor. */
    mfaAmrValues: text('mfa_amr_values', { mode: 'json' })
      .$type<readonly string[]>()
      .notNull()
      .default(sql`'[]'`),
    /** Values of the claim `acr` that do. */
    mfaAcrValues: text('mfa_acr_values', { mode: 'json' })
      .$type<readonly string[]>()
      .notNull()
      .default(sql`'[]'`),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.providerId] }),
    uniqueIndex('oidc_providers_url').on(t.accountId, t.url),
  ],
);
