import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/core/audit/event.ts';
import { eventRow, findEvents, insertEvent, packEvents } from '../../src/store/audit.ts';
import { type Database, openDatabase, runBatch } from '../../src/store/database.ts';
import { drainPacks } from '../../src/store/drain.ts';
import { auditEvents } from '../../src/store/schema/trail.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

const ACCOUNT = '111122223333';

let db: Database;
beforeEach(async () => {
  db = openDatabase(await migratedD1());
});

/** As the buffer does, in packs of one and two. */
const drain = (events: readonly AuditEvent[]) => {
  const halves = [events.slice(0, 1), events.slice(1)].filter((half) => half.length > 0);
  return drainPacks(
    db,
    halves.flatMap((half, at) =>
      packEvents(half).map(({ rows }) => ({ shard: 'fra-1', firstSequence: 1 + at, rows })),
    ),
  );
};

const idsOf = (events: readonly Readonly<Record<string, unknown>>[]) => events.map(({ eventID }) => eventID);

describe('draining', () => {
  test('keeps shard and number of each event', async () => {
    await drain([auditEvent({ eventId: 'a' }), auditEvent({ eventId: 'b' })]);
    const rows = await db.select().from(auditEvents).orderBy(auditEvents.shardSequence);
    expect(rows.map(({ eventId, shard, shardSequence }) => [eventId, shard, shardSequence])).toEqual([
      ['a', 'fra-1', 1],
      ['b', 'fra-1', 2],
    ]);
  });

  test('twice inserts once, and the first word stands', async () => {
    await drain([auditEvent({ eventId: 'a', outcome: 'access_denied' })]);
    await drain([auditEvent({ eventId: 'a', outcome: 'success' })]);
    expect(await db.select({ outcome: auditEvents.outcome }).from(auditEvents)).toEqual([
      { outcome: 'access_denied' },
    ]);
  });

  test('makes the very row that a change writes, quotes, nulls and all', async () => {
    const event = auditEvent({
      eventId: 'a',
      userAgent: `"'\\ 😀 \u0000\n\u007f\u2028</script>\ud800 é`,
      identity: { type: 'Anonymous' },
      requestParameters: { '': [], 'a"b': { n: [1e21, 1.5e-9, -3, null, true, {}] }, __proto__x: '' },
    });
    await drain([event]);
    const [row] = await db.select().from(auditEvents);
    expect(row).toEqual({ ...eventRow(event), shard: 'fra-1', shardSequence: 1 });
  });

  test('takes what an earlier version packed, whose body is a text', async () => {
    const event = auditEvent({ eventId: 'a', requestParameters: { text: `"quoted" \\ \n` } });
    const { accountId, eventId, atMilliseconds, eventSource, eventName, outcome, ...rest } = eventRow(event);
    const { principalArn, requestId, body } = rest;
    const columns = [accountId, eventId, atMilliseconds, eventSource, eventName, outcome];
    const rows = JSON.stringify([[...columns, principalArn, requestId, body]]);
    await drainPacks(db, [{ shard: 'fra-1', firstSequence: 1, rows }]);
    const [row] = await db.select().from(auditEvents);
    expect(row).toEqual({ ...eventRow(event), shard: 'fra-1', shardSequence: 1 });
  });

  test('packs without a gap between them arrive as one, and a gap stays to be seen', async () => {
    const packs = ['abc', 'd', 'ef', 'g'].map((ids) =>
      packEvents([...ids].map((id) => auditEvent({ eventId: id }))),
    );
    const firsts = [1, 4, 9, 11];
    await drainPacks(
      db,
      packs.flat().map(({ rows }, at) => ({ shard: 'fra-1', firstSequence: firsts[at] ?? 0, rows })),
    );
    const rows = await db.select().from(auditEvents).orderBy(auditEvents.shardSequence);
    expect(rows.map(({ eventId, shardSequence }) => [eventId, shardSequence])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['d', 4],
      ['e', 9],
      ['f', 10],
      ['g', 11],
    ]);
  });

  test('what is too long for one statement arrives by several of the same batch', async () => {
    const text = '\u00e9'.repeat(150_000);
    const packs = Array.from({ length: 6 }, (_, at) =>
      packEvents([auditEvent({ eventId: `e${at}`, requestParameters: { text } })]),
    ).flat();
    await drainPacks(
      db,
      packs.map(({ rows }, at) => ({ shard: 'fra-1', firstSequence: 1 + at, rows })),
    );
    const rows = await db.select().from(auditEvents).orderBy(auditEvents.shardSequence);
    expect(rows.map(({ shardSequence }) => shardSequence)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(rows.map(({ body }) => JSON.parse(body).requestParameters.text === text)).not.toContain(false);
  });

  test('nothing is nothing', async () => {
    await drain([]);
    expect(await db.$count(auditEvents)).toBe(0);
  });

  test('an event written with its change has no shard', () => {
    expect(eventRow(auditEvent())).toMatchObject({ shard: null, shardSequence: null });
  });
});

describe('finding', () => {
  const put = async (...events: AuditEvent[]) => {
    await runBatch(
      db,
      events.map((event) => insertEvent(db, event)),
    );
  };

  test('gives the newest first, and pages meet without gap or double', async () => {
    const times = [5, 3, 3, 3, 9, 1];
    await put(...times.map((atMilliseconds, at) => auditEvent({ eventId: `e${at}`, atMilliseconds })));
    const seen: unknown[] = [];
    let after: Parameters<typeof findEvents>[3] = null;
    for (let page = 0; page < 10; page += 1) {
      const found = await findEvents(db, ACCOUNT, {}, after, 2);
      seen.push(...idsOf(found.events));
      after = found.next;
      if (after === null) break;
    }
    expect(seen).toEqual(['e4', 'e0', 'e3', 'e2', 'e1', 'e5']);
  });

  test('a page that ends exactly at the last event has no next', async () => {
    await put(auditEvent({ eventId: 'a' }), auditEvent({ eventId: 'b' }));
    expect((await findEvents(db, ACCOUNT, {}, null, 2)).next).toBeNull();
  });

  test("never shows another account's events", async () => {
    await put(auditEvent({ accountId: '999988887777' }));
    expect(await findEvents(db, ACCOUNT, {}, null, 10)).toEqual({ events: [], next: null });
  });

  test.for([
    [{ fromMilliseconds: 20 }, ['c', 'b']],
    [{ toMilliseconds: 20 }, ['b', 'a']],
    [{ fromMilliseconds: 20, toMilliseconds: 20 }, ['b']],
    [{ eventName: 'DeleteUser' }, ['b']],
    [{ eventName: 'deleteuser' }, []],
    [{ outcome: 'access_denied' }, ['c']],
    [{ requestId: 'req-a' }, ['a']],
    [{ principalArn: 'arn:aws:iam::111122223333:user/eve' }, ['a']],
    [{ principalArn: "' OR 1=1 --" }, []],
    [{ principalArn: '%' }, []],
  ] as const)('filters by %o', async ([filter, expected]) => {
    await put(
      auditEvent({
        eventId: 'a',
        atMilliseconds: 10,
        requestId: 'req-a',
        identity: {
          type: 'IAMUser',
          principalId: 'x',
          arn: 'arn:aws:iam::111122223333:user/eve',
          accountId: ACCOUNT,
        },
      }),
      auditEvent({ eventId: 'b', atMilliseconds: 20, eventName: 'DeleteUser' }),
      auditEvent({ eventId: 'c', atMilliseconds: 30, outcome: 'access_denied' }),
    );
    expect(idsOf((await findEvents(db, ACCOUNT, filter, null, 10)).events)).toEqual(expected);
  });

  test('an anonymous event has no principal to be found by, and is there', async () => {
    await put(auditEvent({ eventId: 'a', identity: { type: 'Anonymous' } }));
    expect(await db.select({ arn: auditEvents.principalArn }).from(auditEvents)).toEqual([{ arn: null }]);
    expect(idsOf((await findEvents(db, ACCOUNT, {}, null, 10)).events)).toEqual(['a']);
  });
});

describe('packing', () => {
  const long = (eventId: string) => auditEvent({ eventId, requestParameters: { name: 'x'.repeat(200_000) } });

  test('what does not fit one row of the buffer travels in several packs, in order', () => {
    const packs = packEvents(['a', 'b', 'c', 'd', 'e'].map(long));
    expect(packs.map(({ count }) => count)).toEqual([2, 2, 1]);
    expect(packs.flatMap(({ rows }) => JSON.parse(rows).map((row: readonly string[]) => row[1]))).toEqual([
      ...'abcde',
    ]);
    for (const { rows } of packs) expect(rows.length).toBeLessThan(600_000);
  });

  test('small events share a pack, and nothing makes none', () => {
    expect(
      packEvents(['a', 'b'].map((eventId) => auditEvent({ eventId }))).map(({ count }) => count),
    ).toEqual([2]);
    expect(packEvents([])).toEqual([]);
  });
});
