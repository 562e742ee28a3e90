import type { OneTime } from '../core/repositories/one-time.ts';
import { type Database, runBatch } from './database.ts';
import { oneTimeValues } from './schema/trail.ts';

export function createOneTime(db: Database): OneTime {
  return {
    async use(accountId, value) {
      const [rows] = await runBatch(db, [
        db
          .insert(oneTimeValues)
          .values({ accountId, ...value })
          .onConflictDoNothing()
          .returning({ purpose: oneTimeValues.purpose }),
      ]);
      return Array.isArray(rows) && rows.length === 1;
    },
  };
}
