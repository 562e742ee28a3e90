import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditEvent } from '../../src/core/audit/event.ts';
import type { AuditSink } from '../../src/core/ports.ts';
import { createAuditSink } from '../../src/platform/audit-sink.ts';
import { auditEvent } from '../helpers/audit-events.ts';
import { type Deferred, deferred, type FakeClock, fakeClock, settle } from '../helpers/fake-world.ts';

/** One batch that has been sent, and the hand that ends it. */
interface Sent {
  readonly near: string | null;
  readonly events: readonly AuditEvent[];
  readonly done: Deferred<void>;
}

let clock: FakeClock;
let sent: Sent[];
let timers: { readonly milliseconds: number; readonly ring: () => void }[];
let logged: string[];
/** How many requests go on without their client. */
let outlivers: number;
let sink: AuditSink;
/** False holds each batch until the test ends it. */
let answersAtOnce: boolean;

beforeEach(() => {
  clock = fakeClock();
  sent = [];
  timers = [];
  logged = [];
  outlivers = 0;
  answersAtOnce = true;
  sink = createAuditSink({
    clock,
    shard: (near) => ({
      append: (events) => {
        const done = deferred<void>();
        sent.push({ near, events, done });
        if (answersAtOnce) done.resolve();
        return done.promise;
      },
    }),
    defer: (promise) => {
      outlivers += 1;
      void promise.catch(() => undefined);
    },
    log: (_level, event) => logged.push(event),
    timer: (milliseconds, ring) => void timers.push({ milliseconds, ring }),
  });
});

const event = (eventId: string) => auditEvent({ eventId });
const idsOf = ({ events }: Sent) => events.map(({ eventId }) => eventId);

/** The timers of that length run out. */
async function runOut(milliseconds: number): Promise<void> {
  for (const each of timers.filter((other) => other.milliseconds === milliseconds)) each.ring();
  await settle();
}

/** What a promise has come to by now. */
const stateOf = (promise: Promise<unknown>): Promise<string> =>
  Promise.race([
    promise.then(
      () => 'done',
      () => 'failed',
    ),
    settle().then(() => 'pending'),
  ]);

const UNAVAILABLE = { name: 'Fault', code: 'service_unavailable', detail: { reason: 'audit' } };

describe('recording', () => {
  test('is done once the event is durable, and not before', async () => {
    answersAtOnce = false;
    const recorded = sink.record(event('a'), 'FRA');
    expect(await stateOf(recorded)).toBe('pending');
    expect(sent.map((each) => [each.near, idsOf(each)])).toEqual([['FRA', ['a']]]);
    sent[0]?.done.resolve();
    expect(await stateOf(recorded)).toBe('done');
  });

  test('while one batch flies, all that come share the next', async () => {
    answersAtOnce = false;
    const all = Array.from({ length: 21 }, (_, at) => sink.record(event(`e${at}`), null));
    await settle();
    const early = idsOf(sent[0] as Sent);
    const late = sink.record(event('late'), null);
    await settle();
    expect(sent).toHaveLength(1);
    sent[0]?.done.resolve();
    await settle();
    const [first, second] = sent.map(idsOf);
    expect(sent).toHaveLength(2);
    expect(first).toEqual(early);
    expect([...(first ?? []), ...(second ?? [])].sort()).toEqual(
      [...all.map((_, at) => `e${at}`), 'late'].sort(),
    );
    expect(await stateOf(late)).toBe('pending');
    sent[1]?.done.resolve();
    await Promise.all([...all, late]);
  });

  test('whoever sends, or sends next, outlives its client; nobody waits for the others', async () => {
    answersAtOnce = false;
    const kept: number[] = [];
    const all: Promise<void>[] = [];
    for (const id of ['sends', 'next', 'third', 'fourth']) {
      all.push(sink.record(event(id), null));
      kept.push(outlivers);
      await settle();
    }
    expect(kept).toEqual([1, 2, 2, 2]);
    await settle();
    sent[0]?.done.resolve();
    await settle();
    const another = sink.record(event('sends third'), null);
    expect(outlivers).toBe(3);
    expect(sent.map(idsOf)).toEqual([['sends'], ['next', 'third', 'fourth']]);
    sent[1]?.done.resolve();
    await settle();
    sent[2]?.done.resolve();
    await Promise.all([...all, another]);
  });

  test('a batch that fails is service_unavailable for all aboard, and for nobody after', async () => {
    answersAtOnce = false;
    const all = [sink.record(event('a'), null), sink.record(event('b'), null)];
    await settle();
    sent[0]?.done.reject(new Error('disk full'));
    await settle();
    sent[1]?.done.reject(new Error('disk full')); // where they travel apart
    for (const each of all) await expect(each).rejects.toMatchObject(UNAVAILABLE);
    expect(new Set(logged)).toEqual(new Set(['audit.record_failed']));
    answersAtOnce = true;
    await sink.record(event('c'), null);
    expect(idsOf(sent.at(-1) as Sent)).toEqual(['c']);
  });

  test('a buffer that does not answer in three seconds is service_unavailable', async () => {
    answersAtOnce = false;
    const recorded = sink.record(event('a'), null);
    await settle();
    await runOut(3000);
    await expect(recorded).rejects.toMatchObject(UNAVAILABLE);
  });

  test('a shard that cannot be had is service_unavailable', async () => {
    sink = createAuditSink({
      clock,
      shard: () => {
        throw new Error('no such binding');
      },
      defer: (promise) => void promise.catch(() => undefined),
      log: () => undefined,
      timer: () => undefined,
    });
    await expect(sink.record(event('a'), null)).rejects.toMatchObject(UNAVAILABLE);
  });

  test('a batch that died with its request holds nobody up: the newcomer sends for all', async () => {
    answersAtOnce = false;
    void sink.record(event('dead'), 'FRA').catch(() => undefined);
    await settle();
    void sink.record(event('waits'), 'FRA').catch(() => undefined);
    await settle();
    clock.advance(6001);
    const fresh = sink.record(event('fresh'), 'AMS');
    await settle();
    expect(sent.map((each) => [each.near, idsOf(each)])).toEqual([
      ['FRA', ['dead']],
      ['AMS', ['waits', 'fresh']],
    ]);
    sent[1]?.done.resolve();
    await fresh;
  });

  test('who has waited too long is refused, and its event does not travel any more', async () => {
    answersAtOnce = false;
    void sink.record(event('slow'), null).catch(() => undefined);
    await settle();
    const waits = sink.record(event('waits'), null);
    await settle();
    await runOut(6000);
    await expect(waits).rejects.toMatchObject(UNAVAILABLE);
    sent[0]?.done.resolve();
    await settle();
    expect(sent.flatMap(idsOf)).not.toContain('waits');
  });
});

describe('noting', () => {
  test('waits a quarter of a second for company', async () => {
    sink.note(event('a'), 'FRA');
    sink.note(event('b'), 'AMS');
    await settle();
    expect(sent).toEqual([]);
    await runOut(250);
    expect(sent.map((each) => [each.near, idsOf(each)])).toEqual([['FRA', ['a', 'b']]]);
  });

  test('rides along with what is recorded', async () => {
    sink.note(event('noted'), null);
    await sink.record(event('recorded'), null);
    expect(sent.map(idsOf)).toEqual([['recorded', 'noted']]);
    await runOut(250);
    expect(sent).toHaveLength(1);
  });

  test('goes on after a batch', async () => {
    sink.note(event('a'), null);
    await runOut(250);
    sink.note(event('b'), null);
    await runOut(250);
    expect(sent.map(idsOf)).toEqual([['a'], ['b']]);
  });

  test('samples a flood, holds a thousand at most, and counts each loss in an event of its own', async () => {
    for (let at = 0; at < 20_000; at += 1) sink.note(event(`e${at}`), null);
    await runOut(250);
    const kept = sent[0]?.events ?? [];
    expect(kept).toHaveLength(1001);
    expect(kept.slice(0, 500).map(({ eventId }) => eventId)).toEqual(
      Array.from({ length: 500 }, (_, at) => `e${at}`),
    );
    expect(kept.at(-1)).toMatchObject({
      eventName: 'AuditEventsDropped',
      identity: { type: 'Deployment' },
      requestParameters: { count: 19_000 },
      sourceIp: null,
      userAgent: null,
    });
  });

  test('of a loss is told once', async () => {
    for (let at = 0; at < 2000; at += 1) sink.note(event(`e${at}`), null);
    await runOut(250);
    sink.note(event('later'), null);
    await runOut(250);
    expect(idsOf(sent[1] as Sent)).toEqual(['later']);
  });

  test('what a failed batch took with it is counted as lost', async () => {
    answersAtOnce = false;
    for (const id of ['a', 'b', 'c']) sink.note(event(id), null);
    await runOut(250);
    sent[0]?.done.reject(new Error('disk full'));
    await settle();
    expect(logged).toEqual(['audit.note_failed']);
    answersAtOnce = true;
    sink.note(event('d'), null);
    await runOut(250);
    expect(sent[1]?.events.map(({ eventName, requestParameters }) => [eventName, requestParameters])).toEqual(
      [
        ['CreateUser', { UserName: 'anna' }],
        ['AuditEventsDropped', { count: 3 }],
      ],
    );
  });

  test('never fails the request that notes', () => {
    sink = createAuditSink({
      clock,
      shard: () => {
        throw new Error('no such binding');
      },
      defer: (promise) => void promise.catch(() => undefined),
      log: () => undefined,
      timer: (_milliseconds, ring) => ring(),
    });
    expect(() => sink.note(event('a'), null)).not.toThrow();
  });
});
