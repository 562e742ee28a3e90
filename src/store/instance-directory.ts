/** The snapshot's entries about instances: one, by its id or by its identity, with the role that it has through its profile. */
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { instanceArn } from '../core/arn.ts';
import type { Association, Instance } from '../core/instances/instance.ts';
import type { Database } from './database.ts';
import { instanceEntity, instanceProfileEntity } from './entity.ts';
import { theInstance } from './instance-rows.ts';
import { roles } from './schema/identities.ts';
import { instanceProfiles } from './schema/instance-profiles.ts';
import { instances } from './schema/instances.ts';
import type { Load, Loaded } from './snapshot.ts';

type InstanceRow = typeof instances.$inferSelect;
type RoleRow = { readonly roleId: string; readonly name: string };

export const instanceLoad = (db: Database, accountId: string, instanceId: string): Load<Instance> =>
  loadOf(db, instanceEntity(accountId, instanceId), accountId, theInstance(accountId, instanceId));

/** @param identityKey - as `identityKeyOf` writes it */
export const instanceByIdentityLoad = (
  db: Database,
  accountId: string,
  identityKey: string,
): Load<Instance> =>
  loadOf(
    db,
    `${accountId}/instance-identity:${identityKey}`,
    accountId,
    and(eq(instances.accountId, accountId), eq(instances.identityKey, identityKey)),
  );

const loadOf = (db: Database, key: string, accountId: string, which: SQL | undefined): Load<Instance> => ({
  key,
  queries: () => {
    const profileId = sql`(select ${instances.profileId} from ${instances} where ${which})`;
    const ofProfile = and(
      eq(instanceProfiles.accountId, accountId),
      eq(instanceProfiles.profileId, profileId),
    );
    const roleId = sql`(select ${instanceProfiles.roleId} from ${instanceProfiles} where ${ofProfile})`;
    return [
      db.select().from(instances).where(which),
      db
        .select({ roleId: roles.roleId, name: roles.name })
        .from(roles)
        .where(and(eq(roles.accountId, accountId), eq(roles.roleId, roleId))),
    ];
  },
  read: ([instanceRows, roleRows]) => {
    const [row] = instanceRows as InstanceRow[]; // the queries above, in order
    const [role] = roleRows as RoleRow[];
    return row === undefined ? null : loadedInstance(row, role ?? null);
  },
});

function loadedInstance(row: InstanceRow, role: RoleRow | null): Loaded<Instance> {
  const { accountId, instanceId, enabled, identity, tags, outliving, associationId, profileId } = row;
  const association: Association | null =
    associationId === null || profileId === null ? null : { associationId, profileId, role };
  return {
    value: {
      ...{ accountId, instanceId, arn: instanceArn(accountId, instanceId), enabled },
      ...{ identity, tags, association, outliving },
    },
    entities: [
      instanceEntity(accountId, instanceId),
      ...(profileId === null ? [] : [instanceProfileEntity(accountId, profileId)]),
    ],
    bytes: 1024 + 2 * JSON.stringify([identity, tags]).length,
  };
}
