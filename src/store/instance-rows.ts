/** Instances as rows, and how rows become records with their associations. */
import { and, asc, eq, exists, getTableColumns, isNotNull, type SQL, sql } from 'drizzle-orm';
import { instanceArn, instanceProfileArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import type {
  AssociationFilter,
  AssociationRecord,
  InstanceFilter,
  InstanceRecord,
} from '../core/repositories/instances.ts';
import type { PageRequest } from '../core/repositories/page.ts';
import type { Database } from './database.ts';
import { isOneOf } from './own-policies.ts';
import { afterKey, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { instanceProfiles } from './schema/instance-profiles.ts';
import { instances } from './schema/instances.ts';

export type InstanceRow = typeof instances.$inferSelect;
type ProfileName = { readonly profileName: string | null; readonly profilePath: string | null };
type JoinedRow = InstanceRow & ProfileName;

const joined = (db: Database) =>
  db
    .select({
      ...getTableColumns(instances),
      profileName: instanceProfiles.name,
      profilePath: instanceProfiles.path,
    })
    .from(instances)
    .leftJoin(
      instanceProfiles,
      and(
        eq(instanceProfiles.accountId, instances.accountId),
        eq(instanceProfiles.profileId, instances.profileId),
      ),
    );

/** Condition: this very instance. */
export const theInstance = (accountId: string, instanceId: string): SQL | undefined =>
  and(eq(instances.accountId, accountId), eq(instances.instanceId, instanceId));

export const findInstance = async (
  db: Database,
  accountId: string,
  instanceId: string,
): Promise<JoinedRow | null> => {
  const [row] = await readRows(db, joined(db).where(theInstance(accountId, instanceId)));
  return row ?? null;
};

/** @throws Fault `no_such_entity` */
export async function requireInstance(
  db: Database,
  accountId: string,
  instanceId: string,
): Promise<JoinedRow> {
  const row = await findInstance(db, accountId, instanceId);
  if (row === null) throw noSuchInstance(instanceId);
  return row;
}

export const findAssociated = async (
  db: Database,
  accountId: string,
  associationId: string,
): Promise<JoinedRow | null> => {
  const wanted = and(eq(instances.accountId, accountId), eq(instances.associationId, associationId));
  const [row] = await readRows(db, joined(db).where(wanted));
  return row ?? null;
};

/** Rows of a page of instances, and one more where there are more. */
export const listInstances = (
  db: Database,
  accountId: string,
  filter: InstanceFilter,
  page: PageRequest,
): Promise<readonly JoinedRow[]> => {
  const { instanceIds, enabled, identityType, profileName, tag } = filter;
  return listWhere(db, accountId, page, [
    instanceIds === null ? undefined : isOneOf(instances.instanceId, instanceIds),
    enabled === null ? undefined : eq(instances.enabled, enabled),
    identityType === null ? undefined : sql`json_extract(${instances.identity}, '$.type') = ${identityType}`,
    profileName === null ? undefined : hasProfile(db, profileName),
    tag === null ? undefined : hasTag(tag),
  ]);
};

/** As `listInstances`, those that have a profile alone. */
export const listAssociated = (
  db: Database,
  accountId: string,
  { associationIds, instanceIds, profileName }: AssociationFilter,
  page: PageRequest,
): Promise<readonly JoinedRow[]> =>
  listWhere(db, accountId, page, [
    isNotNull(instances.associationId),
    associationIds === null ? undefined : isOneOf(instances.associationId, associationIds),
    instanceIds === null ? undefined : isOneOf(instances.instanceId, instanceIds),
    profileName === null ? undefined : hasProfile(db, profileName),
  ]);

const listWhere = (
  db: Database,
  accountId: string,
  page: PageRequest,
  which: readonly (SQL | undefined)[],
): Promise<readonly JoinedRow[]> =>
  readRows(
    db,
    joined(db)
      .where(and(eq(instances.accountId, accountId), afterKey(instances.instanceId, page), ...which))
      .orderBy(asc(instances.instanceId))
      .limit(rowsWanted(page)),
  );

const hasProfile = (db: Database, name: string): SQL =>
  exists(
    db
      .select({ one: sql`1` })
      .from(instanceProfiles)
      .where(
        and(
          eq(instanceProfiles.accountId, instances.accountId),
          eq(instanceProfiles.profileId, instances.profileId),
          eq(instanceProfiles.nameKey, name.toLowerCase()),
        ),
      ),
  );

/** Tag keys compare without case. */
const hasTag = ({ Key, Value }: { readonly Key: string; readonly Value: string }): SQL =>
  sql`exists (select 1 from json_each(${instances.tags}) as tag where lower(json_extract(tag.value, '$.Key')) = lower(${Key}) and json_extract(tag.value, '$.Value') = ${Value})`;

/** A row as the outside sees it. */
export const instanceRecordOf = (row: JoinedRow): InstanceRecord => ({
  instanceId: row.instanceId,
  arn: instanceArn(row.accountId, row.instanceId),
  enabled: row.enabled,
  description: row.description,
  identity: row.identity,
  tags: row.tags,
  createdAtSeconds: row.createdAtSeconds,
  association: associationOf(row),
});

/** @returns the association that a row has; null where it has none */
export function associationOf(row: JoinedRow): AssociationRecord | null {
  const { accountId, instanceId, associationId, profileId, associatedAtSeconds } = row;
  if (associationId === null || profileId === null || associatedAtSeconds === null) return null;
  const profileName = row.profileName ?? '';
  const profileArn = instanceProfileArn(accountId, row.profilePath ?? '/', profileName);
  return { associationId, instanceId, profileId, profileName, profileArn, associatedAtSeconds };
}

/** The refusal of an instance that is not there. */
export const noSuchInstance = (instanceId: string): Fault =>
  new Fault('no_such_entity', `The instance ${instanceId} cannot be found.`);
/** The refusal of an association that is not there, or has ended. */
export const noSuchAssociation = (associationId: string): Fault =>
  new Fault('no_such_entity', `The association ${associationId} cannot be found.`);
