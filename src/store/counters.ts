/** Counts and their quotas: one guarded UPDATE each, so that a quota holds under any concurrency and nothing is counted by scanning. */
import { and, eq, lt, sql } from 'drizzle-orm';
import { guarded } from './batch.ts';
import type { Database, Query } from './database.ts';
import { counters } from './schema/accounts.ts';

/** What is counted, by the names that GetAccountSummary gives. */
export type CounterName =
  | 'Users'
  | 'Groups'
  | 'Roles'
  | 'Policies'
  | 'Providers'
  | 'InstanceProfiles'
  | 'Audiences'
  | 'Instances';

/** AWS's numbers. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const DEFAULT_QUOTAS: Readonly<Record<CounterName, number>> = {
  Users: 5000,
  Groups: 300,
  Roles: 1000,
  Policies: 1500,
  Providers: 100,
  InstanceProfiles: 1000,
  Audiences: 1000,
  Instances: 10_000,
};

/** One more of a kind; aborts the batch (`withinQuota`) at the account's quota. */
export const countUp = (db: Database, accountId: string, name: CounterName): readonly Query[] => [
  db.insert(counters).values({ accountId, name, value: 0 }).onConflictDoNothing(),
  ...guarded(
    db,
    'withinQuota',
    db
      .update(counters)
      .set({ value: sql`${counters.value} + 1` })
      .where(and(counter(accountId, name), lt(counters.value, quotaOf(accountId, name)))),
  ),
];

/** One less of a kind. */
export const countDown = (db: Database, accountId: string, name: CounterName): Query =>
  db
    .update(counters)
    .set({ value: sql`${counters.value} - 1` })
    .where(counter(accountId, name));

const counter = (accountId: string, name: CounterName) =>
  and(eq(counters.accountId, accountId), eq(counters.name, name));

/** The account's own number where it has one, else AWS's. */
const quotaOf = (accountId: string, name: CounterName) =>
  sql`coalesce((select json_extract(quotas, ${`$.${name}`}) from accounts where account_id = ${accountId}), ${DEFAULT_QUOTAS[name]})`;
