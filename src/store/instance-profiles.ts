import { and, eq, type SQL, sql } from 'drizzle-orm';
import { instanceProfileArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent, TagRecord } from '../core/repositories/change.ts';
import type { InstanceProfiles } from '../core/repositories/instance-profiles.ts';
import type { PageRequest } from '../core/repositories/page.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { type Hold, heldMeanwhile, refuseWhileHeld, unheld } from './holds.ts';
import { requireOwner } from './owners.ts';
import { pageOf, pathPage, rowsWanted } from './page.ts';
import { createProfileRoles } from './profile-roles.ts';
import {
  findProfile,
  noSuchProfile,
  type ProfileRow,
  profileRecordOf,
  requireProfile,
  showProfiles,
  theProfile,
} from './profile-rows.ts';
import { readRows } from './read.ts';
import { instanceProfiles } from './schema/instance-profiles.ts';
import { addTags, removeTags } from './tags.ts';

/** What isolates hold of instances depends on the role of a profile alone: only writes of that name an entity. */
export function createInstanceProfiles(db: Database, writer: BatchWriter, random: Random): InstanceProfiles {
  const pageRows = async (
    accountId: string,
    which: SQL | undefined,
    pathPrefix: string,
    page: PageRequest,
  ) => {
    const { where, order, keyOf } = pathPage(instanceProfiles, pathPrefix, page);
    const rows = await readRows(
      db,
      db
        .select()
        .from(instanceProfiles)
        .where(and(eq(instanceProfiles.accountId, accountId), which, where))
        .orderBy(...order)
        .limit(rowsWanted(page)),
    );
    const { items, next } = pageOf(rows, page, keyOf);
    return { items: await showProfiles(db, accountId, items), next };
  };

  /** Replaces the tags, unless somebody else has changed them meanwhile. */
  const replaceTags = (row: ProfileRow, tags: readonly TagRecord[], event: MakeEvent) =>
    writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(instanceProfiles)
          .set({ tags })
          .where(and(theProfile(row), eq(instanceProfiles.tags, row.tags))),
      ),
      entities: [],
      event: event({ instanceProfileId: row.profileId }),
      faults: { unchanged: () => changedMeanwhile(row.name) },
    });

  return {
    async create(accountId, { name, path, tags }, makeEvent) {
      const profileId = uniqueId('AIPA', random.bytes(UNIQUE_ID_RANDOM_BYTES));
      const event = makeEvent({
        instanceProfileId: profileId,
        arn: instanceProfileArn(accountId, path, name),
      });
      const row: ProfileRow = {
        ...{ accountId, profileId, name, nameKey: name.toLowerCase(), path },
        ...{ roleId: null, tags: addTags([], tags) },
        createdAtSeconds: Math.floor(event.atMilliseconds / 1000),
      };
      await writer.commit({
        queries: [...countUp(db, accountId, 'InstanceProfiles'), db.insert(instanceProfiles).values(row)],
        entities: [],
        event,
        faults: {
          unique: () => new Fault('entity_already_exists', `Instance Profile ${name} already exists.`),
          withinQuota: () => overQuota(db, accountId, 'InstanceProfiles', 'InstanceProfilesPerAccount'),
        },
      });
      return profileRecordOf(row, null);
    },

    async require(accountId, name) {
      const row = await requireProfile(db, accountId, name);
      const [shown] = await showProfiles(db, accountId, [row]);
      return shown ?? profileRecordOf(row, null);
    },

    async find(accountId, name) {
      const row = await findProfile(db, accountId, name);
      return row === null ? null : profileRecordOf(row, null);
    },

    list: (accountId, pathPrefix, page) => pageRows(accountId, undefined, pathPrefix, page),

    async listForRole(accountId, roleName, page) {
      const { id } = await requireOwner(db, accountId, { type: 'role', name: roleName });
      return pageRows(accountId, eq(instanceProfiles.roleId, id), '/', page);
    },

    async remove(accountId, name, event) {
      const { profileId } = await requireProfile(db, accountId, name);
      const holds = holdsOf(accountId, profileId);
      await refuseWhileHeld(db, holds);
      await writer.commit({
        queries: [
          ...unheld(db, holds),
          ...guarded(db, 'found', db.delete(instanceProfiles).where(theProfile({ accountId, profileId }))),
          countDown(db, accountId, 'InstanceProfiles'),
        ],
        entities: [],
        event: event({ instanceProfileId: profileId }),
        faults: { found: () => noSuchProfile(name), unreferenced: heldMeanwhile },
      });
    },

    ...createProfileRoles(db, writer),

    async tag(accountId, name, tags, event) {
      const row = await requireProfile(db, accountId, name);
      await replaceTags(row, addTags(row.tags, tags), event);
    },

    async untag(accountId, name, keys, event) {
      const row = await requireProfile(db, accountId, name);
      await replaceTags(row, removeTags(row.tags, keys), event);
    },
  };
}

const holdsOf = (accountId: string, profileId: string): readonly Hold[] => [
  {
    stands: sql`exists (select 1 from instance_profiles where account_id = ${accountId} and profile_id = ${profileId} and role_id is not null)`,
    message: 'Cannot delete entity, must remove roles from instance profile first.',
  },
  {
    stands: sql`exists (select 1 from instances where account_id = ${accountId} and profile_id = ${profileId})`,
    message: 'Cannot delete entity, must disassociate instances first.',
  },
];

const changedMeanwhile = (name: string): Fault =>
  new Fault('concurrent_modification', `The instance profile ${name} is being changed, try again.`);
