import { and, eq, sql } from 'drizzle-orm';
import { parseIamArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import type { Attachments } from '../core/repositories/attachments.ts';
import { notAttachable, policyExists } from './attachable.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { overQuota, quotaOf } from './counters.ts';
import type { Database } from './database.ts';
import { noSuchOwner, type OwnerRow, ownerEntity, ownerExists, requireOwner } from './owners.ts';
import { pageWhole } from './page.ts';
import { findHolders } from './policy-holders.ts';
import { readRows } from './read.ts';
import { attachments } from './schema/policies.ts';

const QUOTAS = {
  user: ['AttachedPoliciesPerUser', 'PoliciesPerUser'],
  group: ['AttachedPoliciesPerGroup', 'PoliciesPerGroup'],
  role: ['AttachedPoliciesPerRole', 'PoliciesPerRole'],
} as const;

export function createAttachments(db: Database, writer: BatchWriter): Attachments {
  const ofOwner = (accountId: string, { type, id }: OwnerRow) =>
    and(eq(attachments.accountId, accountId), eq(attachments.ownerType, type), eq(attachments.ownerId, id));

  return {
    async attach(accountId, wanted, policyArn, event) {
      const owner = await requireOwner(db, accountId, wanted);
      const { type, id } = owner;
      const [quota, awsName] = QUOTAS[type];
      await writer.commit({
        queries: [
          db
            .insert(attachments)
            .values({ accountId, ownerType: type, ownerId: id, policyArn })
            .onConflictDoNothing(),
          required(
            db,
            'withinQuota',
            sql`(select count(*) <= ${quotaOf(accountId, quota)} from attachments where account_id = ${accountId} and owner_type = ${type} and owner_id = ${id})`,
          ),
          ownerExists(db, accountId, owner),
          ...policyExists(db, accountId, policyArn),
        ],
        entities: [ownerEntity(accountId, owner)],
        event: event({ ownerId: id }),
        faults: {
          unchanged: () => noSuchOwner(wanted),
          found: () => notAttachable(policyArn),
          withinQuota: () => overQuota(db, accountId, quota, awsName),
        },
      });
    },

    async detach(accountId, wanted, policyArn, event) {
      const owner = await requireOwner(db, accountId, wanted);
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db.delete(attachments).where(and(ofOwner(accountId, owner), eq(attachments.policyArn, policyArn))),
        ),
        entities: [ownerEntity(accountId, owner)],
        event: event({ ownerId: owner.id }),
        faults: { found: () => new Fault('no_such_entity', `Policy ${policyArn} was not found.`) },
      });
    },

    async list(accountId, wanted, pathPrefix, page) {
      const owner = await requireOwner(db, accountId, wanted);
      const rows = await readRows(
        db,
        db.select({ arn: attachments.policyArn }).from(attachments).where(ofOwner(accountId, owner)),
      );
      const attached = rows.map(({ arn }) => ({ arn, ...placeOf(arn) }));
      const { items, next } = pageWhole(
        attached.filter(({ path }) => path.startsWith(pathPrefix)),
        page,
        ({ name, isAws }) => `${name.toLowerCase()}/${isAws ? 'a' : 'c'}`, // one of AWS's and one's own may share a name
      );
      return { items: items.map(({ name, arn }) => ({ name, arn })), next };
    },

    holders: (accountId, arn, filter, page) => findHolders(db, accountId, arn, filter, page),
  };
}

function placeOf(arn: string) {
  const { path = '/', name = arn, accountId } = parseIamArn(arn) ?? {};
  return { path, name, isAws: accountId === 'aws' };
}
