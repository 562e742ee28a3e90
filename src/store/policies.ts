import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import { policyArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { UNIQUE_ID_RANDOM_BYTES, uniqueId } from '../core/ids.ts';
import { managedPolicies } from '../core/policy/managed/index.ts';
import type { Random } from '../core/ports.ts';
import type { ManagedPolicies, PolicyFilter, PolicyRecord } from '../core/repositories/policies.ts';
import { awsPolicyOf } from './aws-policies.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { policyEntity } from './entity.ts';
import { type Hold, heldMeanwhile, refuseWhileHeld, unheld } from './holds.ts';
import { afterKey, pageOf, rowsWanted, underPath } from './page.ts';
import { createPolicyTags } from './policy-tags.ts';
import { isAttached, isBoundary, usageOf } from './policy-usage.ts';
import { createPolicyVersions } from './policy-versions.ts';
import { readRows } from './read.ts';
import { policies, policyVersions } from './schema/policies.ts';
import { addTags } from './tags.ts';

type PolicyRow = typeof policies.$inferSelect;
/** A policy before its use is counted. */
type Uncounted = Omit<PolicyRecord, 'attachmentCount' | 'boundaryCount'>;

/** Page keys: AWS's own come first. */
const AWS_KEY = 'a:';
const OWN_KEY = 'c:';

export function createPolicies(db: Database, writer: BatchWriter, random: Random): ManagedPolicies {
  const byArn = (accountId: string, arn: string) =>
    and(eq(policies.accountId, accountId), eq(policies.arn, arn));

  const requireRow = async (accountId: string, arn: string): Promise<PolicyRow> => {
    const [row] = await readRows(db, db.select().from(policies).where(byArn(accountId, arn)));
    if (row === undefined) throw noSuchPolicy(arn);
    return row;
  };

  const count = async (accountId: string, found: readonly Uncounted[]): Promise<PolicyRecord[]> => {
    const usage = await usageOf(
      db,
      accountId,
      found.map(({ arn }) => arn),
    );
    return found.map((policy) => ({ ...policy, ...(usage.get(policy.arn) ?? UNUSED) }));
  };

  const listOwn = (accountId: string, filter: PolicyFilter, after: string | null, limit: number) =>
    readRows(
      db,
      db
        .select()
        .from(policies)
        .where(
          and(
            eq(policies.accountId, accountId),
            afterKey(policies.nameKey, { after, limit }),
            underPath(policies.path, filter.pathPrefix),
            ...usageConditions(accountId, filter),
          ),
        )
        .orderBy(asc(policies.nameKey))
        .limit(rowsWanted({ after, limit })),
    );

  return {
    async create(accountId, { name, path, description, document, tags }, makeEvent) {
      const policyId = uniqueId('ANPA', random.bytes(UNIQUE_ID_RANDOM_BYTES));
      const arn = policyArn(accountId, path, name);
      const event = makeEvent({ policyId, arn });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      const row: PolicyRow = {
        ...{ accountId, policyId, name, nameKey: name.toLowerCase(), path, arn, description },
        ...{ defaultVersion: 1, nextVersion: 2, tags: addTags([], tags) },
        ...{ createdAtSeconds, updatedAtSeconds: createdAtSeconds },
      };
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'Policies'),
          db.insert(policies).values(row),
          db.insert(policyVersions).values({ accountId, policyId, version: 1, document, createdAtSeconds }),
        ],
        entities: [policyEntity(accountId, arn)],
        event,
        faults: {
          unique: () =>
            new Fault(
              'entity_already_exists',
              `A policy called ${name} already exists. Duplicate names are not allowed.`,
            ),
          withinQuota: () => overQuota(db, accountId, 'Policies', 'PoliciesPerAccount'),
        },
      });
      return { ...uncounted(row), ...UNUSED };
    },

    async require(accountId, arn) {
      const aws = managedPolicies.get(arn);
      const found = aws === undefined ? uncounted(await requireRow(accountId, arn)) : awsPolicyOf(aws);
      const [counted] = await count(accountId, [found]);
      return counted ?? { ...found, ...UNUSED };
    },

    async list(accountId, filter, page) {
      const { after, limit } = page;
      const isPastAws = after?.startsWith(OWN_KEY) === true;
      const aws = filter.scope === 'Local' || isPastAws ? [] : await count(accountId, awsUnder(filter));
      const wanted = aws
        .filter((policy) => isUsedAs(policy, filter))
        .map((policy) => ({ policy, key: AWS_KEY + policy.name.toLowerCase() }))
        .filter(({ key }) => after === null || key > after)
        .sort((left, right) => (left.key < right.key ? -1 : 1));
      const ownAfter = isPastAws ? after.slice(OWN_KEY.length) : null;
      const rows = filter.scope === 'AWS' ? [] : await listOwn(accountId, filter, ownAfter, limit);
      const own = await count(accountId, rows.map(uncounted));
      const all = [...wanted, ...own.map((policy) => ({ policy, key: OWN_KEY + policy.name.toLowerCase() }))];
      const { items, next } = pageOf(all, page, ({ key }) => key);
      return { items: items.map(({ policy }) => policy), next };
    },

    async remove(accountId, arn, event) {
      const { policyId } = await requireRow(accountId, arn);
      const holds = holdsOf(accountId, policyId, arn);
      await refuseWhileHeld(db, holds);
      await writer.commit({
        queries: [
          ...unheld(db, holds),
          ...guarded(db, 'found', db.delete(policies).where(byArn(accountId, arn))),
          db
            .delete(policyVersions)
            .where(and(eq(policyVersions.accountId, accountId), eq(policyVersions.policyId, policyId))),
          countDown(db, accountId, 'Policies'),
        ],
        entities: [policyEntity(accountId, arn)],
        event: event({ policyId }),
        faults: { found: () => noSuchPolicy(arn), unreferenced: heldMeanwhile },
      });
    },

    ...createPolicyVersions(db, writer, requireRow),
    ...createPolicyTags(db, writer, requireRow),
  };
}

const UNUSED = { attachmentCount: 0, boundaryCount: 0 };

function uncounted(row: PolicyRow): Uncounted {
  const { policyId, name, path, arn, description, defaultVersion, tags } = row;
  const { createdAtSeconds, updatedAtSeconds } = row;
  return {
    ...{ policyId, name, path, arn, description, defaultVersion, tags },
    ...{ createdAtSeconds, updatedAtSeconds },
  };
}

const awsUnder = ({ pathPrefix }: PolicyFilter): readonly Uncounted[] =>
  [...managedPolicies.values()].filter(({ path }) => path.startsWith(pathPrefix)).map(awsPolicyOf);

const isUsedAs = (policy: PolicyRecord, { onlyAttached, usage }: PolicyFilter): boolean =>
  (policy.attachmentCount > 0 || !(onlyAttached || usage === 'PermissionsPolicy')) &&
  (policy.boundaryCount > 0 || usage !== 'PermissionsBoundary');

/** The same in SQL. */
function usageConditions(accountId: string, { onlyAttached, usage }: PolicyFilter): readonly SQL[] {
  const arn = sql`${policies.arn}`;
  return [
    ...(onlyAttached || usage === 'PermissionsPolicy' ? [isAttached(accountId, arn)] : []),
    ...(usage === 'PermissionsBoundary' ? [isBoundary(accountId, arn)] : []),
  ];
}

const holdsOf = (accountId: string, policyId: string, arn: string): readonly Hold[] => [
  {
    stands: sql`(${isAttached(accountId, sql`${arn}`)} or ${isBoundary(accountId, sql`${arn}`)})`,
    message: 'Cannot delete a policy attached to entities.',
  },
  {
    stands: sql`(select count(*) > 1 from policy_versions where account_id = ${accountId} and policy_id = ${policyId})`,
    message:
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
  },
];

/** The refusal of a policy that is not there. */
export const noSuchPolicy = (arn: string): Fault =>
  new Fault('no_such_entity', `Policy ${arn} was not found.`);
