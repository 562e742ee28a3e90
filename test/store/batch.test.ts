import { and, eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/faults.ts';
import {
  type BatchWriter,
  createBatchWriter,
  type GuardName,
  guarded,
  required,
  type Write,
} from '../../src/store/batch.ts';
import { countDown, countUp } from '../../src/store/counters.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Entity, userEntity } from '../../src/store/entity.ts';
import { accounts, audiences, counters } from '../../src/store/schema/accounts.ts';
import { auditEvents, changeLog, guard, oneTimeValues } from '../../src/store/schema/trail.ts';
import { Snapshot } from '../../src/store/snapshot.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { type CountedD1, countD1 } from '../helpers/d1-counter.ts';
import { fakeClock, START_SECONDS } from '../helpers/fake-world.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

const ACCOUNT = '111122223333';

let d1: CountedD1;
let db: Database;
let noted: Entity[];
let writer: BatchWriter;

beforeEach(async () => {
  d1 = countD1(await migratedD1());
  db = openDatabase(d1.db);
  noted = [];
  const snapshot = new Snapshot({
    db,
    clock: fakeClock(),
    freshnessSeconds: 5,
    maxBytes: 1000,
    defer: () => undefined,
    log: () => undefined,
  });
  snapshot.noteWrite = (entities) => noted.push(...entities);
  writer = createBatchWriter(db, snapshot);
});

const write = (over: Partial<Write>): Write => ({
  queries: [],
  entities: [userEntity(ACCOUNT, 'AIDA1')],
  event: auditEvent(),
  ...over,
});

const addAudience = (audience: string) =>
  db.insert(audiences).values({ accountId: ACCOUNT, audience, createdAtSeconds: 1 });

const missed = (name: GuardName): Write =>
  write({
    queries: guarded(db, name, db.delete(audiences).where(eq(audiences.audience, 'no such'))),
    faults: { [name]: () => new Fault('no_such_entity', `${name} says no`) },
  });

/** What a refused write must not have left anywhere. */
async function traces() {
  return {
    events: await db.$count(auditEvents),
    changes: await db.$count(changeLog),
    guards: await db.$count(guard),
  };
}

describe('a write', () => {
  test('is one batch: the statements, the change-log rows and the event', async () => {
    const event = auditEvent();
    const entities = [userEntity(ACCOUNT, 'AIDA1'), userEntity('999988887777', 'AIDA2')];
    await writer.commit({ queries: [addAudience('https://a.example')], entities, event });
    expect(d1.calls.map(({ kind }) => kind)).toEqual(['batch']);
    expect(await db.$count(audiences)).toBe(1);
    expect(await db.select().from(changeLog)).toEqual([
      { sequence: 1, accountId: ACCOUNT, entity: 'user:AIDA1', atSeconds: START_SECONDS },
      { sequence: 2, accountId: '999988887777', entity: 'user:AIDA2', atSeconds: START_SECONDS },
    ]);
    expect(await db.select({ id: auditEvents.eventId }).from(auditEvents)).toEqual([{ id: event.eventId }]);
    expect(noted).toEqual(entities);
  });

  test('that no decision depends on leaves the change log alone', async () => {
    await writer.commit(write({ queries: [addAudience('https://a.example')], entities: [] }));
    expect(await traces()).toEqual({ events: 1, changes: 0, guards: 0 });
  });

  test('may change hundreds of entities, although D1 binds 100 values to a statement', async () => {
    const entities = Array.from({ length: 301 }, (_, at) => userEntity(ACCOUNT, `AIDA${at}`));
    await writer.commit(write({ entities }));
    const rows = await db.select({ entity: changeLog.entity }).from(changeLog).orderBy(changeLog.sequence);
    expect(rows.map(({ entity }) => `${ACCOUNT}/${entity}`)).toEqual(entities);
  });

  test('whose answer is lost makes this isolate read again all the same', async () => {
    d1.unreachable = true;
    const failed = writer.commit(write({ queries: [addAudience('https://a.example')] }));
    await expect(failed).rejects.toMatchObject({ name: 'Fault', code: 'service_unavailable' });
    expect(noted).toEqual([userEntity(ACCOUNT, 'AIDA1')]);
  });
});

describe('a guard', () => {
  test.for<GuardName>(['found', 'withinQuota', 'unreferenced', 'unchanged', 'unused'])(
    '%s aborts everything when its statement changed no row, and gives its own fault',
    async (name) => {
      const failed = writer.commit(missed(name));
      await expect(failed).rejects.toMatchObject({ code: 'no_such_entity', message: `${name} says no` });
      expect(await traces()).toEqual({ events: 0, changes: 0, guards: 0 });
    },
  );

  test('that holds leaves no row behind', async () => {
    await writer.commit(write({ queries: guarded(db, 'found', addAudience('https://a.example')) }));
    expect(await traces()).toEqual({ events: 1, changes: 1, guards: 0 });
  });

  test('undoes the statements before it', async () => {
    const { queries, ...rest } = missed('found');
    await expect(
      writer.commit({ ...rest, queries: [addAudience('https://a.example'), ...queries] }),
    ).rejects.toBeInstanceOf(Fault);
    expect(await db.$count(audiences)).toBe(0);
  });

  test('on a condition aborts when it is not so', async () => {
    const none = sql`(select count(*) from audiences) = 0`;
    const add = (audience: string): Write =>
      write({
        queries: [required(db, 'unreferenced', none), addAudience(audience)],
        faults: { unreferenced: () => new Fault('delete_conflict', 'in use') },
      });
    await writer.commit(add('https://a.example'));
    await expect(writer.commit(add('https://b.example'))).rejects.toMatchObject({ code: 'delete_conflict' });
    expect(await traces()).toEqual({ events: 1, changes: 1, guards: 0 });
  });

  test('without a fault of its own is an internal failure', async () => {
    const { faults: _, ...rest } = missed('unchanged');
    await expect(writer.commit(rest)).rejects.toMatchObject({
      code: 'internal_failure',
      detail: { constraint: 'guard_unchanged' },
    });
  });

  test('lets one of 20 racers through, with one event and one change', async () => {
    await db.insert(oneTimeValues).values({
      accountId: ACCOUNT,
      purpose: 'code',
      valueHash: 'h',
      expiresAtSeconds: 1,
    });
    const redeem = db
      .delete(oneTimeValues)
      .where(and(eq(oneTimeValues.accountId, ACCOUNT), eq(oneTimeValues.valueHash, 'h')));
    const racers = Array.from({ length: 20 }, () =>
      writer.commit(
        write({
          queries: guarded(db, 'unused', redeem),
          event: auditEvent(),
          faults: { unused: () => new Fault('invalid_input', 'redeemed already') },
        }),
      ),
    );
    const settled = await Promise.allSettled(racers);
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(19);
    for (const each of refused) expect(each).toMatchObject({ reason: { code: 'invalid_input' } });
    expect(await traces()).toEqual({ events: 1, changes: 1, guards: 0 });
  });
});

describe('uniqueness', () => {
  const twice = (): Write =>
    write({
      queries: [addAudience('https://a.example')],
      faults: { unique: () => new Fault('entity_already_exists', 'there is one') },
    });

  test('gives the given fault and leaves no event of the second', async () => {
    await writer.commit(twice());
    await expect(writer.commit(twice())).rejects.toMatchObject({ code: 'entity_already_exists' });
    expect(await traces()).toEqual({ events: 1, changes: 1, guards: 0 });
  });

  test('lets one of 20 parallel writers through', async () => {
    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => writer.commit(twice())));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await traces()).toEqual({ events: 1, changes: 1, guards: 0 });
  });

  test('is not what a broken check of another kind is taken for', async () => {
    await db.insert(counters).values({ accountId: ACCOUNT, name: 'Users', value: 0 });
    const below = write({
      queries: [countDown(db, ACCOUNT, 'Users')],
      faults: { unique: () => new Fault('entity_already_exists', 'there is one') },
    });
    await expect(writer.commit(below)).rejects.toMatchObject({
      code: 'internal_failure',
      detail: { constraint: 'counters_not_negative' },
    });
  });

  test('is not read out of a value that a caller chose', async () => {
    const failing = write({
      queries: [db.run(sql`select * from ${sql.raw('"UNIQUE constraint failed: x"')}`)],
      faults: { unique: () => new Fault('entity_already_exists', 'there is one') },
    });
    await expect(writer.commit(failing)).rejects.toMatchObject({ code: 'service_unavailable' });
  });
});

describe('a quota', () => {
  const addOne = (): Write =>
    write({
      queries: countUp(db, ACCOUNT, 'Audiences'),
      entities: [],
      event: auditEvent(),
      faults: { withinQuota: () => new Fault('limit_exceeded', 'too many') },
    });

  test("of the account's own holds under 20 parallel writers", async () => {
    await db.insert(accounts).values({
      accountId: ACCOUNT,
      rootEmail: 'root@example.com',
      rootPasswordHash: 'x',
      createdAtSeconds: 1,
      quotas: { Audiences: 3 },
    });
    const settled = await Promise.allSettled(Array.from({ length: 20 }, () => writer.commit(addOne())));
    const refused = settled.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(17);
    for (const each of refused) expect(each).toMatchObject({ reason: { code: 'limit_exceeded' } });
    expect(await db.select().from(counters)).toEqual([{ accountId: ACCOUNT, name: 'Audiences', value: 3 }]);
    expect(await traces()).toEqual({ events: 3, changes: 0, guards: 0 });
  });

  test('without one of its own is the default number', async () => {
    await db.insert(counters).values({ accountId: ACCOUNT, name: 'Audiences', value: 999 });
    await writer.commit(addOne());
    await expect(writer.commit(addOne())).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  test('is free again once one is gone', async () => {
    await db.insert(counters).values({ accountId: ACCOUNT, name: 'Audiences', value: 1000 });
    await expect(writer.commit(addOne())).rejects.toMatchObject({ code: 'limit_exceeded' });
    await writer.commit(write({ queries: [countDown(db, ACCOUNT, 'Audiences')] }));
    await writer.commit(addOne());
    expect(await db.select({ value: counters.value }).from(counters)).toEqual([{ value: 1000 }]);
  });

  test('counts each account apart', async () => {
    await db.insert(counters).values({ accountId: '999988887777', name: 'Audiences', value: 1000 });
    await writer.commit(addOne());
    expect(await db.select().from(counters).where(eq(counters.accountId, ACCOUNT))).toEqual([
      { accountId: ACCOUNT, name: 'Audiences', value: 1 },
    ]);
  });
});
