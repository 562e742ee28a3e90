import { eq, sql } from 'drizzle-orm';
import { DEFAULT_QUOTAS, QUOTA_NAMES } from '../core/quotas.ts';
import type { QuotaRecord, Quotas } from '../core/repositories/quotas.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { accounts } from './schema/accounts.ts';

export function createQuotas(db: Database, writer: BatchWriter): Quotas {
  return {
    async quotas(accountId) {
      const [row] = await readRows(
        db,
        db.select({ quotas: accounts.quotas }).from(accounts).where(eq(accounts.accountId, accountId)),
      );
      return quotaRecords(row?.quotas ?? {});
    },

    async updateQuotas(accountId, changes, event) {
      const patch = JSON.stringify(Object.fromEntries(changes)); // RFC 7396: null removes a member
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(accounts)
            .set({ quotas: sql`json_patch(${accounts.quotas}, ${patch})` })
            .where(eq(accounts.accountId, accountId)),
        ),
        entities: [], // quotas are read by the guards of writes, never by a decision
        event: event(),
      });
    },
  };
}

/** @param own - the numbers that the account has of its own, by name */
export function quotaRecords(own: Readonly<Record<string, number>>): readonly QuotaRecord[] {
  const values = new Map(Object.entries(own));
  return QUOTA_NAMES.map((name) => ({
    name,
    value: values.get(name) ?? DEFAULT_QUOTAS[name],
    defaultValue: DEFAULT_QUOTAS[name],
  }));
}
