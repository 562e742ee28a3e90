import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * Which clients a browser's session has told who signed in: whom to tell when it ends. A row outlives its session until the client has
 * been told (OpenID Connect Back-Channel Logout 1.0).
 */
export const signInClients = sqliteTable(
  'sign_in_clients',
  {
    accountId: text('account_id').notNull(),
    sessionId: text('session_id').notNull(),
    clientId: text('client_id').notNull(),
    /** Of the person, as ID tokens have it. */
    subject: text('subject').notNull(),
    /** When the session ends by itself, of which nobody is told. */
    sessionExpiresAtSeconds: integer('session_expires_at_seconds').notNull(),
    /** The last revocation by which its end was looked for; they are numbered. */
    checkedRevocation: integer('checked_revocation').notNull().default(0),
    /** When its end was noticed; null while it lives. */
    endedAtSeconds: integer('ended_at_seconds'),
    attempts: integer('attempts').notNull().default(0),
    /** When the client is told (again); null while the session lives. */
    nextAttemptAtSeconds: integer('next_attempt_at_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.sessionId, t.clientId] }),
    index('sign_in_clients_due').on(t.nextAttemptAtSeconds),
    index('sign_in_clients_checked').on(t.accountId, t.checkedRevocation),
  ],
);
