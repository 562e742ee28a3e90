import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { type Load, Snapshot } from '../../src/store/snapshot.ts';
import { deferred, fakeClock } from '../helpers/fake-world.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

const ACCOUNT = '111122223333';

test('a change between two first reads of a cold isolate is not missed', async () => {
  const real = await migratedD1();
  const clock = fakeClock();
  const gates = [deferred<void>(), deferred<void>()];
  let sent = 0;
  let answered = 0;
  // Each batch is answered by D1 at once; the answers reach the isolate only when their gate opens.
  const held = new Proxy(real, {
    get: (target, name) => {
      if (name !== 'batch') return Reflect.get(target, name, target);
      return async (statements: D1PreparedStatement[]) => {
        const gate = gates[sent];
        sent += 1;
        const results = await target.batch(statements);
        answered += 1;
        await gate?.promise;
        return results;
      };
    },
  });
  const db = openDatabase(held);
  const snapshot = new Snapshot({
    ...{ db, clock, freshnessSeconds: 5, maxBytes: 1_000_000 },
    defer: (promise) => void promise.catch(() => undefined),
    log: () => undefined,
  });
  const load = (name: string): Load<number> => ({
    key: `count:${name}`,
    queries: () => [db.select({ value: counters.value }).from(counters).where(eq(counters.name, name))],
    read: ([rows]) => {
      const [row] = rows as { value: number }[]; // the one query above
      return row === undefined
        ? null
        : { value: row.value, entities: [`${ACCOUNT}/user:${name}`], bytes: 100 };
    },
  });
  const write = (name: string, value: number) =>
    real.batch([
      real.prepare('INSERT OR REPLACE INTO counters VALUES (?, ?, ?)').bind(ACCOUNT, name, value),
      real
        .prepare('INSERT INTO change_log (account_id, entity, at_seconds) VALUES (?, ?, 0)')
        .bind(ACCOUNT, `user:${name}`),
    ]);

  await write('a', 1);
  await write('b', 1);
  const first = snapshot.get(load('a'));
  await expect.poll(() => answered).toBe(1);
  await write('a', 2);
  const second = snapshot.get(load('b'));
  await expect.poll(() => answered).toBe(2);
  gates[0]?.resolve();
  expect(await first).toBe(1);
  gates[1]?.resolve();
  expect(await second).toBe(1);
  // Past the bound everything held has been proved anew.
  clock.advance(6000);
  expect(await snapshot.get(load('a'))).toBe(2);
});
