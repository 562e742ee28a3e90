/** The instance profile of an instance: one, or none; given, replaced and taken away while it runs. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { MAX_MAX_SESSION_SECONDS } from '../core/credentials/limits.ts';
import { Fault } from '../core/faults.ts';
import { RESOURCE_ID_RANDOM_BYTES, resourceId } from '../core/ids.ts';
import type { Outliving } from '../core/instances/instance.ts';
import type { Random } from '../core/ports.ts';
import type { AssociationRecord, Detachment, Instances } from '../core/repositories/instances.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import type { Database, Query } from './database.ts';
import { instanceEntity } from './entity.ts';
import {
  associationOf,
  findAssociated,
  type InstanceRow,
  noSuchAssociation,
  requireInstance,
  theInstance,
} from './instance-rows.ts';
import { noSuchProfile, type ProfileRow, profileRecordOf, requireProfile } from './profile-rows.ts';
import { instances } from './schema/instances.ts';

/** Of more ended associations with leave to live on, the oldest lose it. */
const MAX_OUTLIVING = 20;

export function createInstanceAssociations(
  db: Database,
  writer: BatchWriter,
  random: Random,
): Pick<Instances, 'associate' | 'replace' | 'disassociate'> {
  /** Writes an association into the row of an instance that still has the one that was read, or none. */
  const write = (
    row: InstanceRow,
    change: Partial<InstanceRow>,
    more: readonly Query[],
    commit: Pick<Parameters<BatchWriter['commit']>[0], 'event' | 'faults'>,
  ) =>
    writer.commit({
      queries: [
        ...more,
        ...guarded(
          db,
          'unchanged',
          db
            .update(instances)
            .set(change)
            .where(
              and(
                theInstance(row.accountId, row.instanceId),
                row.associationId === null
                  ? isNull(instances.associationId)
                  : eq(instances.associationId, row.associationId),
              ),
            ),
        ),
      ],
      entities: [instanceEntity(row.accountId, row.instanceId)],
      ...commit,
    });

  const requireAssociated = async (accountId: string, { associationId }: Detachment) => {
    const row = await findAssociated(db, accountId, associationId);
    const association = row === null ? null : associationOf(row);
    if (row === null || association === null) throw noSuchAssociation(associationId);
    return { row, association };
  };

  return {
    async associate(accountId, instanceId, profileName, makeEvent) {
      const row = await requireInstance(db, accountId, instanceId);
      if (row.associationId !== null) throw hasProfile(instanceId);
      const profile = await requireProfile(db, accountId, profileName);
      const associationId = newAssociationId(random);
      const event = makeEvent({ instanceId, associationId, instanceProfileId: profile.profileId });
      const made = { associationId, profileId: profile.profileId, associatedAtSeconds: secondsOf(event) };
      await write(row, made, [profileStands(db, profile)], {
        event,
        faults: { unchanged: () => hasProfile(instanceId), found: () => noSuchProfile(profileName) },
      });
      return recordOf(instanceId, made, profile);
    },

    async replace(accountId, ended, profileName, makeEvent) {
      const { row } = await requireAssociated(accountId, ended);
      const profile = await requireProfile(db, accountId, profileName);
      const associationId = newAssociationId(random);
      const event = makeEvent({
        ...{ instanceId: row.instanceId, associationId, endedAssociationId: ended.associationId },
        instanceProfileId: profile.profileId,
      });
      const made = { associationId, profileId: profile.profileId, associatedAtSeconds: secondsOf(event) };
      const outliving = outlivingAfter(row, ended, secondsOf(event));
      await write(row, { ...made, outliving }, [profileStands(db, profile)], {
        event,
        faults: {
          unchanged: () => noSuchAssociation(ended.associationId),
          found: () => noSuchProfile(profileName),
        },
      });
      return recordOf(row.instanceId, made, profile);
    },

    async disassociate(accountId, ended, makeEvent) {
      const { row, association } = await requireAssociated(accountId, ended);
      const event = makeEvent({ instanceId: row.instanceId, associationId: ended.associationId });
      const none = { associationId: null, profileId: null, associatedAtSeconds: null };
      const outliving = outlivingAfter(row, ended, secondsOf(event));
      await write(row, { ...none, outliving }, [], {
        event,
        faults: { unchanged: () => noSuchAssociation(ended.associationId) },
      });
      return association;
    },
  };
}

export const newAssociationId = (random: Random): string =>
  resourceId('iip-assoc', random.bytes(RESOURCE_ID_RANDOM_BYTES));

const secondsOf = ({ atMilliseconds }: { readonly atMilliseconds: number }): number =>
  Math.floor(atMilliseconds / 1000);

/** Guards (`found`) that the profile still exists at the moment of the write. */
export const profileStands = (
  db: Database,
  { accountId, profileId }: Pick<ProfileRow, 'accountId' | 'profileId'>,
): Query =>
  required(
    db,
    'found',
    sql`(select count(*) from instance_profiles where account_id = ${accountId} and profile_id = ${profileId})`,
  );

/** No role gives a session that is longer than the longest there is, so after that nothing is left to live on. */
function outlivingAfter(row: InstanceRow, ended: Detachment, nowSeconds: number): readonly Outliving[] {
  const held = row.outliving.filter(({ untilSeconds }) => untilSeconds > nowSeconds);
  if (!ended.credentialsLiveOn) return held;
  const { associationId } = ended;
  const added = { associationId, untilSeconds: nowSeconds + MAX_MAX_SESSION_SECONDS };
  return [...held, added].slice(-MAX_OUTLIVING);
}

const recordOf = (
  instanceId: string,
  made: Pick<AssociationRecord, 'associationId' | 'profileId' | 'associatedAtSeconds'>,
  profile: ProfileRow,
): AssociationRecord => ({
  ...made,
  ...{ instanceId, profileName: profile.name, profileArn: profileRecordOf(profile, null).arn },
});

const hasProfile = (instanceId: string): Fault =>
  new Fault('entity_already_exists', `The instance ${instanceId} has an instance profile already.`);
