/** What keeps an entity from being deleted: rows elsewhere that belong to it. */
import { type SQL, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { required } from './batch.ts';
import type { Database, Query } from './database.ts';
import { readRows } from './read.ts';

export interface Hold {
  /** SQL that is 1 while the hold stands. */
  readonly stands: SQL;
  /** The refusal, in AWS's words. */
  readonly message: string;
}

type PolicyOwner = 'user' | 'group' | 'role';

/** Policies of an owner, attached and inline. */
export const policyHolds = (accountId: string, owner: PolicyOwner, ownerId: string): readonly Hold[] => [
  {
    stands: sql`exists (select 1 from attachments where account_id = ${accountId} and owner_type = ${owner} and owner_id = ${ownerId})`,
    message: 'Cannot delete entity, must detach all policies first.',
  },
  {
    stands: sql`exists (select 1 from inline_policies where account_id = ${accountId} and owner_type = ${owner} and owner_id = ${ownerId})`,
    message: 'Cannot delete entity, must delete policies first.',
  },
];

/** Everything that keeps a user. */
export const userHolds = (accountId: string, userId: string): readonly Hold[] => [
  {
    stands: sql`exists (select 1 from login_profiles where account_id = ${accountId} and user_id = ${userId})`,
    message: 'Cannot delete entity, must delete login profile first.',
  },
  {
    stands: sql`exists (select 1 from access_keys where account_id = ${accountId} and user_id = ${userId})`,
    message: 'Cannot delete entity, must delete access keys first.',
  },
  {
    stands: sql`exists (select 1 from group_members where account_id = ${accountId} and user_id = ${userId})`,
    message: 'Cannot delete entity, must remove users from group first.',
  },
  {
    stands: sql`exists (select 1 from mfa_devices where account_id = ${accountId} and owner_type = 'user' and owner_id = ${userId})`,
    message: 'Cannot delete entity, must delete MFA device first.',
  },
  ...policyHolds(accountId, 'user', userId),
];

/** Everything that keeps a role. */
export const roleHolds = (accountId: string, roleId: string): readonly Hold[] => [
  {
    stands: sql`exists (select 1 from instance_profiles where account_id = ${accountId} and role_id = ${roleId})`,
    message: 'Cannot delete entity, must remove roles from instance profile first.',
  },
  ...policyHolds(accountId, 'role', roleId),
];

/** Everything that keeps a group. */
export const groupHolds = (accountId: string, groupId: string): readonly Hold[] => [
  {
    stands: sql`exists (select 1 from group_members where account_id = ${accountId} and group_id = ${groupId})`,
    message: 'Cannot delete entity, must remove users from group first.',
  },
  ...policyHolds(accountId, 'group', groupId),
];

/**
 * Says what still holds an entity. The guards of `unheld` decide; this finds the words.
 * @throws Fault `delete_conflict`
 */
export async function refuseWhileHeld(db: Database, holds: readonly Hold[]): Promise<void> {
  const whens = holds.map(({ stands }, index) => sql`when ${stands} then ${index}`);
  const [row] = await readRows(
    db,
    db.select({ first: sql<number | null>`case ${sql.join(whens, sql` `)} end` }).from(sql`(select 1)`),
  );
  const first = holds[row?.first ?? -1];
  if (first !== undefined) throw new Fault('delete_conflict', first.message);
}

/** Guards (`unreferenced`) that nothing holds the entity at the moment of the write. */
export const unheld = (db: Database, holds: readonly Hold[]): readonly Query[] =>
  holds.map(({ stands }) => required(db, 'unreferenced', sql`not ${stands}`));

/** The refusal of a hold that came about meanwhile. */
export const heldMeanwhile = (): Fault =>
  new Fault('delete_conflict', 'Cannot delete entity, it has come into use.');
