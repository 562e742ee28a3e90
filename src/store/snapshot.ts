/**
 * What this isolate holds of the accounts: entries loaded when first asked for, under a memory cap, and trusted for at most
 * the freshness bound, counted from when the read that proved them started.
 *
 * Every batch that goes to D1, load or revalidation, also reads the change log past the last row seen and drops what those
 * rows name. So one read proves all entries at once, and a warm request reads nothing.
 */
import { asc, gt, max } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { ownPromise } from '../core/own-promise.ts';
import type { Clock, Defer, Log } from '../core/ports.ts';
import { type Database, type Query, runBatch } from './database.ts';
import type { Entity } from './entity.ts';
import { changeLog } from './schema/trail.ts';

/** What a load found: the value, the entities whose change makes it stale, and about how many bytes it holds. */
export interface Loaded<T> {
  readonly value: T;
  readonly entities: readonly Entity[];
  readonly bytes: number;
}

/** How to load one entry: queries for the shared batch, and a reader of their results. */
export interface Load<T> {
  readonly key: string;
  /** Built only when there is something to read: most requests find the entry held. */
  readonly queries: () => readonly Query[];
  /** Null where there is no such thing; that is never remembered. */
  readonly read: (results: readonly unknown[]) => Promise<Loaded<T> | null> | Loaded<T> | null;
}

export interface SnapshotOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly defer: Defer;
  readonly log: Log;
  readonly freshnessSeconds: number;
  readonly maxBytes: number;
}

interface Entry extends Loaded<unknown> {
  readonly key: string;
}

interface Flight {
  readonly promise: Promise<unknown>;
  readonly startedAtMilliseconds: number;
}

interface Ticket {
  readonly load: Load<unknown> | null;
  readonly settle: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/** Past this many changes at once it is cheaper to forget everything. */
const MAX_CHANGES_READ = 500;
/** Turns of the microtask queue that a batch waits for company; none takes measurable time. */
const TURNS = 24;
/** How long a request waits for a read that another one began; longer than a call to D1 may last. */
const DEADLINE_MILLISECONDS = 10_000;

async function tooLate(): Promise<never> {
  await scheduler.wait(DEADLINE_MILLISECONDS);
  throw new Fault('service_unavailable', 'the service cannot answer now, try again', { reason: 'snapshot' });
}

export class Snapshot {
  readonly #options: SnapshotOptions;
  readonly #boundMilliseconds: number;
  /** In order of use, oldest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #keysByEntity = new Map<string, Set<string>>();
  #flights = new Map<string, Flight>();
  #queue: Ticket[] = [];
  #revalidation: Promise<void> | null = null;
  /** Last change-log row seen; null before the first read. */
  #seen: number | null = null;
  #provedAtMilliseconds = Number.NEGATIVE_INFINITY;
  /** Counts this isolate's own writes: what began to load before one is not kept after it. */
  #writes = 0;
  #bytes = 0;

  constructor(options: SnapshotOptions) {
    this.#options = options;
    this.#boundMilliseconds = options.freshnessSeconds * 1000;
  }

  /**
   * @returns the value, at most the freshness bound old; null where there is none
   * @throws Fault `service_unavailable` when nothing fresh enough is held and D1 does not answer
   */
  async get<T>(load: Load<T>): Promise<T | null> {
    const entry = this.#entries.get(load.key);
    if (entry !== undefined) {
      const age = this.#ageOf(this.#provedAtMilliseconds);
      if (age > this.#boundMilliseconds) await this.#prove();
      else if (age > this.#boundMilliseconds / 2) this.#revalidateBehind();
      const proved = this.#entries.get(load.key);
      if (proved !== undefined) {
        this.#entries.delete(load.key);
        this.#entries.set(load.key, proved);
        return proved.value as T; // the key belongs to this load alone, which made the value
      }
    }
    return (await this.#load(load)) as T | null; // as above
  }

  /** Loads anew, past what is held: for a name that the held copy does not know yet. */
  async reload<T>(load: Load<T>): Promise<T | null> {
    this.#drop(load.key);
    return this.get(load);
  }

  /** Forgets what this isolate's own committed write has changed, at once. */
  noteWrite(entities: readonly Entity[]): void {
    this.#writes += 1;
    this.#flights = new Map();
    for (const entity of entities) this.#evict(entity);
  }

  /** How much is held, for health and tests. */
  size(): { readonly entries: number; readonly bytes: number } {
    return { entries: this.#entries.size, bytes: this.#bytes };
  }

  #ageOf(momentMilliseconds: number): number {
    return this.#options.clock.nowMilliseconds() - momentMilliseconds;
  }

  async #load(load: Load<unknown>): Promise<unknown> {
    const joined = this.#flights.get(load.key);
    if (joined === undefined) return this.#begin(load).promise;
    const value = await ownPromise(joined.promise, tooLate());
    if (this.#ageOf(joined.startedAtMilliseconds) <= this.#boundMilliseconds) return value;
    // The read that others began is too old for who came later: a slow answer must not stretch the bound.
    return ownPromise((this.#flights.get(load.key) ?? this.#begin(load)).promise, tooLate());
  }

  #begin(load: Load<unknown>): Flight {
    const flights = this.#flights;
    const startedAtMilliseconds = this.#options.clock.nowMilliseconds();
    const promise = this.#enqueue(load).finally(() => flights.delete(load.key));
    const flight = { promise, startedAtMilliseconds };
    flights.set(load.key, flight);
    this.#options.defer(promise);
    return flight;
  }

  /** Proves what is held; a read that began before this call counts only while it is itself fresh enough when it ends. */
  async #prove(): Promise<void> {
    await ownPromise(this.#revalidate(), tooLate());
    if (this.#ageOf(this.#provedAtMilliseconds) > this.#boundMilliseconds)
      await ownPromise(this.#revalidate(), tooLate());
  }

  #revalidate(): Promise<void> {
    if (this.#revalidation === null) {
      this.#revalidation = this.#enqueue(null)
        .then(() => undefined)
        .finally(() => {
          this.#revalidation = null;
        });
      this.#options.defer(this.#revalidation);
    }
    return this.#revalidation;
  }

  #revalidateBehind(): void {
    if (this.#revalidation !== null) return;
    this.#revalidate().catch(() => this.#options.log('warn', 'snapshot.revalidation_failed'));
  }

  /** Whatever is asked for in the same turn travels in one batch. */
  #enqueue(load: Load<unknown> | null): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>(); // never `new Promise`: see own-promise.ts
    this.#queue.push({ load, settle: resolve, fail: reject });
    if (this.#queue.length === 1) this.#flushSoon();
    return promise;
  }

  /**
   * Waits for some turns of the microtask queue, so that what one request asks for step by step without waiting for the
   * outside travels together.
   */
  async #flushSoon(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await null;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const tickets = this.#queue;
    this.#queue = [];
    const startedAtMilliseconds = this.#options.clock.nowMilliseconds();
    const writes = this.#writes;
    const since = this.#seen;
    try {
      const asked = tickets.map((ticket) => ({ ticket, queries: ticket.load?.queries() ?? [] }));
      const queries = asked.flatMap((each) => each.queries);
      const results = await runBatch(this.#options.db, [...queries, this.#changesQuery(since)]);
      const sequence = this.#applyChanges(results[queries.length], since);
      this.#provedAtMilliseconds = Math.max(this.#provedAtMilliseconds, startedAtMilliseconds);
      let taken = 0;
      for (const { ticket, queries: own } of asked) {
        const ownResults = results.slice(taken, taken + own.length);
        taken += own.length;
        this.#settle(ticket, ownResults, () => this.#seen === sequence && this.#writes === writes);
      }
    } catch (error) {
      for (const ticket of tickets) ticket.fail(error);
    }
  }

  async #settle(ticket: Ticket, results: readonly unknown[], stillCurrent: () => boolean): Promise<void> {
    if (ticket.load === null) return ticket.settle(undefined);
    try {
      const loaded = await ticket.load.read(results);
      if (loaded !== null && stillCurrent()) this.#keep({ ...loaded, key: ticket.load.key });
      ticket.settle(loaded?.value ?? null);
    } catch (error) {
      ticket.fail(error);
    }
  }

  #changesQuery(since: number | null): Query {
    const { db } = this.#options;
    if (since === null) return db.select({ sequence: max(changeLog.sequence) }).from(changeLog);
    return db
      .select({ sequence: changeLog.sequence, accountId: changeLog.accountId, entity: changeLog.entity })
      .from(changeLog)
      .where(gt(changeLog.sequence, since))
      .orderBy(asc(changeLog.sequence))
      .limit(MAX_CHANGES_READ);
  }

  /**
   * @param since - the last row seen when the batch was sent; by now another batch may have seen more
   * @returns the sequence that this batch's results are as new as
   */
  #applyChanges(result: unknown, since: number | null): number {
    // The one query above gives these rows, in either of its two forms.
    const rows = result as { sequence: number | null; accountId?: string; entity?: string }[];
    const last = rows.at(-1)?.sequence ?? since ?? 0;
    if (since === null) {
      // Another first read was here before; which changes lie between the two this one has not asked.
      if (this.#seen !== null && last > this.#seen) this.#clear();
    } else {
      const contiguous = rows.length === 0 || rows[0]?.sequence === since + 1;
      if (!contiguous || rows.length === MAX_CHANGES_READ) this.#clear();
      else for (const row of rows) this.#evict(`${row.accountId}/${row.entity}`);
    }
    this.#seen = Math.max(this.#seen ?? 0, last);
    return last;
  }

  #keep(entry: Entry): void {
    this.#drop(entry.key);
    this.#entries.set(entry.key, entry);
    this.#bytes += entry.bytes;
    for (const entity of entry.entities) {
      const keys = this.#keysByEntity.get(entity);
      if (keys === undefined) this.#keysByEntity.set(entity, new Set([entry.key]));
      else keys.add(entry.key);
    }
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#options.maxBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    for (const entity of entry.entities) {
      const keys = this.#keysByEntity.get(entity);
      keys?.delete(key);
      if (keys?.size === 0) this.#keysByEntity.delete(entity);
    }
  }

  #evict(entity: string): void {
    for (const key of [...(this.#keysByEntity.get(entity) ?? [])]) this.#drop(key);
  }

  #clear(): void {
    this.#entries.clear();
    this.#keysByEntity.clear();
    this.#bytes = 0;
  }
}
