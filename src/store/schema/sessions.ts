import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Sessions as the trail tells of them: for looking, never for accepting a credential. */
export const sessions = sqliteTable(
  'sessions',
  {
    accountId: text('account_id').notNull(),
    sessionId: text('session_id').notNull(),
    /** `role`, `user`, `federated-user`, `root` or `sign-in`. */
    kind: text('kind').notNull(),
    principalArn: text('principal_arn').notNull(),
    /** Unique id of the role or user; the account's id for root. */
    principalId: text('principal_id').notNull(),
    sourceIdentity: text('source_identity'),
    provider: text('provider'),
    subject: text('subject'),
    /** JSON: a list of `{ Key, Value }`. */
    tags: text('tags').notNull(),
    issuedAtSeconds: integer('issued_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    /** The session whose credentials began this one. */
    fromSessionId: text('from_session_id'),
    /** Who asked for it, where somebody signed. */
    begunByArn: text('begun_by_arn'),
    instanceId: text('instance_id'),
    /** The user whose session it is, or who stands at the beginning of its chain. */
    userId: text('user_id'),
    /** JSON: a `Lineage`, where another session stands in it. */
    lineage: text('lineage'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.sessionId] }),
    index('sessions_issued').on(t.accountId, t.issuedAtSeconds, t.sessionId),
    index('sessions_principal').on(t.accountId, t.principalId, t.issuedAtSeconds, t.sessionId),
    index('sessions_user').on(t.accountId, t.userId, t.issuedAtSeconds, t.sessionId),
    index('sessions_source_identity').on(t.accountId, t.sourceIdentity, t.issuedAtSeconds, t.sessionId),
    index('sessions_subject').on(t.accountId, t.provider, t.subject, t.issuedAtSeconds, t.sessionId),
    index('sessions_expiry').on(t.expiresAtSeconds),
  ],
);

/** The credentials of sessions: access key ids, and ids of access tokens. */
export const sessionCredentials = sqliteTable(
  'session_credentials',
  {
    accountId: text('account_id').notNull(),
    credentialId: text('credential_id').notNull(),
    sessionId: text('session_id').notNull(),
    issuedAtSeconds: integer('issued_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.credentialId] }),
    index('session_credentials_session').on(t.accountId, t.sessionId),
    index('session_credentials_expiry').on(t.expiresAtSeconds),
  ],
);

/** When something was last used: a long-term access key, a role, a session. */
export const lastUsed = sqliteTable(
  'last_used',
  {
    accountId: text('account_id').notNull(),
    kind: text('kind').notNull(),
    id: text('id').notNull(),
    atMilliseconds: integer('at_milliseconds').notNull(),
    region: text('region'),
    service: text('service').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.kind, t.id] }),
    index('last_used_time').on(t.kind, t.atMilliseconds),
  ],
);

/** When a user or a role last asked for an action of a service, allowed or not. */
export const serviceAccess = sqliteTable(
  'service_access',
  {
    accountId: text('account_id').notNull(),
    /** Unique id of the user or role. */
    principalId: text('principal_id').notNull(),
    service: text('service').notNull(),
    action: text('action').notNull(),
    atMilliseconds: integer('at_milliseconds').notNull(),
    region: text('region'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.principalId, t.service, t.action] }),
    index('service_access_time').on(t.atMilliseconds),
  ],
);
