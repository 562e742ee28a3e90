/**
 * D1 through drizzle. Without a session D1 sends every query to the primary, which is what revalidation and one-time
 * redemption need.
 */
import type { BatchItem } from 'drizzle-orm/batch';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { Fault } from '../core/faults.ts';

export type Database = DrizzleD1Database;

/** A query that can stand in a batch. */
export type Query = BatchItem<'sqlite'>;

export const openDatabase = (binding: D1Database): Database => drizzle(binding);

/** No call to D1 may keep a request longer than this. */
const DEADLINE_MILLISECONDS = 5000;

/**
 * Runs queries as one atomic batch: all of them, or none.
 * @returns one result per query, in order
 * @throws Fault `service_unavailable` when D1 does not answer in time or at all; D1's own error for a broken constraint
 */
export async function runBatch(db: Database, queries: readonly Query[]): Promise<unknown[]> {
  const [first, ...rest] = queries;
  if (first === undefined) return [];
  try {
    return await withDeadline(db.batch([first, ...rest]));
  } catch (error) {
    throw isConstraintError(error) || error instanceof Fault ? error : unavailable(error);
  }
}

/** The constraint that refused a batch. A check has its own name; a uniqueness is named by its columns. */
export interface BrokenConstraint {
  readonly kind: 'unique' | 'check';
  readonly name: string;
}

/** From the first word on: elsewhere the text could be a value that somebody chose. */
const CONSTRAINT_TEXT =
  /^(?:D1_ERROR: )?(UNIQUE|PRIMARY KEY|CHECK) constraint failed: ([^\n]*?)(?:: SQLITE_CONSTRAINT.*)?$/;

/** Reads which constraint refused a batch, as SQLite words it. @returns null for another kind of error */
export function brokenConstraint(error: unknown): BrokenConstraint | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const [, kind, name] = CONSTRAINT_TEXT.exec(cause.message) ?? [];
    if (name !== undefined) return { kind: kind === 'CHECK' ? 'check' : 'unique', name };
  }
  return null;
}

const isConstraintError = (error: unknown): boolean => brokenConstraint(error) !== null;

const unavailable = (error: unknown): Fault =>
  new Fault('service_unavailable', 'the service cannot answer now, try again', {
    reason: error instanceof Error ? error.message : 'database failed',
  });

async function withDeadline<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(unavailable(new Error('database deadline passed'))),
      DEADLINE_MILLISECONDS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
