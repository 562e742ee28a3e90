/** Instance profiles as rows, and how rows become records with their roles. */
import { and, asc, eq, type SQL } from 'drizzle-orm';
import { instanceProfileArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import type { InstanceProfileRecord } from '../core/repositories/instance-profiles.ts';
import type { RoleRecord } from '../core/repositories/roles.ts';
import type { Database } from './database.ts';
import { isOneOf } from './own-policies.ts';
import { readRows } from './read.ts';
import { showRoles } from './roles.ts';
import { roles } from './schema/identities.ts';
import { instanceProfiles } from './schema/instance-profiles.ts';

export type ProfileRow = typeof instanceProfiles.$inferSelect;

/** Condition: this very profile, whatever its name is by now. */
export const theProfile = ({
  accountId,
  profileId,
}: Pick<ProfileRow, 'accountId' | 'profileId'>): SQL | undefined =>
  and(eq(instanceProfiles.accountId, accountId), eq(instanceProfiles.profileId, profileId));

/** @returns the row by its name in any letter case, or null */
export async function findProfile(db: Database, accountId: string, name: string): Promise<ProfileRow | null> {
  const [row] = await readRows(
    db,
    db
      .select()
      .from(instanceProfiles)
      .where(
        and(eq(instanceProfiles.accountId, accountId), eq(instanceProfiles.nameKey, name.toLowerCase())),
      ),
  );
  return row ?? null;
}

/** @throws Fault `no_such_entity` */
export async function requireProfile(db: Database, accountId: string, name: string): Promise<ProfileRow> {
  const row = await findProfile(db, accountId, name);
  if (row === null) throw noSuchProfile(name);
  return row;
}

/** Reads the roles of all the profiles at once. @returns one record for each row, in order */
export async function showProfiles(
  db: Database,
  accountId: string,
  rows: readonly ProfileRow[],
): Promise<readonly InstanceProfileRecord[]> {
  const roleIds = rows.flatMap(({ roleId }) => (roleId === null ? [] : [roleId]));
  const roleOf = await readRoles(db, accountId, [...new Set(roleIds)]);
  return rows.map((row) => profileRecordOf(row, roleOf.get(row.roleId ?? '') ?? null));
}

async function readRoles(
  db: Database,
  accountId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, RoleRecord>> {
  if (ids.length === 0) return new Map();
  const rows = await readRows(
    db,
    db
      .select()
      .from(roles)
      .where(and(eq(roles.accountId, accountId), isOneOf(roles.roleId, ids))),
  );
  return new Map((await showRoles(db, rows)).map((role) => [role.roleId, role]));
}

/** The profiles of each of some roles, in order of their names. */
export async function readProfilesOf(
  db: Database,
  accountId: string,
  held: readonly RoleRecord[],
): Promise<(role: RoleRecord) => readonly InstanceProfileRecord[]> {
  const ids = held.map(({ roleId }) => roleId);
  const rows = await readRows(
    db,
    db
      .select()
      .from(instanceProfiles)
      .where(and(eq(instanceProfiles.accountId, accountId), isOneOf(instanceProfiles.roleId, ids)))
      .orderBy(asc(instanceProfiles.roleId), asc(instanceProfiles.nameKey)),
  );
  const byRole = Map.groupBy(rows, ({ roleId }) => roleId);
  return (role) => (byRole.get(role.roleId) ?? []).map((row) => profileRecordOf(row, role));
}

/** A row as the outside sees it. */
export function profileRecordOf(row: ProfileRow, role: RoleRecord | null): InstanceProfileRecord {
  const { profileId, name, path, createdAtSeconds, tags } = row;
  const arn = instanceProfileArn(row.accountId, path, name);
  return { profileId, name, path, arn, createdAtSeconds, tags, role };
}

/** The refusal of an instance profile that is not there. */
export const noSuchProfile = (name: string): Fault =>
  new Fault('no_such_entity', `Instance Profile ${name} cannot be found.`);
