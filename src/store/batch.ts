/**
 * Writes that belong together: one atomic batch of the statements, the audit event and the change-log rows.
 * A guarded statement that changes no row does not abort a batch by itself; `guarded` makes it.
 */
import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../core/audit/event.ts';
import { Fault } from '../core/faults.ts';
import { insertEvent, trailEventOf } from './audit.ts';
import { brokenConstraint, type Database, type Query, runBatch } from './database.ts';
import { type Entity, splitEntity } from './entity.ts';
import { projectEvents } from './projections.ts';
import { changeLog, guard } from './schema/trail.ts';
import type { Snapshot } from './snapshot.ts';

/** What a guard can find amiss; each has its own column and named check. */
export type GuardName = 'found' | 'withinQuota' | 'unreferenced' | 'unchanged' | 'unused';

const GUARD_CONSTRAINTS: ReadonlyMap<string, GuardName> = new Map([
  ['guard_found', 'found'],
  ['guard_within_quota', 'withinQuota'],
  ['guard_unreferenced', 'unreferenced'],
  ['guard_unchanged', 'unchanged'],
  ['guard_unused', 'unused'],
]);

/** The fault for a broken constraint: by guard name, or by `unique` for any uniqueness. */
export type WriteFaults = Readonly<Partial<Record<GuardName | 'unique', () => Fault | Promise<Fault>>>>;

export interface Write {
  readonly queries: readonly Query[];
  /** What this write changes for decisions; empty for a write that no decision depends on. */
  readonly entities: readonly Entity[];
  /** The audit event of the change; a change without one does not happen. */
  readonly event: AuditEvent;
  readonly faults?: WriteFaults;
}

export interface BatchWriter {
  /**
   * Commits a write and makes it visible to this isolate at once.
   * @throws the fault that `faults` gives for the broken guard or uniqueness; `service_unavailable` when D1 does not answer
   */
  commit(write: Write): Promise<void>;
}

/**
 * @param query - an INSERT, UPDATE or DELETE that must change at least one row
 * @returns the statement and the guard that aborts the batch when it did not
 */
export const guarded = (db: Database, name: GuardName, query: Query): readonly Query[] => [
  query,
  db.insert(guard).select(guardRow(name, sql`changes()`)),
];

/**
 * @param condition - SQL that is 1 when all is well
 * @returns the guard that aborts the batch when it is not
 */
export const required = (db: Database, name: GuardName, condition: ReturnType<typeof sql>): Query =>
  db.insert(guard).select(guardRow(name, condition));

/** `SELECT` of one guard row: the named column takes the value, the others stand at 1. */
function guardRow(name: GuardName, value: ReturnType<typeof sql>) {
  const columns = [...GUARD_CONSTRAINTS.values()].map((column) => (column === name ? value : sql`1`));
  return sql`select ${sql.join(columns, sql`, `)}`;
}

export function createBatchWriter(db: Database, snapshot: Snapshot): BatchWriter {
  return {
    async commit({ queries, entities, event, faults }) {
      try {
        await runBatch(db, [
          ...queries,
          db.delete(guard),
          ...changeRows(db, entities, event.atMilliseconds),
          insertEvent(db, event),
          ...projectEvents(db, [trailEventOf(event)]),
        ]);
      } catch (error) {
        throw await explain(error, faults ?? {});
      } finally {
        // After a failure that may have committed all the same (a lost answer), what is held must be read again.
        snapshot.noteWrite(entities);
      }
    },
  };
}

/** Rows of three values each: D1 binds at most 100 to a statement. */
const CHANGES_PER_STATEMENT = 30;

function changeRows(db: Database, entities: readonly Entity[], atMilliseconds: number): Query[] {
  const atSeconds = Math.floor(atMilliseconds / 1000);
  const rows = entities.map((entity) => ({ ...splitEntity(entity), atSeconds }));
  const statements: Query[] = [];
  for (let at = 0; at < rows.length; at += CHANGES_PER_STATEMENT) {
    statements.push(db.insert(changeLog).values(rows.slice(at, at + CHANGES_PER_STATEMENT)));
  }
  return statements;
}

async function explain(error: unknown, faults: WriteFaults): Promise<unknown> {
  const broken = brokenConstraint(error);
  if (broken === null) return error;
  const name = broken.kind === 'unique' ? 'unique' : GUARD_CONSTRAINTS.get(broken.name);
  const fault = name === undefined ? undefined : faults[name];
  return (
    (await fault?.()) ?? new Fault('internal_failure', 'the write was refused', { constraint: broken.name })
  );
}
