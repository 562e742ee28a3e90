import { and, eq, lte, or, sql } from 'drizzle-orm';
import type { FactorOwner } from '../core/mfa/device.ts';
import {
  type AuthenticationFailures,
  type Factor,
  LOCK_SECONDS,
  MAX_FAILURES,
} from '../core/repositories/authentication-failures.ts';
import type { Database, Query } from './database.ts';
import { readRows } from './read.ts';
import { authenticationFailures as table } from './schema/mfa-devices.ts';

/** One statement each: the database counts, whoever races. No audit event: the door records each refusal. */
export function createAuthenticationFailures(db: Database): AuthenticationFailures {
  return {
    async begin(accountId, owner, factor, nowSeconds) {
      const unlocked = or(
        sql`${table.lockedUntilSeconds} is null`,
        lte(table.lockedUntilSeconds, nowSeconds),
      );
      // A lock that has passed begins a new count.
      const failures = sql`case when ${table.lockedUntilSeconds} is null then ${table.failures} + 1 else 1 end`;
      const until = sql`case when ${failures} >= ${MAX_FAILURES} then ${nowSeconds + LOCK_SECONDS} end`;
      const rows = await readRows(
        db,
        db
          .insert(table)
          .values({ accountId, subject: subjectOf(owner), factor, failures: 1, lockedUntilSeconds: null })
          .onConflictDoUpdate({
            target: [table.accountId, table.subject, table.factor],
            set: { failures, lockedUntilSeconds: until },
            // setWhere: a locked row is left as it is, and then nothing is returned
            ...(unlocked !== undefined && { setWhere: unlocked }),
          })
          .returning({ failures: table.failures }),
      );
      return owner === null || rows.length > 0;
    },

    async forgive(accountId, owner, factor) {
      await readRows(db, forgiveQuery(db, accountId, owner, factor));
    },
  };
}

/** Forgets an owner's wrong tries; stands in the batch of what forgives them. */
export const forgiveQuery = (db: Database, accountId: string, owner: FactorOwner, factor: Factor) =>
  db
    .delete(table)
    .where(
      and(eq(table.accountId, accountId), eq(table.subject, subjectOf(owner)), eq(table.factor, factor)),
    ) satisfies Query;

const subjectOf = (owner: FactorOwner | null): string =>
  owner === null ? 'nobody' : owner.type === 'root' ? 'root' : `user:${owner.userId}`;
