/**
 * The durable audit buffer: a SQLite Durable Object that numbers what it is given and drains it into D1. An answer that waits
 * for `append` leaves only when the events are on disk. Drained twice, an event is inserted once.
 */
import { DurableObject } from 'cloudflare:workers';
import type { Env } from './config.ts';
import type { AuditEvent } from './core/audit/event.ts';
import { log } from './platform/log.ts';
import { drainEvents } from './store/audit.ts';
import { openDatabase } from './store/database.ts';

/** How long events may wait for company before they go to D1. */
const DRAIN_DELAY_MILLISECONDS = 1000;
const RETRY_DELAY_MILLISECONDS = 5000;
const DRAIN_BATCH = 50;

export class AuditBuffer extends DurableObject<Env> {
  readonly #sql = this.ctx.storage.sql;
  #alarmSet = false;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL)',
    );
  }

  /** Takes events; resolves when they are durable. */
  async append(events: readonly AuditEvent[]): Promise<void> {
    for (const event of events) this.#sql.exec('INSERT INTO events (body) VALUES (?)', JSON.stringify(event));
    if (this.#alarmSet) return;
    this.#alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) await this.#drainIn(DRAIN_DELAY_MILLISECONDS);
  }

  /** Moves what waits into D1, oldest first. @returns how many events moved */
  async drain(): Promise<number> {
    const db = openDatabase(this.env.DB);
    const shard = this.ctx.id.name ?? this.ctx.id.toString();
    for (let moved = 0; ; ) {
      const rows = this.#sql
        .exec<{ sequence: number; body: string }>(
          'SELECT sequence, body FROM events ORDER BY sequence LIMIT ?',
          DRAIN_BATCH,
        )
        .toArray();
      const last = rows.at(-1);
      if (last === undefined) return moved;
      await drainEvents(
        db,
        // Written by `append` above, from events alone.
        rows.map((row) => ({
          event: JSON.parse(row.body) as AuditEvent,
          place: { shard, sequence: row.sequence },
        })),
      );
      this.#sql.exec('DELETE FROM events WHERE sequence <= ?', last.sequence);
      moved += rows.length;
    }
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
