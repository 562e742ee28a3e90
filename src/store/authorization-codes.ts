import { and, eq, gt, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { MAX_SESSION_SECONDS } from '../core/credentials/limits.ts';
import { Fault } from '../core/faults.ts';
import type {
  AuthorizationCode,
  AuthorizationCodes,
  PushedRequests,
} from '../core/repositories/authorization-codes.ts';
import { type BatchWriter, required } from './batch.ts';
import { keepConsent } from './consents.ts';
import { type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { pushedRequests as pushed, authorizationCodes as table } from './schema/authorization-codes.ts';
import { noteClient } from './sign-in-clients.ts';

export function createAuthorizationCodes(db: Database, writer: BatchWriter): AuthorizationCodes {
  return {
    async keep(code, codeHash, event, { toTell, consent }) {
      const keptUntilSeconds = code.expiresAtSeconds + MAX_SESSION_SECONDS;
      await writer.commit({
        queries: [
          db.insert(table).values({ ...code, codeHash, keptUntilSeconds }),
          ...(toTell === null ? [] : [noteClient(db, toTell)]),
          ...(consent === null ? [] : [keepConsent(db, consent)]),
        ],
        entities: [],
        event,
      });
    },

    async redeem(proof, nowSeconds) {
      const { accountId, codeHash, clientId, redirectUri, codeChallenge, keyThumbprint } = proof;
      const [row] = await readRows(
        db,
        db
          .update(table)
          .set({ usedAtSeconds: nowSeconds })
          .where(
            and(
              eq(table.accountId, accountId),
              eq(table.codeHash, codeHash),
              eq(table.clientId, clientId),
              eq(table.redirectUri, redirectUri),
              eq(table.codeChallenge, codeChallenge),
              or(isNull(table.keyThumbprint), eq(table.keyThumbprint, keyThumbprint ?? '')),
              isNull(table.usedAtSeconds),
              gt(table.expiresAtSeconds, nowSeconds),
            ),
          )
          .returning(),
      );
      return row === undefined ? null : codeOf(row);
    },

    async findUsed(accountId, codeHash) {
      const [row] = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(
            and(eq(table.accountId, accountId), eq(table.codeHash, codeHash), isNotNull(table.usedAtSeconds)),
          ),
      );
      return row === undefined ? null : codeOf(row);
    },

    async sweep(nowSeconds) {
      await runBatch(db, [db.delete(table).where(lt(table.keptUntilSeconds, nowSeconds))]);
    },
  };
}

const codeOf = ({
  codeHash: _h,
  keptUntilSeconds: _k,
  usedAtSeconds: _u,
  ...code
}: typeof table.$inferSelect): AuthorizationCode => code;

/** By client: a flood of one takes no place of another's. Without a place it still can send its requests through the browser. */
const MAX_WAITING_PER_CLIENT = 1000;

export function createPushedRequests(db: Database, writer: BatchWriter): PushedRequests {
  return {
    async keep(request, requestHash, event) {
      const { accountId, clientId } = request;
      const atSeconds = Math.floor(event.atMilliseconds / 1000);
      const place = sql`(select count(*) < ${MAX_WAITING_PER_CLIENT} from ${pushed} where ${pushed.accountId} = ${accountId}
        and ${pushed.clientId} = ${clientId} and ${pushed.expiresAtSeconds} > ${atSeconds})`;
      await writer.commit({
        queries: [required(db, 'withinQuota', place), db.insert(pushed).values({ ...request, requestHash })],
        entities: [],
        event,
        faults: { withinQuota: () => new Fault('throttling', 'too many requests of this client wait') },
      });
    },

    async take(accountId, clientId, requestHash, nowSeconds) {
      const [row] = await readRows(
        db,
        db
          .delete(pushed)
          .where(
            and(
              eq(pushed.accountId, accountId),
              eq(pushed.requestHash, requestHash),
              eq(pushed.clientId, clientId),
              gt(pushed.expiresAtSeconds, nowSeconds),
            ),
          )
          .returning({ parameters: pushed.parameters }),
      );
      return row?.parameters ?? null;
    },

    async sweep(nowSeconds) {
      await runBatch(db, [db.delete(pushed).where(lt(pushed.expiresAtSeconds, nowSeconds))]);
    },
  };
}
