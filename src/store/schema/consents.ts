import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What people let applications have without being asked each time. */
export const consents = sqliteTable(
  'consents',
  {
    accountId: text('account_id').notNull(),
    ownerType: text('owner_type', { enum: ['user', 'root', 'federated'] }).notNull(),
    ownerId: text('owner_id').notNull(),
    clientId: text('client_id').notNull(),
    roleArn: text('role_arn').notNull(),
    /** Pins the role: one that is made anew under the same name was never let in. */
    roleId: text('role_id').notNull(),
    scopes: text('scopes', { mode: 'json' }).$type<readonly string[]>().notNull(),
    audiences: text('audiences', { mode: 'json' }).$type<readonly string[]>().notNull(),
    givenAtSeconds: integer('given_at_seconds').notNull(),
    expiresAtSeconds: integer('expires_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.ownerType, t.ownerId, t.clientId] }),
    index('consents_client').on(t.accountId, t.clientId),
    index('consents_expiry').on(t.expiresAtSeconds),
  ],
);
