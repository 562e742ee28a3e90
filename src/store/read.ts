import { type Database, type Query, runBatch } from './database.ts';

/**
 * Runs one query under the database's deadline.
 * @throws Fault `service_unavailable` when D1 does not answer
 */
export async function readRows<T>(db: Database, query: Query & PromiseLike<T>): Promise<T> {
  const [rows] = await runBatch(db, [query]);
  return rows as T; // the one query's own result
}
