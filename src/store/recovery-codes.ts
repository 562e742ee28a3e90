import { and, count, eq, isNull } from 'drizzle-orm';
import type { RecoveryCodes } from '../core/repositories/recovery-codes.ts';
import type { SignInOwner } from '../core/sign-in/identity.ts';
import type { BatchWriter } from './batch.ts';
import { type Database, runBatch } from './database.ts';
import { readRows } from './read.ts';
import { recoveryCodes } from './schema/sign-in.ts';

export function createRecoveryCodes(db: Database, writer: BatchWriter): RecoveryCodes {
  const ofOwner = (accountId: string, owner: SignInOwner) =>
    and(
      eq(recoveryCodes.accountId, accountId),
      eq(recoveryCodes.ownerType, owner.type),
      eq(recoveryCodes.ownerId, owner.id),
    );
  return {
    async replace(accountId, owner, codeHashes, makeEvent) {
      const event = makeEvent({ count: codeHashes.length });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      const rows = codeHashes.map((codeHash) => ({
        accountId,
        ownerType: owner.type,
        ownerId: owner.id,
        codeHash,
        createdAtSeconds,
      }));
      await writer.commit({
        queries: [
          db.delete(recoveryCodes).where(ofOwner(accountId, owner)),
          db.insert(recoveryCodes).values(rows),
        ],
        entities: [],
        event,
      });
    },

    async count(accountId, owner) {
      const unused = and(ofOwner(accountId, owner), isNull(recoveryCodes.usedAtSeconds));
      const [row] = await readRows(db, db.select({ left: count() }).from(recoveryCodes).where(unused));
      return row?.left ?? 0;
    },

    async use(accountId, owner, codeHash, nowSeconds) {
      const [rows] = await runBatch(db, [
        db
          .update(recoveryCodes)
          .set({ usedAtSeconds: nowSeconds })
          .where(
            and(
              ofOwner(accountId, owner),
              eq(recoveryCodes.codeHash, codeHash),
              isNull(recoveryCodes.usedAtSeconds),
            ),
          )
          .returning({ codeHash: recoveryCodes.codeHash }),
      ]);
      return Array.isArray(rows) && rows.length === 1;
    },
  };
}
