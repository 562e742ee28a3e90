import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { PersonalGrant } from '../../core/oauth/personal-grant.ts';

/** Authorization codes: kept a while after use, so that a second use is noticed (RFC 6749 section 4.1.2). */
export const authorizationCodes = sqliteTable(
  'authorization_codes',
  {
    accountId: text('account_id').notNull(),
    codeHash: text('code_hash').notNull(),
    clientId: text('client_id').notNull(),
    redirectUri: text('redirect_uri').notNull(),
    codeChallenge: text('code_challenge').notNull(),
    nonce: text('nonce'),
    keyThumbprint: text('key_thumbprint'),
    grant: text('grant_json', { mode: 'json' }).$type<PersonalGrant>().notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    /** When its rows may go: with the last token that it can have given. */
    keptUntilSeconds: integer('kept_until_seconds').notNull(),
    usedAtSeconds: integer('used_at_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.codeHash] }),
    index('authorization_codes_kept').on(t.keptUntilSeconds),
  ],
);

/** Authorization requests that clients have pushed (RFC 9126); a row is removed when it is used. */
export const pushedRequests = sqliteTable(
  'pushed_requests',
  {
    accountId: text('account_id').notNull(),
    requestHash: text('request_hash').notNull(),
    clientId: text('client_id').notNull(),
    parameters: text('parameters', { mode: 'json' })
      .$type<readonly (readonly [string, string])[]>()
      .notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.requestHash] }),
    index('pushed_requests_expiry').on(t.expiresAtSeconds),
  ],
);
