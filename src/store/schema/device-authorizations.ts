import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { AuthorizationDetails } from '../../core/oauth/authorization-details.ts';
import type { PersonalGrant } from '../../core/oauth/personal-grant.ts';

/** Devices that wait for a person (RFC 8628). */
export const deviceAuthorizations = sqliteTable(
  'device_authorizations',
  {
    accountId: text('account_id').notNull(),
    deviceCodeHash: text('device_code_hash').notNull(),
    userCodeHash: text('user_code_hash').notNull(),
    clientId: text('client_id').notNull(),
    scope: text('scope', { mode: 'json' }).$type<readonly string[]>().notNull(),
    audience: text('audience'),
    authorizationDetails: text('authorization_details', { mode: 'json' }).$type<AuthorizationDetails>(),
    sourceIp: text('source_ip'),
    userAgent: text('user_agent'),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    state: text('state', { enum: ['pending', 'approved', 'denied', 'redeemed'] }).notNull(),
    grant: text('grant_json', { mode: 'json' }).$type<PersonalGrant>(),
    intervalSeconds: integer('interval_seconds').notNull(),
    lastPollAtSeconds: integer('last_poll_at_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.deviceCodeHash] }),
    uniqueIndex('device_authorizations_user_code').on(t.accountId, t.userCodeHash),
    index('device_authorizations_address').on(t.accountId, t.sourceIp),
    index('device_authorizations_expiry').on(t.expiresAtSeconds),
  ],
);

/** How often each person, and each address, has typed a code lately. */
export const userCodeGuesses = sqliteTable(
  'user_code_guesses',
  {
    accountId: text('account_id').notNull(),
    guesser: text('guesser').notNull(),
    count: integer('count').notNull(),
    windowEndsAtSeconds: integer('window_ends_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.guesser] })],
);
