import { and, asc, eq, inArray, isNotNull, isNull, lt, lte, type SQL, sql } from 'drizzle-orm';
import type { SignInClient, SignInClients } from '../core/repositories/sign-in-clients.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { revocations } from './schema/revocations.ts';
import { signInSessions } from './schema/sign-in.ts';
import { signInClients as table } from './schema/sign-in-clients.ts';
import { sessionOf } from './sign-in-rows.ts';

export function createSignInClients(db: Database): SignInClients {
  return {
    async due(nowSeconds, limit) {
      const { accountId, sessionId, clientId, subject, sessionExpiresAtSeconds, endedAtSeconds, attempts } =
        table;
      const columns = {
        accountId,
        sessionId,
        clientId,
        subject,
        sessionExpiresAtSeconds,
        endedAtSeconds,
        attempts,
      };
      return readRows(
        db,
        db
          .select(columns)
          .from(table)
          .where(and(isNotNull(table.nextAttemptAtSeconds), lte(table.nextAttemptAtSeconds, nowSeconds)))
          .orderBy(asc(table.nextAttemptAtSeconds))
          .limit(limit),
      );
    },

    async claim(client, nowSeconds, againAtSeconds) {
      const taken = await readRows(
        db,
        db
          .update(table)
          .set({
            attempts: client.attempts + 1,
            endedAtSeconds: client.endedAtSeconds ?? nowSeconds,
            nextAttemptAtSeconds: againAtSeconds,
          })
          .where(
            and(
              one(client),
              eq(table.attempts, client.attempts),
              lte(table.nextAttemptAtSeconds, nowSeconds),
            ),
          )
          .returning({ sessionId: table.sessionId }),
      );
      return taken.length === 1;
    },

    async forget(client) {
      await runBatch(db, [db.delete(table).where(one(client))]);
    },

    async unchecked(limit) {
      const newest = db
        .select({
          accountId: revocations.accountId,
          sequence: sql<number>`max(${revocations.sequence})`.as('newest'),
        })
        .from(revocations)
        .groupBy(revocations.accountId)
        .as('newest_revocations');
      const rows = await readRows(
        db,
        db
          .selectDistinct({ session: signInSessions })
          .from(table)
          .innerJoin(newest, eq(newest.accountId, table.accountId))
          .innerJoin(
            signInSessions,
            and(eq(signInSessions.accountId, table.accountId), eq(signInSessions.sessionId, table.sessionId)),
          )
          .where(and(isNull(table.nextAttemptAtSeconds), lt(table.checkedRevocation, newest.sequence)))
          .limit(limit),
      );
      return rows.map(({ session }) => sessionOf(session));
    },

    async markChecked(accountId, sessionId, sequence) {
      await runBatch(db, [
        db
          .update(table)
          .set({ checkedRevocation: sequence })
          .where(and(eq(table.accountId, accountId), eq(table.sessionId, sessionId))),
      ]);
    },
  };
}

const one = ({ accountId, sessionId, clientId }: SignInClient) =>
  and(eq(table.accountId, accountId), eq(table.sessionId, sessionId), eq(table.clientId, clientId));

/** Notes whom to tell, in the batch that lets the client know who signed in. */
export const noteClient = (db: Database, client: SignInClient): Query =>
  db.insert(table).values(client).onConflictDoNothing();

/** Makes the clients of sessions due, in the batch that ends these; before it does. @param ended - a condition on the sessions */
export const tellClientsOf = (db: Database, accountId: string, ended: SQL | undefined): Query =>
  db
    .update(table)
    .set({ nextAttemptAtSeconds: 0 })
    .where(
      and(
        eq(table.accountId, accountId),
        isNull(table.nextAttemptAtSeconds),
        inArray(
          table.sessionId,
          db.select({ id: signInSessions.sessionId }).from(signInSessions).where(ended),
        ),
      ),
    );

/** Sessions that end by their age: of these nobody is told, for an application has an age of its own. */
export const forgetClientsOf = (db: Database, expired: SQL): Query =>
  db
    .delete(table)
    .where(
      and(
        isNull(table.nextAttemptAtSeconds),
        sql`(${table.accountId}, ${table.sessionId}) in (select ${signInSessions.accountId}, ${signInSessions.sessionId} from ${signInSessions} where ${expired})`,
      ),
    );
