import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { InstanceIdentity } from '../../core/instances/identity.ts';
import type { Outliving } from '../../core/instances/instance.ts';
import type { TagRow } from './identities.ts';

/**
 * What runs and may get credentials. The association stands in the instance's own row: there is one, or none, whoever races.
 * `outliving` names ended associations whose credentials may be used to their end.
 */
export const instances = sqliteTable(
  'instances',
  {
    accountId: text('account_id').notNull(),
    instanceId: text('instance_id').notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    description: text('description').notNull(),
    /** The identity as one text: no two instances of an account share one. */
    identityKey: text('identity_key').notNull(),
    identity: text('identity', { mode: 'json' }).$type<InstanceIdentity>().notNull(),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    associationId: text('association_id'),
    profileId: text('profile_id'),
    associatedAtSeconds: integer('associated_at_seconds'),
    outliving: text('outliving', { mode: 'json' }).$type<readonly Outliving[]>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.instanceId] }),
    uniqueIndex('instances_identity').on(t.accountId, t.identityKey),
    index('instances_association').on(t.accountId, t.associationId),
    index('instances_profile').on(t.accountId, t.profileId, t.instanceId),
  ],
);

/** Codes with which a device enrols itself, once. Only a code's hash is kept. */
export const enrolmentCodes = sqliteTable(
  'enrolment_codes',
  {
    accountId: text('account_id').notNull(),
    codeId: text('code_id').notNull(),
    codeHash: text('code_hash').notNull(),
    profileId: text('profile_id').notNull(),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
    redeemedAtSeconds: integer('redeemed_at_seconds'),
    /** Who was enrolled with it. */
    instanceId: text('instance_id'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.codeId] }),
    uniqueIndex('enrolment_codes_hash').on(t.accountId, t.codeHash),
    index('enrolment_codes_expiry').on(t.expiresAtSeconds),
  ],
);
