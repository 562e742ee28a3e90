/** Every policy that speaks for one entity, with its document in force. */
import { and, asc, eq, sql } from 'drizzle-orm';
import { managedPolicies } from '../core/policy/managed/index.ts';
import type { EntityPolicy } from '../core/repositories/account-details.ts';
import type { PolicyOwner } from '../core/repositories/owner.ts';
import type { Database } from './database.ts';
import { isOneOf, readOwnPolicies } from './own-policies.ts';
import { type OwnerRow, requireOwner } from './owners.ts';
import { defaultVersion } from './policy-bundle.ts';
import { readRows } from './read.ts';
import { groupMembers, groups } from './schema/identities.ts';
import { policies, policyVersions } from './schema/policies.ts';

/**
 * Inline policies first, then managed ones, each managed one once; the entity's own before those of its groups.
 * @throws Fault `no_such_entity`
 */
export async function readEntityPolicies(
  db: Database,
  accountId: string,
  owner: PolicyOwner,
): Promise<readonly EntityPolicy[]> {
  const self = await requireOwner(db, accountId, owner);
  const memberOf = self.type === 'user' ? await groupsOf(db, accountId, self.id) : [];
  const ownOf = await readOwnPolicies(db, accountId, self.type, [self.id]);
  const groupOwn = await readOwnPolicies(
    db,
    accountId,
    'group',
    memberOf.map(({ id }) => id),
  );
  const held = [
    { owner: self, ...ownOf(self.id) },
    ...memberOf.map((group) => ({ owner: group, ...groupOwn(group.id) })),
  ];
  const inline = held.flatMap(({ owner: { type, name }, inline: own }) =>
    own.map((policy) => ({ ...policy, arn: null, owner: { type, name } })),
  );
  const attached = new Map<string, Omit<EntityPolicy, 'document'> & { readonly arn: string }>();
  for (const { owner: holder, attached: own } of held) {
    for (const { name, arn } of own) {
      if (!attached.has(arn))
        attached.set(arn, { name, arn, owner: { type: holder.type, name: holder.name } });
    }
  }
  const documents = await documentsOf(db, accountId, [...attached.keys()]);
  const managed = [...attached.values()].map((policy) => ({
    ...policy,
    document: documents.get(policy.arn) ?? '',
  }));
  return [...inline, ...managed];
}

async function groupsOf(db: Database, accountId: string, userId: string): Promise<readonly OwnerRow[]> {
  const rows = await readRows(
    db,
    db
      .select({ id: groups.groupId, name: groups.name })
      .from(groupMembers)
      .innerJoin(
        groups,
        and(eq(groups.accountId, groupMembers.accountId), eq(groups.groupId, groupMembers.groupId)),
      )
      .where(and(eq(groupMembers.accountId, accountId), eq(groupMembers.userId, userId)))
      .orderBy(asc(sql`+${groups.nameKey}`)), // a user has ten groups at most: sort those, walk no index
  );
  return rows.map((row) => ({ type: 'group', ...row }));
}

/** Documents in force of managed policies, by ARN. */
async function documentsOf(
  db: Database,
  accountId: string,
  arns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await readRows(
    db,
    db
      .select({ arn: policies.arn, document: policyVersions.document })
      .from(policies)
      .innerJoin(policyVersions, defaultVersion())
      .where(and(eq(policies.accountId, accountId), isOneOf(policies.arn, arns))),
  );
  const predefined = arns.flatMap((arn) => {
    const policy = managedPolicies.get(arn);
    return policy === undefined ? [] : [[arn, policy.text] as const];
  });
  return new Map([...predefined, ...rows.map(({ arn, document }) => [arn, document] as const)]);
}
