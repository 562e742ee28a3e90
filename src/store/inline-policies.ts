import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { POLICY_LIMITS } from '../core/policy/limits.ts';
import type { InlinePolicies } from '../core/repositories/inline-policies.ts';
import type { PolicyOwner } from '../core/repositories/owner.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { noSuchOwner, type OwnerRow, ownerEntity, ownerExists, requireOwner } from './owners.ts';
import { afterKey, pageOf, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { inlinePolicies } from './schema/policies.ts';

/** Characters of all inline policies of one owner together, white space not counted. */
const MAX_CHARACTERS = {
  user: POLICY_LIMITS.userInlineCharacters,
  group: POLICY_LIMITS.groupInlineCharacters,
  role: POLICY_LIMITS.roleInlineCharacters,
} as const satisfies Record<PolicyOwner['type'], number>;

export function createInlinePolicies(db: Database, writer: BatchWriter): InlinePolicies {
  const ofOwner = (accountId: string, { type, id }: OwnerRow) =>
    and(
      eq(inlinePolicies.accountId, accountId),
      eq(inlinePolicies.ownerType, type),
      eq(inlinePolicies.ownerId, id),
    );
  const named = (accountId: string, owner: OwnerRow, name: string) =>
    and(ofOwner(accountId, owner), eq(inlinePolicies.nameKey, name.toLowerCase()));

  return {
    async put(accountId, wanted, { name, document }, event) {
      const owner = await requireOwner(db, accountId, wanted);
      const { type, id } = owner;
      await writer.commit({
        queries: [
          db
            .insert(inlinePolicies)
            .values({
              ...{ accountId, ownerType: type, ownerId: id },
              ...{ name, nameKey: name.toLowerCase(), document },
            })
            .onConflictDoUpdate({
              target: [
                inlinePolicies.accountId,
                inlinePolicies.ownerType,
                inlinePolicies.ownerId,
                inlinePolicies.nameKey,
              ],
              set: { document },
            }),
          required(db, 'withinQuota', withinSize(accountId, owner)),
          ownerExists(db, accountId, owner),
        ],
        entities: [ownerEntity(accountId, owner)],
        event: event({ ownerId: id }),
        faults: {
          unchanged: () => noSuchOwner(wanted),
          withinQuota: () =>
            new Fault(
              'limit_exceeded',
              `Maximum policy size of ${MAX_CHARACTERS[type]} bytes exceeded for ${type} ${owner.name}`,
            ),
        },
      });
    },

    async require(accountId, wanted, name) {
      const owner = await requireOwner(db, accountId, wanted);
      const [row] = await readRows(
        db,
        db
          .select({ name: inlinePolicies.name, document: inlinePolicies.document })
          .from(inlinePolicies)
          .where(named(accountId, owner, name)),
      );
      if (row === undefined) throw noSuchPolicy(name, wanted);
      return { ownerName: owner.name, ...row };
    },

    async list(accountId, wanted, page) {
      const owner = await requireOwner(db, accountId, wanted);
      const rows = await readRows(
        db,
        db
          .select({ name: inlinePolicies.name, nameKey: inlinePolicies.nameKey })
          .from(inlinePolicies)
          .where(and(ofOwner(accountId, owner), afterKey(inlinePolicies.nameKey, page)))
          .orderBy(asc(inlinePolicies.nameKey))
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, (row) => row.nameKey);
      return { items: items.map(({ name }) => name), next };
    },

    async remove(accountId, wanted, name, event) {
      const owner = await requireOwner(db, accountId, wanted);
      await writer.commit({
        queries: guarded(db, 'found', db.delete(inlinePolicies).where(named(accountId, owner, name))),
        entities: [ownerEntity(accountId, owner)],
        event: event({ ownerId: owner.id }),
        faults: { found: () => noSuchPolicy(name, wanted) },
      });
    },
  };
}

/** Counts as `countPolicyCharacters` does: space, tab and line ends do not count. */
const withinSize = (accountId: string, { type, id }: OwnerRow): SQL =>
  sql`(select sum(length(replace(replace(replace(replace(document, ' ', ''), char(9), ''), char(10), ''), char(13), ''))) <= ${MAX_CHARACTERS[type]} from inline_policies where account_id = ${accountId} and owner_type = ${type} and owner_id = ${id})`;

const noSuchPolicy = (name: string, { type, name: owner }: PolicyOwner): Fault =>
  new Fault('no_such_entity', `The ${type} policy with name ${name} of ${type} ${owner} cannot be found.`);
