import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { TagRow } from './identities.ts';

/** Customer managed policies. AWS's own (`arn:aws:iam::aws:policy/…`) live in the code. */
export const policies = sqliteTable(
  'policies',
  {
    accountId: text('account_id').notNull(),
    policyId: text('policy_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    path: text('path').notNull(),
    arn: text('arn').notNull(),
    description: text('description').notNull(),
    defaultVersion: integer('default_version').notNull(),
    /** The number the next version will get: version numbers are never reused. */
    nextVersion: integer('next_version').notNull(),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    updatedAtSeconds: integer('updated_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.policyId] }),
    uniqueIndex('policies_name').on(t.accountId, t.nameKey),
    uniqueIndex('policies_arn').on(t.accountId, t.arn),
  ],
);

export const policyVersions = sqliteTable(
  'policy_versions',
  {
    accountId: text('account_id').notNull(),
    policyId: text('policy_id').notNull(),
    version: integer('version').notNull(),
    document: text('document').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.policyId, t.version] })],
);

/** What a policy can belong to. */
export const OWNER_TYPES = ['user', 'group', 'role'] as const;

export const inlinePolicies = sqliteTable(
  'inline_policies',
  {
    accountId: text('account_id').notNull(),
    ownerType: text('owner_type', { enum: OWNER_TYPES }).notNull(),
    ownerId: text('owner_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    document: text('document').notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.ownerType, t.ownerId, t.nameKey] })],
);

export const attachments = sqliteTable(
  'attachments',
  {
    accountId: text('account_id').notNull(),
    ownerType: text('owner_type', { enum: OWNER_TYPES }).notNull(),
    ownerId: text('owner_id').notNull(),
    policyArn: text('policy_arn').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ownerType, t.ownerId, t.policyArn] }),
    index('attachments_policy').on(t.accountId, t.policyArn),
  ],
);
