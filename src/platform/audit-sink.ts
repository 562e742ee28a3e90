/**
 * The isolate's end of the audit buffer. Events travel to a Durable Object in batches: one batch flies at a time, and whoever
 * comes meanwhile shares the next. Under load many answers so wait for one durable write.
 *
 * Each request waits on a promise of its own with a timer of its own, and each batch is sent by a request that still waits for it:
 * core/own-promise.ts tells what else goes wrong.
 */
import type { AuditEvent } from '../core/audit/event.ts';
import { Fault } from '../core/faults.ts';
import type { AuditSink, Clock, Defer, Log } from '../core/ports.ts';

/** What the sink needs of the Durable Object. */
export interface AuditShard {
  append(events: readonly AuditEvent[]): Promise<void>;
}

export interface AuditSinkOptions {
  /** @param near - the data centre that answers the request: a shard is made near to it */
  readonly shard: (near: string | null) => AuditShard;
  readonly clock: Clock;
  readonly defer: Defer;
  readonly log: Log;
  /** Rings once, as long as the request lives that asked for it. */
  readonly timer: (milliseconds: number, ring: () => void) => void;
}

const DEADLINE_MILLISECONDS = 3000;
/** How long a noted event may wait for company. */
const NOTE_DELAY_MILLISECONDS = 250;
/** Noted events held at most; in a flood beyond half of it, one in `SAMPLE_ONE_IN` is kept. */
const MAX_NOTED = 1000;
const SAMPLE_ONE_IN = 10;

/** What a request that waits is told: that it sends the batch, or that its event is durable. */
type Turn = 'fly' | 'landed';

interface Passenger {
  /** Null for the one that brings only what was noted. */
  readonly event: AuditEvent | null;
  readonly call: (turn: Turn) => void;
  readonly fail: (error: unknown) => void;
}

export function createAuditSink(options: AuditSinkOptions): AuditSink {
  let waiting: Passenger[] = [];
  let noted: AuditEvent[] = [];
  let lost = 0;
  let seen = 0;
  let flyingSinceMilliseconds: number | null = null;
  let noteTimer: Promise<void> | null = null;

  const send = async (events: readonly AuditEvent[], near: string | null): Promise<void> => {
    if (events.length === 0) return;
    const sending = options.shard(near).append(events);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    sending.then(resolve, reject);
    options.timer(DEADLINE_MILLISECONDS, () => reject(tooLate()));
    await promise;
  };

  /** A batch that is past its deadline died with the request that sent it: it holds nobody up. */
  const isFlying = (): boolean =>
    flyingSinceMilliseconds !== null &&
    options.clock.nowMilliseconds() - flyingSinceMilliseconds <= 2 * DEADLINE_MILLISECONDS;

  const callUp = (pilot: Passenger | undefined): void => {
    flyingSinceMilliseconds = pilot === undefined ? null : options.clock.nowMilliseconds();
    pilot?.call('fly');
  };

  const fly = async (near: string | null): Promise<void> => {
    const aboard = waiting;
    waiting = [];
    const events = aboard.flatMap(({ event }) => event ?? []);
    const { notes, dropped } = takeNoted();
    const loss = lossEvents(notes, dropped);
    try {
      await send([...events, ...notes, ...loss], near);
      for (const { call } of aboard) call('landed');
    } catch (error) {
      lost += notes.length + dropped;
      for (const { fail } of aboard) fail(error);
      throw error;
    } finally {
      callUp(waiting[0]);
    }
  };

  const board = async (event: AuditEvent | null, near: string | null): Promise<void> => {
    const { promise, resolve: call, reject: fail } = Promise.withResolvers<Turn>();
    const passenger = { event, call, fail };
    waiting.push(passenger);
    // Whoever comes sends for all: of those that wait already, the first may be dead with its request.
    if (!isFlying()) callUp(passenger);
    options.timer(2 * DEADLINE_MILLISECONDS, () => {
      waiting = waiting.filter((other) => other !== passenger); // nobody waits there any more
      fail(tooLate());
    });
    if ((await promise) === 'fly') await fly(near);
  };

  /**
   * Whoever sends a batch, or is the next to send one, goes on even when its client has left: the others wait for it. Of those others
   * the event travels without them.
   */
  const commit = (event: AuditEvent | null, near: string | null): Promise<void> => {
    const isAwaited = !isFlying() || waiting.length === 0;
    const landed = board(event, near);
    if (isAwaited) options.defer(landed);
    return landed;
  };

  /** A loss waits for the next noted event, which lends it its time and account. */
  const takeNoted = (): { readonly notes: readonly AuditEvent[]; readonly dropped: number } => {
    const notes = noted;
    const dropped = notes.length === 0 ? 0 : lost;
    noted = [];
    lost -= dropped;
    return { notes, dropped };
  };

  return {
    async record(event, near) {
      try {
        await commit(event, near);
      } catch (error) {
        options.log('error', 'audit.record_failed', { requestId: event.requestId, reason: String(error) });
        throw new Fault('service_unavailable', 'the service cannot answer now, try again', {
          reason: 'audit',
        });
      }
    },
    note(event, near) {
      seen += 1;
      const flooded = noted.length >= MAX_NOTED / 2 && seen % SAMPLE_ONE_IN !== 0;
      if (flooded || noted.length >= MAX_NOTED) {
        lost += 1;
        return;
      }
      noted.push(event);
      if (noteTimer !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      options.timer(NOTE_DELAY_MILLISECONDS, resolve);
      noteTimer = promise.then(async () => {
        noteTimer = null;
        await commit(null, near);
      });
      options.defer(
        noteTimer.catch((error) => options.log('error', 'audit.note_failed', { reason: String(error) })),
      );
    },
  };
}

const tooLate = (): Error => new Error('audit deadline passed');

/** Losses are themselves an event: of no request in particular, at the time of the last one that was kept. */
function lossEvents(notes: readonly AuditEvent[], count: number): readonly AuditEvent[] {
  const last = notes.at(-1);
  if (last === undefined || count === 0) return [];
  const { eventId, accountId, atMilliseconds, requestId } = last;
  return [
    {
      eventId: `${eventId}-lost`,
      accountId,
      atMilliseconds,
      requestId,
      eventSource: 'daypass.amazonaws.com',
      eventName: 'AuditEventsDropped',
      identity: { type: 'Deployment' },
      outcome: 'success',
      sourceIp: null,
      userAgent: null,
      readOnly: true,
      requestParameters: { count },
      responseElements: null,
      errorMessage: null,
    },
  ];
}
