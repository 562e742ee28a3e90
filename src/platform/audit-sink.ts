/**
 * The isolate's end of the audit buffer. Events travel to a Durable Object in batches: one batch flies at a time, and whoever
 * comes meanwhile shares the next. Under load many answers so wait for one durable write.
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
  readonly wait: (milliseconds: number) => Promise<void>;
}

const DEADLINE_MILLISECONDS = 3000;
/** How long a noted event may wait for company. */
const NOTE_DELAY_MILLISECONDS = 250;
/** Noted events held at most; in a flood beyond half of it, one in `SAMPLE_ONE_IN` is kept. */
const MAX_NOTED = 1000;
const SAMPLE_ONE_IN = 10;

export function createAuditSink(options: AuditSinkOptions): AuditSink {
  let waiting: AuditEvent[] = [];
  let noted: AuditEvent[] = [];
  let lost = 0;
  let seen = 0;
  let flight: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  let noteTimer: Promise<void> | null = null;

  const send = async (events: AuditEvent[], near: string | null): Promise<void> => {
    if (events.length === 0) return;
    const late = options.wait(DEADLINE_MILLISECONDS).then(() => {
      throw new Error('audit deadline passed');
    });
    await Promise.race([options.shard(near).append(events), late]);
  };

  const commit = (near: string | null): Promise<void> => {
    if (next !== null) return next;
    const turn = flight
      .catch(() => undefined)
      .then(() => {
        next = null;
        const batch = [...waiting, ...takeNoted()];
        waiting = [];
        flight = send(batch, near);
        return flight;
      });
    next = turn;
    options.defer(turn);
    return turn;
  };

  const takeNoted = (): AuditEvent[] => {
    const taken = noted;
    noted = [];
    const last = taken.at(-1);
    if (lost > 0 && last !== undefined) {
      taken.push(lossEvent(last, lost));
      lost = 0;
    }
    return taken;
  };

  return {
    async record(event, near) {
      waiting.push(event);
      try {
        await ownPromise(commit(near));
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
      noteTimer = options.wait(NOTE_DELAY_MILLISECONDS).then(async () => {
        noteTimer = null;
        await commit(near);
      });
      options.defer(
        noteTimer.catch((error) => options.log('error', 'audit.note_failed', { reason: String(error) })),
      );
    },
  };
}

/**
 * A promise of this request's own for what another request's promise brings. Awaiting that one directly, the runtime went on in the
 * other request's context under load, and refused the answer made there: 30 of 32 simultaneous issuances got a 500.
 */
const ownPromise = <T>(shared: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    shared.then(resolve, reject);
  });

/** A flood's losses are themselves an event. */
const lossEvent = (last: AuditEvent, count: number): AuditEvent => ({
  ...last,
  eventId: `${last.eventId}-lost`,
  eventName: 'AuditEventsDropped',
  identity: { type: 'Deployment' },
  outcome: 'success',
  requestParameters: { count },
  responseElements: null,
  errorMessage: null,
  readOnly: true,
});
