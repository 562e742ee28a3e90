import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import { groupArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import type { Groups } from '../core/repositories/groups.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { userEntity } from './entity.ts';
import { noSuchOwner, ownerExists, requireOwner } from './owners.ts';
import { afterKey, pageOf, rowsWanted, unindexed } from './page.ts';
import { readRows } from './read.ts';
import { groupMembers, groups, users } from './schema/identities.ts';
import { userRecordOf } from './users.ts';

const MAX_GROUPS = 10;

type Memberships = Pick<Groups, 'addUser' | 'removeUser' | 'members' | 'ofUser'>;

/** Who is in which group. A membership is the user's: what is held of the user depends on it. */
export function createMemberships(db: Database, writer: BatchWriter): Memberships {
  /** Both sides, or the refusal of the one that is not there. */
  const requireBoth = async (accountId: string, name: string, userName: string) => ({
    group: await requireOwner(db, accountId, { type: 'group', name }),
    user: await requireOwner(db, accountId, { type: 'user', name: userName }),
  });

  return {
    async addUser(accountId, name, userName, event) {
      const { group, user } = await requireBoth(accountId, name, userName);
      await writer.commit({
        queries: [
          db
            .insert(groupMembers)
            .values({ accountId, userId: user.id, groupId: group.id })
            .onConflictDoNothing(),
          required(
            db,
            'withinQuota',
            sql`(select count(*) <= ${MAX_GROUPS} from group_members where account_id = ${accountId} and user_id = ${user.id})`,
          ),
          ownerExists(db, accountId, user),
          ownerExists(db, accountId, group),
        ],
        entities: [userEntity(accountId, user.id)],
        event: event({ groupId: group.id, userId: user.id }),
        faults: {
          unchanged: () => noSuchOwner({ type: 'group', name }),
          withinQuota: () =>
            new Fault('limit_exceeded', `Cannot exceed quota for GroupsPerUser: ${MAX_GROUPS}`),
        },
      });
    },

    async removeUser(accountId, name, userName, event) {
      const { group, user } = await requireBoth(accountId, name, userName);
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .delete(groupMembers)
            .where(
              and(
                eq(groupMembers.accountId, accountId),
                eq(groupMembers.userId, user.id),
                eq(groupMembers.groupId, group.id),
              ),
            ),
        ),
        entities: [userEntity(accountId, user.id)],
        event: event({ groupId: group.id, userId: user.id }),
        faults: {
          found: () => new Fault('no_such_entity', `User ${userName} is not in group ${name}.`),
        },
      });
    },

    async members(accountId, groupId, page) {
      const nameKey = unindexed(users.nameKey);
      const memberIds = sql`(select user_id from group_members indexed by group_members_group where account_id = ${accountId} and group_id = ${groupId})`;
      const rows = await readRows(
        db,
        db
          .select()
          .from(users)
          .where(
            and(eq(users.accountId, accountId), inArray(users.userId, memberIds), afterKey(nameKey, page)),
          )
          .orderBy(asc(nameKey))
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, (row) => row.nameKey);
      return { items: items.map(userRecordOf), next };
    },

    async ofUser(accountId, userName, page) {
      const user = await requireOwner(db, accountId, { type: 'user', name: userName });
      const nameKey = unindexed(groups.nameKey);
      const groupIds = sql`(select group_id from group_members where account_id = ${accountId} and user_id = ${user.id})`;
      const rows = await readRows(
        db,
        db
          .select()
          .from(groups)
          .where(
            and(eq(groups.accountId, accountId), inArray(groups.groupId, groupIds), afterKey(nameKey, page)),
          )
          .orderBy(asc(nameKey))
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, (row) => row.nameKey);
      return {
        items: items.map(({ groupId, name, path, createdAtSeconds }) => ({
          ...{ groupId, name, path, createdAtSeconds },
          arn: groupArn(accountId, path, name),
        })),
        next,
      };
    },
  };
}
