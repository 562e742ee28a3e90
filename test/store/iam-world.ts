/** Repositories on the real D1 of a test, for one account. */
import { type BatchWriter, createBatchWriter } from '../../src/store/batch.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { Entity } from '../../src/store/entity.ts';
import { accounts } from '../../src/store/schema/accounts.ts';
import { auditEvents } from '../../src/store/schema/trail.ts';
import { Snapshot } from '../../src/store/snapshot.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { type CountedD1, countD1 } from '../helpers/d1-counter.ts';
import { fakeClock } from '../helpers/fake-world.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

export const ACCOUNT = '111122223333';

export interface IamWorld {
  readonly db: Database;
  readonly d1: CountedD1;
  readonly writer: BatchWriter;
  /** What writes have said to change for decisions, oldest first. */
  readonly noted: Entity[];
}

/** An empty database with one account. @param quotas - the account's own */
export async function iamWorld(quotas: Readonly<Record<string, number>> = {}): Promise<IamWorld> {
  const d1 = countD1(await migratedD1());
  const db = openDatabase(d1.db);
  const noted: Entity[] = [];
  const snapshot = new Snapshot({
    db,
    clock: fakeClock(),
    freshnessSeconds: 5,
    maxBytes: 1000,
    defer: () => undefined,
    log: () => undefined,
  });
  snapshot.noteWrite = (entities) => noted.push(...entities);
  await db.insert(accounts).values({
    accountId: ACCOUNT,
    rootEmail: 'root@example.com',
    rootPasswordHash: 'x',
    createdAtSeconds: 1,
    quotas,
  });
  return { db, d1, writer: createBatchWriter(db, snapshot), noted };
}

/** Makes events of changes. */
export const event = () => auditEvent();

/** How many events stand in the trail. */
export const eventCount = ({ db }: IamWorld): Promise<number> => db.$count(auditEvents);

/** How many of the promises came to a good end, and the codes of the others. */
export async function outcomes(promises: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(promises);
  const codes = settled.flatMap((each) => (each.status === 'rejected' ? [String(each.reason.code)] : []));
  return { succeeded: settled.length - codes.length, codes: [...new Set(codes)].sort() };
}

/** A writer before whose first write something else happens: what a race between a look and its write can do. */
export function overtaken({ writer }: IamWorld, meanwhile: () => Promise<unknown>): BatchWriter {
  let isOvertaken = false;
  return {
    commit: async (write) => {
      if (!isOvertaken) {
        isOvertaken = true;
        await meanwhile();
      }
      return writer.commit(write);
    },
  };
}
