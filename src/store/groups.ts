import { and, eq } from 'drizzle-orm';
import { groupArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { GroupRecord, Groups } from '../core/repositories/groups.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { groupEntity } from './entity.ts';
import { createMemberships } from './group-members.ts';
import { groupHolds, heldMeanwhile, refuseWhileHeld, unheld } from './holds.ts';
import { pageOf, pathPage, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { groups } from './schema/identities.ts';

export function createGroups(db: Database, writer: BatchWriter, random: Random): Groups {
  const byId = (accountId: string, groupId: string) =>
    and(eq(groups.accountId, accountId), eq(groups.groupId, groupId));

  const find = async (accountId: string, name: string): Promise<GroupRecord | null> => {
    const [row] = await readRows(
      db,
      db
        .select()
        .from(groups)
        .where(and(eq(groups.accountId, accountId), eq(groups.nameKey, name.toLowerCase()))),
    );
    return row === undefined ? null : recordOf(row);
  };

  const requireGroup = async (accountId: string, name: string): Promise<GroupRecord> => {
    const group = await find(accountId, name);
    if (group === null) throw noSuchGroup(name);
    return group;
  };

  return {
    async create(accountId, { name, path }, makeEvent) {
      const groupId = uniqueId('AGPA', random.bytes(UNIQUE_ID_RANDOM_BYTES));
      const arn = groupArn(accountId, path, name);
      const event = makeEvent({ groupId, arn });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'Groups'),
          db
            .insert(groups)
            .values({ accountId, groupId, name, nameKey: name.toLowerCase(), path, createdAtSeconds }),
        ],
        entities: [groupEntity(accountId, groupId)],
        event,
        faults: {
          unique: () => taken(name),
          withinQuota: () => overQuota(db, accountId, 'Groups', 'GroupsPerAccount'),
        },
      });
      return { groupId, name, path, arn, createdAtSeconds };
    },

    find,
    require: requireGroup,

    async list(accountId, pathPrefix, page) {
      const { where, order, keyOf } = pathPage(groups, pathPrefix, page);
      const rows = await readRows(
        db,
        db
          .select()
          .from(groups)
          .where(and(eq(groups.accountId, accountId), where))
          .orderBy(...order)
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, keyOf);
      return { items: items.map(recordOf), next };
    },

    async update(accountId, name, change, event) {
      const { groupId, name: oldName, path: oldPath } = await requireGroup(accountId, name);
      const { name: newName = oldName, path = oldPath } = change;
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(groups)
            .set({ name: newName, nameKey: newName.toLowerCase(), path })
            .where(byId(accountId, groupId)),
        ),
        entities: [groupEntity(accountId, groupId)],
        event: event({ groupId }),
        faults: { found: () => noSuchGroup(name), unique: () => taken(newName) },
      });
    },

    async remove(accountId, name, event) {
      const { groupId } = await requireGroup(accountId, name);
      const holds = groupHolds(accountId, groupId);
      await refuseWhileHeld(db, holds);
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(groups).where(byId(accountId, groupId))),
          ...unheld(db, holds),
          countDown(db, accountId, 'Groups'),
        ],
        entities: [groupEntity(accountId, groupId)],
        event: event({ groupId }),
        faults: { found: () => noSuchGroup(name), unreferenced: heldMeanwhile },
      });
    },

    ...createMemberships(db, writer),
  };
}

function recordOf(row: typeof groups.$inferSelect): GroupRecord {
  const { groupId, name, path, createdAtSeconds } = row;
  return { groupId, name, path, createdAtSeconds, arn: groupArn(row.accountId, path, name) };
}

const noSuchGroup = (name: string): Fault =>
  new Fault('no_such_entity', `The group with name ${name} cannot be found.`);

const taken = (name: string): Fault =>
  new Fault('entity_already_exists', `Group with name ${name} already exists.`);
