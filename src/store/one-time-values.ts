/** Things that may be used once: recorded by their hash, in the batch of what they are used for. */
import type { OneTimeValue } from '../core/repositories/one-time.ts';
import { type GuardName, guarded } from './batch.ts';
import type { Database, Query } from './database.ts';
import { oneTimeValues } from './schema/trail.ts';

/**
 * @param name - the guard that aborts the batch when the value was used before
 * @returns the statements that use a value up
 */
export const useOnce = (
  db: Database,
  name: GuardName,
  accountId: string,
  { purpose, valueHash, expiresAtSeconds }: OneTimeValue,
): readonly Query[] =>
  guarded(
    db,
    name,
    db
      .insert(oneTimeValues)
      .values({ accountId, purpose, valueHash, expiresAtSeconds })
      .onConflictDoNothing(),
  );
