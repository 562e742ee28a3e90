/**
 * What the trail tells, kept so that it can be asked for: sessions, and when keys, roles and services were last used. Written in
 * the batch that brings the events: one statement a table however many they are, and none for a table of which they tell nothing.
 * Events that come twice count once and their order does not matter: facts of a session are written once, and of two moments the
 * later one stands.
 */
import { getTableColumns, type SQL, sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { TrailEvent } from '../core/audit/trail-event.ts';
import { factsOf, type TrailFacts } from '../core/audit/trail-facts.ts';
import type { Database, Query } from './database.ts';
import { lastUsed, serviceAccess, sessionCredentials, sessions } from './schema/sessions.ts';

/** @param events - what a batch brings @returns the statements that the same batch must hold */
export function projectEvents(db: Database, events: readonly TrailEvent[]): readonly Query[] {
  const facts = factsOf(events);
  return [
    ...(facts.sessions.length > 0 ? [keepSessions(db, facts)] : []),
    ...(facts.credentials.length > 0 ? [keepCredentials(db, facts)] : []),
    ...(facts.lastUses.length > 0 ? [keepLastUses(db, facts)] : []),
    ...(facts.serviceAccesses.length > 0 ? [keepServiceAccesses(db, facts)] : []),
  ];
}

const keepSessions = (db: Database, facts: TrailFacts): Query =>
  db.insert(sessions).select(rowsFor(sessions, facts.sessions)).onConflictDoNothing();

const keepCredentials = (db: Database, facts: TrailFacts): Query =>
  db.insert(sessionCredentials).select(rowsFor(sessionCredentials, facts.credentials)).onConflictDoNothing();

const keepLastUses = (db: Database, facts: TrailFacts): Query =>
  db
    .insert(lastUsed)
    .select(rowsFor(lastUsed, facts.lastUses))
    .onConflictDoUpdate({
      target: [lastUsed.accountId, lastUsed.kind, lastUsed.id],
      set: {
        atMilliseconds: sql`excluded.at_milliseconds`,
        region: sql`excluded.region`,
        service: sql`excluded.service`,
      },
      setWhere: sql`excluded.at_milliseconds > ${lastUsed.atMilliseconds}`,
    });

const keepServiceAccesses = (db: Database, facts: TrailFacts): Query =>
  db
    .insert(serviceAccess)
    .select(rowsFor(serviceAccess, facts.serviceAccesses))
    .onConflictDoUpdate({
      target: [
        serviceAccess.accountId,
        serviceAccess.principalId,
        serviceAccess.service,
        serviceAccess.action,
      ],
      set: { atMilliseconds: sql`excluded.at_milliseconds`, region: sql`excluded.region` },
      setWhere: sql`excluded.at_milliseconds > ${serviceAccess.atMilliseconds}`,
    });

/** The rows as one bound value; `where true` keeps the parser from reading ON CONFLICT as a join. */
function rowsFor<Table extends SQLiteTable>(
  table: Table,
  rows: readonly Readonly<Table['$inferInsert']>[],
): SQL {
  const names = Object.keys(getTableColumns(table)) as (keyof Table['$inferInsert'])[]; // a row is typed by the same columns
  const values = JSON.stringify(rows.map((row) => names.map((name) => row[name])));
  const columns = names.map((_, at) => sql.raw(`value ->> ${at}`));
  return sql`select ${sql.join(columns, sql`, `)} from json_each(${values}) where true`;
}
