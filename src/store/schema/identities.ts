import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

/** Tags as they were given, in order. */
export type TagRow = { readonly Key: string; readonly Value: string };

/** `nameKey` is the name in lower case: IAM's names are unique case-insensitively. */
export const users = sqliteTable(
  'users',
  {
    accountId: text('account_id').notNull(),
    userId: text('user_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    path: text('path').notNull(),
    boundaryArn: text('boundary_arn'),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
    /** Last sign-in with a password; null for never. */
    passwordLastUsedAtSeconds: integer('password_last_used_at_seconds'),
    /** Since when it cannot sign in, for nobody used it; null where it can. */
    disabledAtSeconds: integer('disabled_at_seconds'),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.userId] }),
    uniqueIndex('users_name').on(t.accountId, t.nameKey),
    index('users_path').on(t.accountId, t.path, t.nameKey),
    index('users_boundary').on(t.accountId, t.boundaryArn),
  ],
);

export const groups = sqliteTable(
  'groups',
  {
    accountId: text('account_id').notNull(),
    groupId: text('group_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    path: text('path').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.groupId] }),
    uniqueIndex('groups_name').on(t.accountId, t.nameKey),
    index('groups_path').on(t.accountId, t.path, t.nameKey),
  ],
);

export const groupMembers = sqliteTable(
  'group_members',
  {
    accountId: text('account_id').notNull(),
    userId: text('user_id').notNull(),
    groupId: text('group_id').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.userId, t.groupId] }),
    index('group_members_group').on(t.accountId, t.groupId),
  ],
);

export const roles = sqliteTable(
  'roles',
  {
    accountId: text('account_id').notNull(),
    roleId: text('role_id').notNull(),
    name: text('name').notNull(),
    nameKey: text('name_key').notNull(),
    path: text('path').notNull(),
    description: text('description').notNull(),
    /** The trust policy as it was written. */
    trustDocument: text('trust_document').notNull(),
    /** The unique id that each user or role ARN in the trust policy named when it was saved. */
    trustPins: text('trust_pins', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
    maxSessionSeconds: integer('max_session_seconds').notNull(),
    boundaryArn: text('boundary_arn'),
    tags: text('tags', { mode: 'json' }).$type<readonly TagRow[]>().notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.roleId] }),
    uniqueIndex('roles_name').on(t.accountId, t.nameKey),
    index('roles_path').on(t.accountId, t.path, t.nameKey),
    index('roles_boundary').on(t.accountId, t.boundaryArn),
  ],
);

/** Long-term keys. The secret is sealed under the keyring, bound to this row. */
export const accessKeys = sqliteTable(
  'access_keys',
  {
    accountId: text('account_id').notNull(),
    accessKeyId: text('access_key_id').notNull(),
    userId: text('user_id').notNull(),
    status: text('status', { enum: ['Active', 'Inactive'] }).notNull(),
    sealedSecret: text('sealed_secret').notNull(),
    createdAtSeconds: integer('created_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.accessKeyId] }),
    index('access_keys_user').on(t.accountId, t.userId),
  ],
);
