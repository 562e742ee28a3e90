import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { DeviceAuthorization } from '../core/oauth/device-authorization.ts';
import { type DeviceAuthorizations, GUESS_SECONDS } from '../core/repositories/device-authorizations.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { userCodeGuesses as guesses, deviceAuthorizations as table } from './schema/device-authorizations.ts';

/** By address, so that a flood from one fills no place of another's. */
const MAX_WAITING_PER_ADDRESS = 50;

export function createDeviceAuthorizations(db: Database, writer: BatchWriter): DeviceAuthorizations {
  const ofDevice = (accountId: string, hash: string) =>
    and(eq(table.accountId, accountId), eq(table.deviceCodeHash, hash));
  const waiting = (accountId: string, userCodeHash: string, nowSeconds: number) =>
    and(
      eq(table.accountId, accountId),
      eq(table.userCodeHash, userCodeHash),
      eq(table.state, 'pending'),
      gt(table.expiresAtSeconds, nowSeconds),
    );

  return {
    async begin(device, { deviceCode, userCode }, event) {
      const { accountId, sourceIp, createdAtSeconds } = device;
      const place = sql`(select count(*) < ${MAX_WAITING_PER_ADDRESS} from ${table} where ${table.accountId} = ${accountId}
        and ${table.sourceIp} is ${sourceIp} and ${table.expiresAtSeconds} > ${createdAtSeconds})`;
      await writer.commit({
        queries: [
          required(db, 'withinQuota', place),
          db.insert(table).values({ ...device, deviceCodeHash: deviceCode, userCodeHash: userCode }),
        ],
        entities: [],
        event,
        faults: {
          withinQuota: () => new Fault('throttling', 'too many devices wait at this address'),
          unique: () => new Fault('concurrent_modification', 'try again'),
        },
      });
    },

    async findByDeviceCode(accountId, hash) {
      const rows = await readRows(db, db.select().from(table).where(ofDevice(accountId, hash)));
      return rows[0] === undefined ? null : deviceOf(rows[0]);
    },

    async findWaiting(accountId, userCodeHash, nowSeconds) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(waiting(accountId, userCodeHash, nowSeconds)),
      );
      return rows[0] === undefined ? null : deviceOf(rows[0]);
    },

    async notePoll(accountId, hash, { atSeconds, intervalSeconds }) {
      await runBatch(db, [
        db
          .update(table)
          .set({ lastPollAtSeconds: atSeconds, intervalSeconds })
          .where(and(ofDevice(accountId, hash), eq(table.state, 'pending'))),
      ]);
    },

    async decide(accountId, userCodeHash, grant, nowSeconds, event) {
      const update = db
        .update(table)
        .set(grant === null ? { state: 'denied' } : { state: 'approved', grant })
        .where(waiting(accountId, userCodeHash, nowSeconds));
      await writer.commit({
        queries: guarded(db, 'unchanged', update),
        entities: [],
        event,
        faults: {
          unchanged: () =>
            new Fault(
              'concurrent_modification',
              'this device has been decided upon, or its code has expired',
            ),
        },
      });
    },

    async redeem(accountId, hash, nowSeconds) {
      const rows = await readRows(
        db,
        db
          .update(table)
          .set({ state: 'redeemed', grant: null })
          .where(
            and(
              ofDevice(accountId, hash),
              eq(table.state, 'approved'),
              gt(table.expiresAtSeconds, nowSeconds),
            ),
          )
          .returning({ state: table.state }),
      );
      return rows.length === 1;
    },

    async countGuess(accountId, { name, limit }, nowSeconds) {
      const over = sql`${guesses.windowEndsAtSeconds} <= ${nowSeconds}`;
      const rows = await readRows(
        db,
        db
          .insert(guesses)
          .values({
            accountId,
            guesser: name,
            count: 1,
            windowEndsAtSeconds: nowSeconds + GUESS_SECONDS,
          })
          .onConflictDoUpdate({
            target: [guesses.accountId, guesses.guesser],
            set: {
              count: sql`case when ${over} then 1 else ${guesses.count} + 1 end`,
              windowEndsAtSeconds: sql`case when ${over} then ${nowSeconds + GUESS_SECONDS} else ${guesses.windowEndsAtSeconds} end`,
            },
            // setWhere: a full window is left as it is, and then nothing is returned
            setWhere: sql`${over} or ${guesses.count} < ${limit}`,
          })
          .returning({ count: guesses.count }),
      );
      return rows.length > 0;
    },

    async sweep(nowSeconds) {
      await runBatch(db, [
        db.delete(table).where(lt(table.expiresAtSeconds, nowSeconds)),
        db.delete(guesses).where(lt(guesses.windowEndsAtSeconds, nowSeconds)),
      ]);
    },
  };
}

const deviceOf = ({
  deviceCodeHash: _d,
  userCodeHash: _u,
  ...device
}: typeof table.$inferSelect): DeviceAuthorization => device;
