import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Certificate authorities whose certificates prove instances. */
export const trustAnchors = sqliteTable(
  'trust_anchors',
  {
    accountId: text('account_id').notNull(),
    anchorId: text('anchor_id').notNull(),
    name: text('name').notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    /** The bundle, as PEM. */
    bundle: text('bundle').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    updatedAtSeconds: integer('updated_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.anchorId] })],
);

/** Lists of revoked certificates: what they say, read once when they were imported. */
export const revokedCertificates = sqliteTable(
  'revoked_certificates',
  {
    accountId: text('account_id').notNull(),
    crlId: text('crl_id').notNull(),
    name: text('name').notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    anchorId: text('anchor_id').notNull(),
    issuer: text('issuer').notNull(),
    /** Serial numbers, lower-case hexadecimal. */
    serials: text('serials', { mode: 'json' }).$type<readonly string[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    updatedAtSeconds: integer('updated_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.crlId] }),
    index('revoked_certificates_anchor').on(t.accountId, t.anchorId, t.crlId),
  ],
);

/** Which roles a certificate may ask for, and what narrows them. */
export const anywhereProfiles = sqliteTable(
  'anywhere_profiles',
  {
    accountId: text('account_id').notNull(),
    profileId: text('profile_id').notNull(),
    name: text('name').notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    roleArns: text('role_arns', { mode: 'json' }).$type<readonly string[]>().notNull(),
    managedPolicyArns: text('managed_policy_arns', { mode: 'json' }).$type<readonly string[]>().notNull(),
    sessionPolicy: text('session_policy'),
    durationSeconds: integer('duration_seconds').notNull(),
    requireInstanceProperties: integer('require_instance_properties', { mode: 'boolean' }).notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    updatedAtSeconds: integer('updated_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.profileId] })],
);
