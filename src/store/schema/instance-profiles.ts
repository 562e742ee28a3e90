import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { TagRow } from './identities.ts';

/** Instance profiles hold one role, or none. */
export const instanceProfiles = sqliteTable(
  'instance_profiles',
  {
    accountId: text('account_id').notNull(),
    profileId: text('profile_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    path: text('path').notNull(),
    roleId: text('role_id'),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.profileId] }),
    uniqueIndex('instance_profiles_name').on(t.accountId, t.nameKey),
    index('instance_profiles_path').on(t.accountId, t.path, t.nameKey),
    index('instance_profiles_role').on(t.accountId, t.roleId, t.nameKey),
  ],
);
