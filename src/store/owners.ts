/** Owners of policies: users, groups and roles by the one shape that they share. */
import { and, eq, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { PolicyOwner } from '../core/repositories/owner.ts';
import { required } from './batch.ts';
import type { Database, Query } from './database.ts';
import { type Entity, groupEntity, roleEntity, userEntity } from './entity.ts';
import { readRows } from './read.ts';
import { groups, roles, users } from './schema/identities.ts';

/** An owner as it stands in the database. */
export interface OwnerRow {
  readonly type: PolicyOwner['type'];
  readonly id: string;
  readonly name: string;
}

const TABLES = {
  user: { table: users, id: users.userId, rawTable: 'users', rawId: 'user_id', entity: userEntity },
  group: { table: groups, id: groups.groupId, rawTable: 'groups', rawId: 'group_id', entity: groupEntity },
  role: { table: roles, id: roles.roleId, rawTable: 'roles', rawId: 'role_id', entity: roleEntity },
} as const;

/** @throws Fault `no_such_entity` */
export async function requireOwner(
  db: Database,
  accountId: string,
  { type, name }: PolicyOwner,
): Promise<OwnerRow> {
  const { table, id } = TABLES[type];
  const [row] = await readRows(
    db,
    db
      .select({ id, name: table.name })
      .from(table)
      .where(and(eq(table.accountId, accountId), eq(table.nameKey, name.toLowerCase()))),
  );
  if (row === undefined) throw noSuchOwner({ type, name });
  return { type, ...row };
}

/** Guards (`unchanged`) that the owner still exists at the moment of the write. */
export function ownerExists(db: Database, accountId: string, { type, id }: OwnerRow): Query {
  const { rawTable, rawId } = TABLES[type];
  return required(
    db,
    'unchanged',
    sql`(select count(*) from ${sql.raw(rawTable)} where account_id = ${accountId} and ${sql.raw(rawId)} = ${id})`,
  );
}

/** What cached decisions depend on when the owner's policies change. */
export const ownerEntity = (accountId: string, { type, id }: OwnerRow): Entity =>
  TABLES[type].entity(accountId, id);

/** The refusal of an owner that is not there. */
export const noSuchOwner = ({ type, name }: PolicyOwner): Fault =>
  new Fault('no_such_entity', `The ${type} with name ${name} cannot be found.`);
