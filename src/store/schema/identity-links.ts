import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Outside logins that a user has linked to itself; the subject is the provider's own id, never an e-mail address. */
export const identityLinks = sqliteTable(
  'identity_links',
  {
    accountId: text('account_id').notNull(),
    /** The provider's unique id: one that is deleted and made anew inherits no links. */
    providerId: text('provider_id').notNull(),
    subject: text('subject').notNull(),
    userId: text('user_id').notNull(),
    /** What the provider called the person when the link was made: for people's eyes alone. */
    label: text('label').notNull(),
    linkedAtSeconds: integer('linked_at_seconds').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.providerId, t.subject] }),
    index('identity_links_user').on(t.accountId, t.userId),
  ],
);
