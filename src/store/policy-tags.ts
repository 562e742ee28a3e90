import { and, eq } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import type { MakeEvent, TagRecord } from '../core/repositories/change.ts';
import type { ManagedPolicies } from '../core/repositories/policies.ts';
import { type BatchWriter, guarded } from './batch.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { policies } from './schema/policies.ts';
import { addTags, removeTags } from './tags.ts';

type PolicyRow = typeof policies.$inferSelect;
type PolicyTags = Pick<ManagedPolicies, 'tag' | 'untag' | 'tagsOf'>;

/** Tags of managed policies. @param requireRow - throws `no_such_entity` where the account has no such policy */
export function createPolicyTags(
  db: Database,
  writer: BatchWriter,
  requireRow: (accountId: string, arn: string) => Promise<PolicyRow>,
): PolicyTags {
  /** Replaces the tags, unless somebody else has changed them meanwhile. */
  const replace = (
    { accountId, policyId, arn, tags: before }: PolicyRow,
    tags: readonly TagRecord[],
    event: MakeEvent,
  ) =>
    writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(policies)
          .set({ tags })
          .where(
            and(
              eq(policies.accountId, accountId),
              eq(policies.policyId, policyId),
              eq(policies.tags, before),
            ),
          ),
      ),
      entities: [], // no isolate holds them: a decision about the policy reads them
      event: event({ policyId }),
      faults: {
        unchanged: () => new Fault('concurrent_modification', `Policy ${arn} is being changed, try again.`),
      },
    });

  return {
    async tagsOf(accountId, arn) {
      const [row] = await readRows(
        db,
        db
          .select({ tags: policies.tags })
          .from(policies)
          .where(and(eq(policies.accountId, accountId), eq(policies.arn, arn))),
      );
      return row?.tags ?? [];
    },

    async tag(accountId, arn, tags, event) {
      const row = await requireRow(accountId, arn);
      await replace(row, addTags(row.tags, tags), event);
    },

    async untag(accountId, arn, keys, event) {
      const row = await requireRow(accountId, arn);
      await replace(row, removeTags(row.tags, keys), event);
    },
  };
}
