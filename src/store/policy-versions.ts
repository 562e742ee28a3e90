import { and, desc, eq, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { managedPolicies } from '../core/policy/managed/index.ts';
import type { ManagedPolicies, PolicyVersionRecord } from '../core/repositories/policies.ts';
import { awsPolicyVersionOf } from './aws-policies.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database } from './database.ts';
import { policyEntity } from './entity.ts';
import { readRows } from './read.ts';
import { policies, policyVersions } from './schema/policies.ts';

const MAX_VERSIONS = 5;

type PolicyRow = typeof policies.$inferSelect;
type Versions = Pick<
  ManagedPolicies,
  'createVersion' | 'requireVersion' | 'listVersions' | 'setDefaultVersion' | 'removeVersion'
>;

/** Versions of managed policies. @param requireRow - throws `no_such_entity` where the account has no such policy */
export function createPolicyVersions(
  db: Database,
  writer: BatchWriter,
  requireRow: (accountId: string, arn: string) => Promise<PolicyRow>,
): Versions {
  const ofPolicy = ({ accountId, policyId }: PolicyRow) =>
    and(eq(policyVersions.accountId, accountId), eq(policyVersions.policyId, policyId));
  const theVersion = (row: PolicyRow, version: number) =>
    and(ofPolicy(row), eq(policyVersions.version, version));
  const thePolicy = ({ accountId, policyId }: PolicyRow) =>
    and(eq(policies.accountId, accountId), eq(policies.policyId, policyId));

  return {
    async createVersion(accountId, arn, { document, setAsDefault }, makeEvent) {
      const row = await requireRow(accountId, arn);
      const { policyId, nextVersion: version } = row;
      const event = makeEvent({ policyId, version });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'unchanged',
            db
              .update(policies)
              .set({
                nextVersion: version + 1,
                updatedAtSeconds: createdAtSeconds,
                ...(setAsDefault && { defaultVersion: version }),
              })
              .where(and(thePolicy(row), eq(policies.nextVersion, version))),
          ),
          db.insert(policyVersions).values({ accountId, policyId, version, document, createdAtSeconds }),
          required(
            db,
            'withinQuota',
            sql`(select count(*) <= ${MAX_VERSIONS} from policy_versions where account_id = ${accountId} and policy_id = ${policyId})`,
          ),
        ],
        entities: setAsDefault ? [policyEntity(accountId, arn)] : [],
        event,
        faults: { unchanged: () => changedMeanwhile(arn), withinQuota: tooManyVersions },
      });
      return { version, isDefault: setAsDefault, createdAtSeconds, document };
    },

    async requireVersion(accountId, arn, version) {
      const aws = managedPolicies.get(arn);
      if (aws !== undefined && version === 1) return awsPolicyVersionOf(aws);
      if (aws !== undefined) throw noSuchVersion(arn, version);
      const row = await requireRow(accountId, arn);
      const [found] = await readRows(db, db.select().from(policyVersions).where(theVersion(row, version)));
      if (found === undefined) throw noSuchVersion(arn, version);
      return recordOf(found, row);
    },

    async listVersions(accountId, arn) {
      const aws = managedPolicies.get(arn);
      if (aws !== undefined) return [awsPolicyVersionOf(aws)];
      const row = await requireRow(accountId, arn);
      const found = await readRows(
        db,
        db.select().from(policyVersions).where(ofPolicy(row)).orderBy(desc(policyVersions.version)),
      );
      return found.map((version) => recordOf(version, row));
    },

    async setDefaultVersion(accountId, arn, version, makeEvent) {
      const row = await requireRow(accountId, arn);
      const { policyId } = row;
      const event = makeEvent({ policyId, version });
      const updatedAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          required(
            db,
            'found',
            sql`(select count(*) from policy_versions where account_id = ${accountId} and policy_id = ${policyId} and version = ${version})`,
          ),
          ...guarded(
            db,
            'unchanged',
            db.update(policies).set({ defaultVersion: version, updatedAtSeconds }).where(thePolicy(row)),
          ),
        ],
        entities: [policyEntity(accountId, arn)],
        event,
        faults: {
          found: () => noSuchVersion(arn, version),
          unchanged: () => changedMeanwhile(arn),
        },
      });
    },

    async removeVersion(accountId, arn, version, event) {
      const row = await requireRow(accountId, arn);
      const { policyId } = row;
      await writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(policyVersions).where(theVersion(row, version))),
          required(
            db,
            'unreferenced',
            sql`(select default_version <> ${version} from policies where account_id = ${accountId} and policy_id = ${policyId})`,
          ),
        ],
        entities: [],
        event: event({ policyId, version }),
        faults: {
          found: () => noSuchVersion(arn, version),
          unreferenced: () => new Fault('delete_conflict', 'Cannot delete the default version of a policy.'),
        },
      });
    },
  };
}

const recordOf = (
  { version, document, createdAtSeconds }: typeof policyVersions.$inferSelect,
  { defaultVersion }: PolicyRow,
): PolicyVersionRecord => ({ version, isDefault: version === defaultVersion, createdAtSeconds, document });

const noSuchVersion = (arn: string, version: number): Fault =>
  new Fault('no_such_entity', `Policy ${arn} version v${version} does not exist or is not attachable.`);

const changedMeanwhile = (arn: string): Fault =>
  new Fault('concurrent_modification', `Policy ${arn} is being changed, try again.`);

const tooManyVersions = (): Fault =>
  new Fault(
    'limit_exceeded',
    `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
  );
