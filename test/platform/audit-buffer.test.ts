import { env, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditBuffer } from '../../src/audit-buffer.ts';
import { type PackedEvents, packEvents } from '../../src/store/audit.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { migratedD1 } from '../helpers/migrated-d1.ts';

interface Bindings {
  readonly AUDIT_BUFFER: DurableObjectNamespace<AuditBuffer>;
}
const { AUDIT_BUFFER } = env as unknown as Bindings; // bound in wrangler.toml; the test runtime's own type names no binding

let d1: D1Database;
let shards = 0;
let name: string;
let shard: DurableObjectStub<AuditBuffer>;

beforeEach(async () => {
  d1 = await migratedD1();
  shards += 1;
  name = `test-${shards}`;
  shard = AUDIT_BUFFER.getByName(name);
});

/** So few events make one pack. */
function pack(...eventIds: string[]): PackedEvents {
  const [only, ...more] = packEvents(eventIds.map((eventId) => auditEvent({ eventId })));
  if (only === undefined || more.length > 0) throw new Error('not one pack');
  return only;
}

async function trail() {
  const { results } = await d1
    .prepare('SELECT event_id, shard, shard_sequence FROM audit_events ORDER BY shard_sequence')
    .all<{ event_id: string; shard: string; shard_sequence: number }>();
  return results.map((row) => [row.event_id, row.shard, row.shard_sequence]);
}

/** Numbers of the first events of the packs that wait. */
const waitingIn = () =>
  runInDurableObject(shard, (_, state) =>
    state.storage.sql
      .exec<{ first: number }>('SELECT first FROM packs ORDER BY first')
      .toArray()
      .map(({ first }) => first),
  );

const alarmOf = () => runInDurableObject(shard, (_, state) => state.storage.getAlarm());

describe('the audit buffer', () => {
  test('keeps what it is given, numbered, until its alarm drains it into D1', async () => {
    await shard.append(pack('a', 'b'));
    expect(await waitingIn()).toEqual([1]);
    expect(await trail()).toEqual([]);
    expect(await runDurableObjectAlarm(shard)).toBe(true);
    expect(await trail()).toEqual([
      ['a', name, 1],
      ['b', name, 2],
    ]);
    expect(await waitingIn()).toEqual([]);
  });

  test('numbers go on after a drain, so that a gap in the trail is a loss', async () => {
    await shard.append(pack('a'));
    await runDurableObjectAlarm(shard);
    await shard.append(pack('b'));
    await runDurableObjectAlarm(shard);
    expect(await trail()).toEqual([
      ['a', name, 1],
      ['b', name, 2],
    ]);
  });

  test('each shard has numbers of its own', async () => {
    const other = AUDIT_BUFFER.getByName(`${name}-other`);
    await shard.append(pack('a'));
    await other.append(pack('b'));
    await runDurableObjectAlarm(shard);
    await runDurableObjectAlarm(other);
    expect((await trail()).sort()).toEqual([
      ['a', name, 1],
      ['b', `${name}-other`, 1],
    ]);
  });

  test('drained by several at once, each event is in the trail once', async () => {
    for (let at = 0; at < 120; at += 3) await shard.append(pack(`e${at}`, `e${at + 1}`, `e${at + 2}`));
    await Promise.all([shard.drain(), shard.drain(), shard.drain()]);
    expect((await trail()).map(([, , number]) => number)).toEqual(
      Array.from({ length: 120 }, (_, at) => at + 1),
    );
    expect(await waitingIn()).toEqual([]);
  });

  test('drained again after a lost answer, an event is there once', async () => {
    await shard.append(pack('a'));
    const { rows } = await runInDurableObject(shard, (_, state) =>
      state.storage.sql.exec<{ rows: string }>('SELECT rows FROM packs').one(),
    );
    await shard.drain();
    await runInDurableObject(shard, (_, state) => {
      state.storage.sql.exec('INSERT INTO packs (first, rows) VALUES (1, ?)', rows);
    });
    await shard.drain();
    expect(await trail()).toEqual([['a', name, 1]]);
  });

  test('with D1 failing keeps everything and tries again', async () => {
    await shard.append(pack('a'));
    await d1.exec('ALTER TABLE audit_events RENAME TO gone');
    try {
      expect(await runDurableObjectAlarm(shard)).toBe(true);
      expect(await waitingIn()).toEqual([1]);
      expect(await alarmOf()).not.toBeNull();
      await shard.append(pack('b'));
    } finally {
      await d1.exec('ALTER TABLE gone RENAME TO audit_events');
    }
    expect(await runDurableObjectAlarm(shard)).toBe(true);
    expect(await trail()).toEqual([
      ['a', name, 1],
      ['b', name, 2],
    ]);
  });

  test('sets one alarm for many appends, and none while nothing waits', async () => {
    await shard.append(pack('a'));
    const first = await alarmOf();
    await shard.append(pack('b'));
    expect(await alarmOf()).toBe(first);
    await runDurableObjectAlarm(shard);
    expect(await alarmOf()).toBeNull();
    await shard.append(pack('c'));
    expect(await alarmOf()).not.toBeNull();
  });
});
