import { and, asc, desc, eq, gt, lt, notInArray, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { RefreshFamily } from '../core/oauth/refresh-family.ts';
import {
  FAMILIES_PER_PERSON_AND_CLIENT,
  type RefreshFamilies,
} from '../core/repositories/refresh-families.ts';
import type { Mark } from '../core/revocation/marks.ts';
import type { SignInOwner } from '../core/sign-in/identity.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { type Database, type Query, runBatch } from './database.ts';
import { revocationsEntity } from './entity.ts';
import { afterKey, pageOf, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { revokeQueries } from './revocations.ts';
import { pastRevocations as past, refreshFamilies as table } from './schema/refresh-families.ts';

const MAX_LISTED = 200;

export function createRefreshFamilies(db: Database, writer: BatchWriter): RefreshFamilies {
  return {
    async begin(family, event) {
      const { owner, accountId, clientId, ...rest } = family;
      const row = { ...rest, accountId, clientId, ownerType: owner.type, ownerId: owner.id };
      await writer.commit({
        queries: [db.insert(table).values(row), withoutTheOldest(db, family)],
        entities: [],
        event,
      });
    },

    async find(accountId, handleHash) {
      const [row] = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(and(eq(table.accountId, accountId), eq(table.handleHash, handleHash))),
      );
      return row === undefined ? null : familyOf(row);
    },

    async rotate({ accountId, handleHash, clientId }, rotation, nowSeconds) {
      const { tokenHash, successorHash, sealedSuccessor, endsAtSeconds, sessionId } = rotation;
      const rows = await readRows(
        db,
        db
          .update(table)
          .set({
            ...{ tokenHash: successorHash, previousHash: tokenHash, sealedSuccessor, endsAtSeconds },
            ...{ rotatedAtSeconds: nowSeconds, lastSessionId: sessionId },
          })
          .where(
            and(
              eq(table.accountId, accountId),
              eq(table.handleHash, handleHash),
              eq(table.clientId, clientId),
              eq(table.tokenHash, tokenHash),
              gt(table.endsAtSeconds, nowSeconds),
            ),
          )
          .returning({ familyId: table.familyId }),
      );
      return rows.length === 1;
    },

    async list(accountId, owner, nowSeconds) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(and(ofOwner(accountId, owner), gt(table.endsAtSeconds, nowSeconds)))
          .orderBy(desc(table.rotatedAtSeconds), desc(table.createdAtSeconds))
          .limit(MAX_LISTED),
      );
      return rows.map(familyOf);
    },

    async page(accountId, clientId, owner, nowSeconds, page) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(
            and(
              owner === null ? eq(table.accountId, accountId) : ofOwner(accountId, owner),
              eq(table.clientId, clientId),
              gt(table.endsAtSeconds, nowSeconds),
              afterKey(table.familyId, page),
            ),
          )
          .orderBy(asc(table.familyId))
          .limit(rowsWanted(page)),
      );
      return pageOf(rows.map(familyOf), page, ({ familyId }) => familyId);
    },

    async findById(accountId, clientId, familyId) {
      const [row] = await readRows(
        db,
        db
          .select()
          .from(table)
          .where(
            and(eq(table.accountId, accountId), eq(table.familyId, familyId), eq(table.clientId, clientId)),
          ),
      );
      return row === undefined ? null : familyOf(row);
    },

    async end({ accountId, familyId }, revocation, event) {
      const row = and(eq(table.accountId, accountId), eq(table.familyId, familyId));
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(table).where(row)),
          ...revokeQueries(db, accountId, revocation),
        ],
        entities: [revocationsEntity(accountId)],
        event,
        faults: { found: () => new Fault('no_such_entity', 'this application has no access any more') },
      });
    },

    async revocationsOf(accountId, marks) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(past)
          .where(
            and(
              eq(past.accountId, accountId),
              // One bound value, however many: D1 takes a hundred.
              sql`${past.firstMark} in (select value from json_each(${JSON.stringify(['', ...marks])}))`,
            ),
          ),
      );
      return rows.map(({ marks: text, issuedUntilSeconds, keptUntilSeconds }) => ({
        sequence: 0,
        marks: JSON.parse(text) as readonly Mark[], // written by `revokeQueries`
        issuedUntilSeconds,
        expiresAtSeconds: keptUntilSeconds,
      }));
    },

    async sweep(nowSeconds) {
      await runBatch(db, [
        db.delete(table).where(lt(table.endsAtSeconds, nowSeconds)),
        db.delete(past).where(lt(past.keptUntilSeconds, nowSeconds)),
      ]);
    },
  };
}

const ofOwner = (accountId: string, owner: SignInOwner) =>
  and(eq(table.accountId, accountId), eq(table.ownerType, owner.type), eq(table.ownerId, owner.id));

/** Ends what a person let clients keep, in the batch of what ends it: another password, none any more, sign-out everywhere. */
export const endFamiliesOf = (db: Database, accountId: string, owner: SignInOwner): Query =>
  db.delete(table).where(ofOwner(accountId, owner));

/** Ends what a client was let keep, in the batch that removes the client. */
export const endFamiliesOfClient = (db: Database, accountId: string, clientId: string): Query =>
  db.delete(table).where(and(eq(table.accountId, accountId), eq(table.clientId, clientId)));

/** A person who lets a client in again and again shall not fill the table. */
function withoutTheOldest(db: Database, { accountId, owner, clientId }: RefreshFamily): Query {
  const same = and(ofOwner(accountId, owner), eq(table.clientId, clientId));
  const newest = db
    .select({ familyId: table.familyId })
    .from(table)
    .where(same)
    .orderBy(desc(table.createdAtSeconds), desc(table.familyId))
    .limit(FAMILIES_PER_PERSON_AND_CLIENT);
  return db.delete(table).where(and(same, notInArray(table.familyId, newest)));
}

const familyOf = ({ ownerType, ownerId, ...row }: typeof table.$inferSelect): RefreshFamily => ({
  ...row,
  owner: { type: ownerType, id: ownerId },
});
