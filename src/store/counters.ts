/** Counts and their quotas: one guarded UPDATE each, so that a quota holds under any concurrency and nothing is counted by scanning. */
import { and, eq, lt, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { DEFAULT_QUOTAS, type QuotaName } from '../core/quotas.ts';
import { guarded } from './batch.ts';
import type { Database, Query } from './database.ts';
import { readRows } from './read.ts';
import { accounts, counters } from './schema/accounts.ts';

/** One more of a kind; aborts the batch (`withinQuota`) at the account's quota. */
export const countUp = (db: Database, accountId: string, name: QuotaName): readonly Query[] => [
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

/** What is counted without a quota of its own. */
type CounterName = QuotaName | 'MFADevicesInUse';

/** One more of a kind that has no quota. */
export const countFreely = (db: Database, accountId: string, name: CounterName): Query =>
  db
    .insert(counters)
    .values({ accountId, name, value: 1 })
    .onConflictDoUpdate({
      target: [counters.accountId, counters.name],
      set: { value: sql`${counters.value} + 1` },
    });

/** One less of a kind. */
export const countDown = (db: Database, accountId: string, name: CounterName): Query =>
  db
    .update(counters)
    .set({ value: sql`${counters.value} - 1` })
    .where(counter(accountId, name));

const counter = (accountId: string, name: CounterName) =>
  and(eq(counters.accountId, accountId), eq(counters.name, name));

/** The account's own number where it has one, else AWS's; as SQL, for a guard. */
export const quotaOf = (accountId: string, name: QuotaName) =>
  sql`coalesce((select json_extract(quotas, ${`$.${name}`}) from accounts where account_id = ${accountId}), ${DEFAULT_QUOTAS[name]})`;

/**
 * The refusal at a quota, with the number that holds for the account.
 * @param awsName - what AWS calls the quota: `UsersPerAccount`
 */
export async function overQuota(
  db: Database,
  accountId: string,
  name: QuotaName,
  awsName: string,
): Promise<Fault> {
  const [row] = await readRows(
    db,
    db.select({ quotas: accounts.quotas }).from(accounts).where(eq(accounts.accountId, accountId)),
  );
  const quota = new Map(Object.entries(row?.quotas ?? {})).get(name) ?? DEFAULT_QUOTAS[name];
  return new Fault('limit_exceeded', `Cannot exceed quota for ${awsName}: ${quota}`);
}
