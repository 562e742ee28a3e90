/**
 * The durable audit buffer: a SQLite Durable Object that numbers what it is given and drains it into D1. An answer that waits
 * for `append` leaves only when the events are on disk. Drained twice, an event is inserted once.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from './config.ts';
import { log } from './platform/log.ts';
import type { PackedEvents } from './store/audit.ts';
import { openDatabase } from './store/database.ts';
import { drainPacks, firstCall } from './store/drain.ts';

/** How long events may wait for company before they go to D1. */
const DRAIN_DELAY_MILLISECONDS = 1000;
const RETRY_DELAY_MILLISECONDS = 5000;

interface PackRow extends Record<string, SqlStorageValue> {
  readonly first: number;
  readonly rows: string;
}

export class AuditBuffer extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;
  #alarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql.exec(`
      CREATE TABLE IF NOT EXISTS packs (first INTEGER PRIMARY KEY, rows TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS numbering (id INTEGER PRIMARY KEY CHECK (id = 1), next INTEGER NOT NULL);
      INSERT OR IGNORE INTO numbering (id, next) VALUES (1, 1);
      CREATE TABLE IF NOT EXISTS witness (id INTEGER PRIMARY KEY CHECK (id = 1), number INTEGER NOT NULL, statement TEXT NOT NULL);
    `);
  }

  /** Takes events and numbers them without a gap; resolves when they are durable. */
  async append({ count, rows }: PackedEvents): Promise<void> {
    // Without an await between them the two writes are one: both are on disk, or neither.
    this.#sql.exec('INSERT INTO packs (first, rows) SELECT next, ? FROM numbering', rows);
    this.#sql.exec('UPDATE numbering SET next = next + ?', count);
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.#drainIn(DRAIN_DELAY_MILLISECONDS);
  }

  /** Moves what waits into D1, oldest first. @returns how many packs moved */
  async drain(): Promise<number> {
    const db = openDatabase(this.env.DB);
    const shard = this.ctx.id.name ?? this.ctx.id.toString();
    for (let moved = 0; ; ) {
      const packs = firstCall(this.#sql.exec<PackRow>('SELECT first, rows FROM packs ORDER BY first'));
      const last = packs.at(-1);
      if (last === undefined) return moved;
      await drainPacks(
        db,
        packs.map(({ first, rows }) => ({ shard, firstSequence: first, rows })),
      );
      this.#sql.exec('DELETE FROM packs WHERE first <= ?', last.first);
      moved += packs.length;
    }
  }

  /** The last checkpoint of the trail's chain that this object was given, or null. */
  async lastCheckpoint(): Promise<string | null> {
    return (
      this.#sql.exec<{ statement: string }>('SELECT statement FROM witness').toArray()[0]?.statement ?? null
    );
  }

  /** Keeps a checkpoint unless a later one is kept; durable when it resolves. */
  async keepCheckpoint(number: number, statement: string): Promise<void> {
    this.#sql.exec(
      `INSERT INTO witness (id, number, statement) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET number = excluded.number, statement = excluded.statement
       WHERE excluded.number > witness.number`,
      number,
      statement,
    );
  }

  override async alarm(): Promise<void> {
    this.#alarmSet = false;
    try {
      await this.drain();
    } catch (error) {
      log('error', 'audit.drain_failed', { reason: String(error) });
      this.#alarmSet = true;
      await this.#drainIn(RETRY_DELAY_MILLISECONDS);
    }
  }

  #drainIn(milliseconds: number): Promise<void> {
    return this.ctx.storage.setAlarm(Date.now() + milliseconds);
  }
}
