import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { PersonalGrant } from '../../core/oauth/personal-grant.ts';
import type { RecordedSignIn } from '../../core/oauth/refresh-family.ts';

/** Families of refresh tokens. Tokens are kept as hashes, the newest one besides sealed under the one before it. */
export const refreshFamilies = sqliteTable(
  'refresh_families',
  {
    accountId: text('account_id').notNull(),
    handleHash: text('handle_hash').notNull(),
    /** Public id. */
    familyId: text('family_id').notNull(),
    clientId: text('client_id').notNull(),
    ownerType: text('owner_type', { enum: ['user', 'root', 'federated'] }).notNull(),
    ownerId: text('owner_id').notNull(),
    grant: text('grant_json', { mode: 'json' }).$type<PersonalGrant>().notNull(),
    roleArn: text('role_arn').notNull(),
    signIn: text('sign_in_json', { mode: 'json' }).$type<RecordedSignIn>().notNull(),
    keyThumbprint: text('key_thumbprint'),
    tokenHash: text('token_hash').notNull(),
    previousHash: text('previous_hash'),
    sealedSuccessor: text('sealed_successor'),
    lastSessionId: text('last_session_id').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    /** Of its newest token. */
    rotatedAtSeconds: integer('rotated_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    endsAtSeconds: integer('ends_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.handleHash] }),
    uniqueIndex('refresh_families_id').on(t.accountId, t.familyId),
    index('refresh_families_owner').on(t.accountId, t.ownerType, t.ownerId, t.clientId, t.familyId),
    index('refresh_families_client').on(t.accountId, t.clientId, t.familyId),
    index('refresh_families_end').on(t.endsAtSeconds),
  ],
);

/**
 * What has been revoked, kept for as long as a refresh token may live: the live list is kept for as long as a session does.
 * Read when a token is refreshed, never to accept a credential.
 */
export const pastRevocations = sqliteTable(
  'past_revocations',
  {
    accountId: text('account_id').notNull(),
    /** The first of the marks, by which it is looked up; empty for what names a time alone. */
    firstMark: text('first_mark').notNull(),
    /** As in the live list. */
    marks: text('marks').notNull(),
    issuedUntilSeconds: integer('issued_until_seconds').notNull(),
    keptUntilSeconds: integer('kept_until_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.firstMark, t.marks] }),
    index('past_revocations_kept').on(t.keptUntilSeconds),
  ],
);
