import { and, eq } from 'drizzle-orm';
import { userArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent, TagRecord } from '../core/repositories/change.ts';
import type { UserRecord, Users } from '../core/repositories/users.ts';
import { notAttachable, policyExists } from './attachable.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { userEntity } from './entity.ts';
import { heldMeanwhile, refuseWhileHeld, unheld, userHolds } from './holds.ts';
import { pageOf, pathPage, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { users } from './schema/identities.ts';
import { endSignInsOf } from './sign-in-sessions.ts';
import { addTags, removeTags } from './tags.ts';
import { removeRemains } from './user-remains.ts';

type UserRow = typeof users.$inferSelect;

export function createUsers(db: Database, writer: BatchWriter, random: Random): Users {
  const byId = (accountId: string, userId: string) =>
    and(eq(users.accountId, accountId), eq(users.userId, userId));

  const requireUser = async (accountId: string, name: string): Promise<UserRecord> => {
    const [row] = await readRows(
      db,
      db
        .select()
        .from(users)
        .where(and(eq(users.accountId, accountId), eq(users.nameKey, name.toLowerCase()))),
    );
    if (row === undefined) throw noSuchUser(name);
    return userRecordOf(row);
  };

  /** Replaces the tags, unless somebody else has changed them meanwhile. */
  const replaceTags = (
    accountId: string,
    { userId, name, tags: before }: UserRecord,
    tags: readonly TagRecord[],
    event: MakeEvent,
  ) =>
    writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(users)
          .set({ tags })
          .where(and(byId(accountId, userId), eq(users.tags, before))),
      ),
      entities: [userEntity(accountId, userId)],
      event: event({ userId }),
      faults: { unchanged: () => changedMeanwhile(name) },
    });

  return {
    async create(accountId, { name, path, tags, boundaryArn }, makeEvent) {
      const userId = uniqueId('AIDA', random.bytes(UNIQUE_ID_RANDOM_BYTES));
      const arn = userArn(accountId, path, name);
      const event = makeEvent({ userId, arn });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      const row = { accountId, userId, name, nameKey: name.toLowerCase(), path, boundaryArn };
      const kept = addTags([], tags);
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'Users'),
          db.insert(users).values({ ...row, tags: kept, createdAtSeconds }),
          ...policyExists(db, accountId, boundaryArn),
        ],
        entities: [userEntity(accountId, userId)],
        event,
        faults: {
          unique: () => taken(name),
          withinQuota: () => overQuota(db, accountId, 'Users', 'UsersPerAccount'),
          found: () => notAttachable(boundaryArn ?? ''),
        },
      });
      const passwordLastUsedAtSeconds = null;
      return {
        userId,
        name,
        path,
        arn,
        createdAtSeconds,
        tags: kept,
        boundaryArn,
        passwordLastUsedAtSeconds,
      };
    },

    require: requireUser,

    async list(accountId, pathPrefix, page) {
      const { where, order, keyOf } = pathPage(users, pathPrefix, page);
      const rows = await readRows(
        db,
        db
          .select()
          .from(users)
          .where(and(eq(users.accountId, accountId), where))
          .orderBy(...order)
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, keyOf);
      return { items: items.map(userRecordOf), next };
    },

    async update(accountId, name, change, event) {
      const { userId, name: oldName } = await requireUser(accountId, name);
      const newName = change.name ?? oldName;
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(users)
            .set({
              name: newName,
              nameKey: newName.toLowerCase(),
              ...(change.path !== undefined && { path: change.path }),
            })
            .where(byId(accountId, userId)),
        ),
        entities: [userEntity(accountId, userId)],
        event: event({ userId }),
        faults: { found: () => noSuchUser(name), unique: () => taken(newName) },
      });
    },

    async remove(accountId, name, event) {
      const { userId } = await requireUser(accountId, name);
      const holds = userHolds(accountId, userId);
      await refuseWhileHeld(db, holds);
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(users).where(byId(accountId, userId))),
          ...unheld(db, holds),
          ...endSignInsOf(db, accountId, { type: 'user', id: userId }),
          ...removeRemains(db, accountId, userId),
          countDown(db, accountId, 'Users'),
        ],
        entities: [userEntity(accountId, userId)],
        event: event({ userId }),
        faults: {
          found: () => noSuchUser(name),
          unreferenced: heldMeanwhile,
        },
      });
    },

    async tag(accountId, name, tags, event) {
      const user = await requireUser(accountId, name);
      await replaceTags(accountId, user, addTags(user.tags, tags), event);
    },

    async untag(accountId, name, keys, event) {
      const user = await requireUser(accountId, name);
      await replaceTags(accountId, user, removeTags(user.tags, keys), event);
    },

    async setBoundary(accountId, name, boundaryArn, event) {
      const { userId } = await requireUser(accountId, name);
      await writer.commit({
        queries: [
          ...guarded(db, 'unchanged', db.update(users).set({ boundaryArn }).where(byId(accountId, userId))),
          ...policyExists(db, accountId, boundaryArn),
        ],
        entities: [userEntity(accountId, userId)],
        event: event({ userId }),
        faults: { unchanged: () => noSuchUser(name), found: () => notAttachable(boundaryArn ?? '') },
      });
    },
  };
}

/** A user's row as the outside sees it. */
export function userRecordOf(row: UserRow): UserRecord {
  const { userId, name, path, createdAtSeconds, tags, boundaryArn, passwordLastUsedAtSeconds } = row;
  const arn = userArn(row.accountId, path, name);
  return { userId, name, path, arn, createdAtSeconds, tags, boundaryArn, passwordLastUsedAtSeconds };
}

/** The refusal of a user that is not there. */
export const noSuchUser = (name: string): Fault =>
  new Fault('no_such_entity', `The user with name ${name} cannot be found.`);

const taken = (name: string): Fault =>
  new Fault('entity_already_exists', `User with name ${name} already exists.`);

const changedMeanwhile = (name: string): Fault =>
  new Fault('concurrent_modification', `The user with name ${name} is being changed, try again.`);
