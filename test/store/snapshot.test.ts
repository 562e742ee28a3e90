import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { Entity } from '../../src/store/entity.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { type Load, Snapshot } from '../../src/store/snapshot.ts';
import { type CountedD1, countD1 } from '../helpers/d1-counter.ts';
import { deferred, type FakeClock, fakeClock, settle } from '../helpers/fake-world.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

const ACCOUNT = '111122223333';
const entity = (name: string): Entity => `${ACCOUNT}/user:${name}`;

let real: D1Database;
let d1: CountedD1;
let clock: FakeClock;
let deferredWork: Promise<unknown>[];
let warnings: string[];
let snapshot: Snapshot;
/** Held back batches wait here; null lets each go at once. */
let gate: Promise<void> | null;

beforeEach(async () => {
  real = await migratedD1();
  d1 = countD1(real);
  clock = fakeClock();
  gate = null;
  open({});
  d1.calls.length = 0;
});

/** A snapshot over the counted database, whose batches can be held back after D1 has answered. */
function open({ freshnessSeconds = 5, maxBytes = 1_000_000 }): void {
  deferredWork = [];
  warnings = [];
  const held = new Proxy(d1.db, {
    get: (target, name) => {
      if (name !== 'batch') return Reflect.get(target, name, target);
      return async (statements: D1PreparedStatement[]) => {
        const waitFor = gate;
        const results = await target.batch(statements);
        await waitFor;
        return results;
      };
    },
  });
  snapshot = new Snapshot({
    db: openDatabase(held),
    clock,
    freshnessSeconds,
    maxBytes,
    defer: (promise) => deferredWork.push(promise.catch(() => undefined)),
    log: (_level, event) => warnings.push(event),
  });
}

/** Loads one count by its name, as the directory loads its entries. */
const load = (name: string, bytes = 100): Load<number> => ({
  key: `count:${name}`,
  queries: () => [
    openDatabase(d1.db).select({ value: counters.value }).from(counters).where(eq(counters.name, name)),
  ],
  read: ([rows]) => {
    const [row] = rows as { value: number }[]; // the one query above
    return row === undefined ? null : { value: row.value, entities: [entity(name)], bytes };
  },
});

/** What another isolate would do: a new value and a row of the change log, past this snapshot. */
async function writeElsewhere(
  name: string,
  value: number,
  changed: readonly string[] = [name],
): Promise<void> {
  await real.batch([
    real.prepare('INSERT OR REPLACE INTO counters VALUES (?, ?, ?)').bind(ACCOUNT, name, value),
    ...changed.map((each) =>
      real
        .prepare('INSERT INTO change_log (account_id, entity, at_seconds) VALUES (?, ?, 0)')
        .bind(ACCOUNT, `user:${each}`),
    ),
  ]);
}

/** As a write without a row of the change log: nobody may notice before its entry goes for another reason. */
const writeSilently = (name: string, value: number) => writeElsewhere(name, value, []);

const seconds = (count: number): number => count * 1000;

describe('what is held', () => {
  test('the second question about the same thing asks the database nothing', async () => {
    await writeElsewhere('a', 1);
    expect(await snapshot.get(load('a'))).toBe(1);
    expect(d1.calls).toHaveLength(1);
    expect(await snapshot.get(load('a'))).toBe(1);
    expect(d1.calls).toHaveLength(1);
    expect(snapshot.size()).toEqual({ entries: 1, bytes: 100 });
  });

  test('what does not exist is null, and asked for anew each time', async () => {
    expect(await snapshot.get(load('a'))).toBeNull();
    await writeSilently('a', 7);
    expect(await snapshot.get(load('a'))).toBe(7);
    expect(d1.calls).toHaveLength(2);
  });

  test('several loads of one turn travel in one batch', async () => {
    await writeElsewhere('a', 1);
    await writeElsewhere('b', 2);
    const both = await Promise.all([
      snapshot.get(load('a')),
      snapshot.get(load('b')),
      snapshot.get(load('c')),
    ]);
    expect(both).toEqual([1, 2, null]);
    expect(d1.calls.map(({ kind, sql }) => [kind, sql.length])).toEqual([['batch', 4]]);
  });

  test('many that ask for one thing at once share one flight', async () => {
    await writeElsewhere('a', 1);
    const answers = await Promise.all(Array.from({ length: 50 }, () => snapshot.get(load('a'))));
    expect(new Set(answers)).toEqual(new Set([1]));
    expect(d1.calls.map(({ sql }) => sql.length)).toEqual([2]);
    expect(deferredWork).toHaveLength(1);
  });

  test('who comes while a load flies joins it', async () => {
    await writeElsewhere('a', 1);
    const door = deferred<void>();
    gate = door.promise;
    const first = snapshot.get(load('a'));
    await vi.waitFor(() => expect(d1.calls).toHaveLength(1));
    const second = snapshot.get(load('a'));
    await settle();
    door.resolve();
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    expect(d1.calls).toHaveLength(1);
  });

  test('past the memory cap the longest unused entry goes first', async () => {
    open({ maxBytes: 250 });
    for (const [at, name] of ['a', 'b', 'c'].entries()) await writeElsewhere(name, at);
    await snapshot.get(load('a'));
    await snapshot.get(load('b'));
    await snapshot.get(load('a')); // now b is the longest unused
    await snapshot.get(load('c'));
    expect(snapshot.size()).toEqual({ entries: 2, bytes: 200 });
    d1.calls.length = 0;
    await snapshot.get(load('a'));
    await snapshot.get(load('c'));
    expect(d1.calls).toHaveLength(0);
    await snapshot.get(load('b'));
    expect(d1.calls).toHaveLength(1);
  });

  test('what alone is past the cap is answered and not kept', async () => {
    open({ maxBytes: 250 });
    await writeElsewhere('a', 1);
    expect(await snapshot.get(load('a', 251))).toBe(1);
    expect(snapshot.size()).toEqual({ entries: 0, bytes: 0 });
  });

  test('reload reads past what is held', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await writeSilently('a', 2);
    expect(await snapshot.get(load('a'))).toBe(1);
    expect(await snapshot.reload(load('a'))).toBe(2);
  });
});

describe('the freshness bound', () => {
  test('up to half the bound nothing is asked', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    clock.advance(seconds(2.5));
    await snapshot.get(load('a'));
    expect(d1.calls).toHaveLength(1);
  });

  test('past half the bound the answer comes at once and the proof is renewed behind it', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await writeElsewhere('a', 2);
    clock.advance(2501);
    expect(await snapshot.get(load('a'))).toBe(1);
    await Promise.all(deferredWork);
    expect(d1.calls).toHaveLength(2);
    expect(await snapshot.get(load('a'))).toBe(2);
  });

  test('a busy isolate never waits: while the proof is renewed, answers go on', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    const door = deferred<void>();
    gate = door.promise;
    clock.advance(2501);
    expect(await snapshot.get(load('a'))).toBe(1);
    clock.advance(2000);
    expect(await snapshot.get(load('a'))).toBe(1);
    await vi.waitFor(() => expect(d1.calls).toHaveLength(2));
    door.resolve();
    await Promise.all(deferredWork);
    expect(d1.calls).toHaveLength(2);
  });

  test('past the bound nothing is told before the change log was read', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await writeElsewhere('a', 2);
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(2);
  });

  test('past the bound an unchanged entry costs one read of the change log and no load', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(1);
    expect(d1.calls.map(({ sql }) => sql.length)).toEqual([2, 1]);
  });

  test('any read proves every entry', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    clock.advance(seconds(4));
    await snapshot.get(load('nothing'));
    clock.advance(seconds(2));
    await snapshot.get(load('a'));
    expect(d1.calls).toHaveLength(2);
  });

  test('the bound counts from the start of the read, not from its answer', async () => {
    await writeElsewhere('a', 1);
    const door = deferred<void>();
    gate = door.promise;
    const first = snapshot.get(load('a'));
    await vi.waitFor(() => expect(d1.calls).toHaveLength(1));
    await writeElsewhere('a', 2);
    clock.advance(seconds(4));
    gate = null;
    door.resolve();
    expect(await first).toBe(1);
    clock.advance(1001); // 5.001 s after the read began, 1.001 s after its answer
    expect(await snapshot.get(load('a'))).toBe(2);
  });

  test('a revocation binds in time although the renewal that everybody waits for began before it', async () => {
    open({ freshnessSeconds: 1 });
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    const door = deferred<void>();
    gate = door.promise;
    clock.advance(600);
    await snapshot.get(load('a')); // begins to renew the proof behind the answer
    await vi.waitFor(() => expect(d1.calls).toHaveLength(2));
    await writeElsewhere('a', 2);
    clock.advance(3000);
    const late = snapshot.get(load('a'));
    await settle();
    gate = null;
    door.resolve();
    expect(await late).toBe(2);
  });

  test('a load is not shared with who comes later than the bound after it began', async () => {
    open({ freshnessSeconds: 1 });
    await writeElsewhere('a', 1);
    const door = deferred<void>();
    gate = door.promise;
    const first = snapshot.get(load('a'));
    await vi.waitFor(() => expect(d1.calls).toHaveLength(1));
    await writeElsewhere('a', 2);
    clock.advance(1001);
    const late = snapshot.get(load('a'));
    await settle();
    gate = null;
    door.resolve();
    expect(await late).toBe(2);
    expect(await first).toBe(1);
  });

  test('past the bound with D1 unreachable the answer is service_unavailable', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    d1.unreachable = true;
    clock.advance(seconds(5));
    expect(await snapshot.get(load('a'))).toBe(1);
    await Promise.all(deferredWork);
    expect(warnings).toEqual(['snapshot.revalidation_failed']);
    clock.advance(1);
    await expect(snapshot.get(load('a'))).rejects.toMatchObject({
      name: 'Fault',
      code: 'service_unavailable',
    });
    d1.unreachable = false;
    expect(await snapshot.get(load('a'))).toBe(1);
  });

  test('a flight that fails says so to all and leaves its place free', async () => {
    await writeElsewhere('a', 1);
    d1.unreachable = true;
    const answers = await Promise.allSettled([snapshot.get(load('a')), snapshot.get(load('a'))]);
    expect(answers).toMatchObject([
      { status: 'rejected', reason: { code: 'service_unavailable' } },
      { status: 'rejected', reason: { code: 'service_unavailable' } },
    ]);
    expect(d1.calls).toHaveLength(1);
    d1.unreachable = false;
    expect(await snapshot.get(load('a'))).toBe(1);
  });

  test('a reader that throws fails its own load alone', async () => {
    await writeElsewhere('a', 1);
    const broken: Load<number> = {
      ...load('a'),
      key: 'broken',
      read: () => {
        throw new Error('cannot be read');
      },
    };
    const answers = await Promise.allSettled([snapshot.get(broken), snapshot.get(load('a'))]);
    expect(answers).toMatchObject([
      { status: 'rejected', reason: { message: 'cannot be read' } },
      { status: 'fulfilled', value: 1 },
    ]);
    expect(snapshot.size().entries).toBe(1);
  });
});

describe('the change log', () => {
  test('drops what its rows name, and nothing else', async () => {
    await writeElsewhere('a', 1);
    await writeElsewhere('b', 1);
    await Promise.all([snapshot.get(load('a')), snapshot.get(load('b'))]);
    await writeElsewhere('a', 2);
    await writeSilently('b', 2);
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(2);
    expect(await snapshot.get(load('b'))).toBe(1);
  });

  test('a row of another account drops nothing', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await writeSilently('a', 2);
    await real
      .prepare("INSERT INTO change_log (account_id, entity, at_seconds) VALUES ('999988887777', 'user:a', 0)")
      .run();
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(1);
  });

  test('rows that are missing because they were purged clear everything', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await writeElsewhere('a', 2);
    await writeElsewhere('b', 2);
    await real.exec("DELETE FROM change_log WHERE entity = 'user:a'");
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(2);
  });

  test('more changes than are read at once clear everything, and the rest is read the next time', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await manyChanges(600);
    await writeElsewhere('a', 2);
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(2);
    await writeElsewhere('a', 3);
    clock.advance(5001);
    expect(await snapshot.get(load('a'))).toBe(3);
  });

  async function manyChanges(count: number): Promise<void> {
    const insert = real.prepare(
      "INSERT INTO change_log (account_id, entity, at_seconds) VALUES ('1', 'user:x', 0)",
    );
    await real.batch(Array.from({ length: count }, () => insert));
  }

  test('a load that saw less of the log than is known by now is answered and not kept', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('b')); // the log has been read
    const door = deferred<void>();
    gate = door.promise;
    const slow = snapshot.get(load('a'));
    await vi.waitFor(() => expect(d1.calls).toHaveLength(2));
    gate = null;
    await writeElsewhere('a', 2);
    await snapshot.get(load('b')); // sees the new row first
    door.resolve();
    expect(await slow).toBe(1);
    expect(await snapshot.get(load('a'))).toBe(2);
  });
});

describe("the isolate's own writes", () => {
  test('are visible at once', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    await writeElsewhere('a', 2);
    snapshot.noteWrite([entity('a')]);
    expect(await snapshot.get(load('a'))).toBe(2);
  });

  test('leave alone what they do not name', async () => {
    await writeElsewhere('a', 1);
    await snapshot.get(load('a'));
    snapshot.noteWrite([entity('b')]);
    await snapshot.get(load('a'));
    expect(d1.calls).toHaveLength(1);
  });

  test('a load that began before a write is not kept after it, nor joined', async () => {
    await writeSilently('a', 1);
    const door = deferred<void>();
    gate = door.promise;
    const before = snapshot.get(load('a'));
    await vi.waitFor(() => expect(d1.calls).toHaveLength(1));
    gate = null;
    await writeSilently('a', 2);
    snapshot.noteWrite([entity('a')]);
    expect(await snapshot.get(load('a'))).toBe(2);
    door.resolve();
    expect(await before).toBe(1);
    expect(await snapshot.get(load('a'))).toBe(2);
  });
});
