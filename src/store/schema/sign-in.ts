import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { SignInIdentity } from '../../core/sign-in/identity.ts';

/** Browsers that are signed in. The cookie's secret is kept as its hash alone. */
export const signInSessions = sqliteTable(
  'sign_in_sessions',
  {
    accountId: text('account_id').notNull(),
    /** Public id; it stays when the secret changes. */
    sessionId: text('session_id').notNull(),
    secretHash: text('secret_hash').notNull(),
    ownerType: text('owner_type', { enum: ['user', 'root', 'federated'] }).notNull(),
    ownerId: text('owner_id').notNull(),
    identity: text('identity', { mode: 'json' }).$type<SignInIdentity>().notNull(),
    /** How the person proved who they are, as RFC 8176 names it. */
    amr: text('amr', { mode: 'json' }).$type<readonly string[]>().notNull(),
    authAtSeconds: integer('auth_at_seconds').notNull(),
    mfaAtSeconds: integer('mfa_at_seconds'),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    lastSeenAtSeconds: integer('last_seen_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    sourceIp: text('source_ip'),
    userAgent: text('user_agent'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.sessionId] }),
    uniqueIndex('sign_in_sessions_secret').on(t.accountId, t.secretHash),
    index('sign_in_sessions_owner').on(t.accountId, t.ownerType, t.ownerId),
    index('sign_in_sessions_expiry').on(t.expiresAtSeconds),
  ],
);

/** Codes for the day a factor is lost; each works once and is kept as its hash. */
export const recoveryCodes = sqliteTable(
  'recovery_codes',
  {
    accountId: text('account_id').notNull(),
    ownerType: text('owner_type', { enum: ['user', 'root', 'federated'] }).notNull(),
    ownerId: text('owner_id').notNull(),
    codeHash: text('code_hash').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    usedAtSeconds: integer('used_at_seconds'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.ownerType, t.ownerId, t.codeHash] })],
);

/** Passkeys and security keys: what checking one needs. Each has a row of its serial number among the MFA devices. */
export const webauthnCredentials = sqliteTable(
  'webauthn_credentials',
  {
    accountId: text('account_id').notNull(),
    /** As the authenticator names it, base64url. */
    credentialId: text('credential_id').notNull(),
    serialNumber: text('serial_number').notNull(),
    ownerType: text('owner_type', { enum: ['user', 'root', 'federated'] }).notNull(),
    ownerId: text('owner_id').notNull(),
    name: text('name').notNull(),
    /** COSE key, base64url. */
    publicKey: text('public_key').notNull(),
    counter: integer('counter').notNull(),
    transports: text('transports', { mode: 'json' }).$type<readonly string[]>().notNull(),
    aaguid: text('aaguid').notNull(),
    backedUp: integer('backed_up', { mode: 'boolean' }).notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    lastUsedAtSeconds: integer('last_used_at_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.credentialId] }),
    uniqueIndex('webauthn_credentials_serial').on(t.accountId, t.serialNumber),
    index('webauthn_credentials_owner').on(t.accountId, t.ownerType, t.ownerId),
  ],
);

/** Which authenticators an account accepts; an account without a row takes any. */
export const webauthnPolicies = sqliteTable('webauthn_policies', {
  accountId: text('account_id').primaryKey(),
  attestation: text('attestation', { enum: ['none', 'required'] }).notNull(),
  /** Accepted models; empty for any that attests itself. */
  aaguids: text('aaguids', { mode: 'json' }).$type<readonly string[]>().notNull(),
  /** PEM of the authorities that attestations must lead to; empty where their signature alone counts. */
  rootCertificates: text('root_certificates').notNull().default(''),
});
