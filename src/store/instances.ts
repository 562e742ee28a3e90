import { and, eq } from 'drizzle-orm';
import { instanceArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { RESOURCE_ID_RANDOM_BYTES, resourceId } from '../core/ids.ts';
import { identityKeyOf } from '../core/instances/identity.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent, TagRecord } from '../core/repositories/change.ts';
import type { Instances, NewInstance } from '../core/repositories/instances.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import type { Database } from './database.ts';
import { instanceEntity } from './entity.ts';
import { createInstanceAssociations } from './instance-associations.ts';
import {
  associationOf,
  findAssociated,
  findInstance,
  type InstanceRow,
  instanceRecordOf,
  listAssociated,
  listInstances,
  noSuchInstance,
  requireInstance,
  theInstance,
} from './instance-rows.ts';
import { pageOf } from './page.ts';
import { instances } from './schema/instances.ts';
import { addTags, removeTags } from './tags.ts';

export function createInstances(db: Database, writer: BatchWriter, random: Random): Instances {
  /** Replaces the tags, unless somebody else has changed them meanwhile. */
  const replaceTags = (row: InstanceRow, tags: readonly TagRecord[], event: MakeEvent) =>
    writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(instances)
          .set({ tags })
          .where(and(theInstance(row.accountId, row.instanceId), eq(instances.tags, row.tags))),
      ),
      entities: [instanceEntity(row.accountId, row.instanceId)],
      event: event({ instanceId: row.instanceId }),
      faults: {
        unchanged: () =>
          new Fault('concurrent_modification', `The instance ${row.instanceId} is being changed, try again.`),
      },
    });

  return {
    async register(accountId, wanted, makeEvent) {
      const instanceId = newInstanceId(random);
      const event = makeEvent({ instanceId, arn: instanceArn(accountId, instanceId) });
      const row = newInstanceRow(accountId, instanceId, wanted, Math.floor(event.atMilliseconds / 1000));
      await writer.commit({
        queries: [...countUp(db, accountId, 'Instances'), db.insert(instances).values(row)],
        entities: [instanceEntity(accountId, instanceId)],
        event,
        faults: { unique: identityIsTaken, withinQuota: tooManyInstances(db, accountId) },
      });
      return instanceRecordOf({ ...row, profileName: null, profilePath: null });
    },

    async require(accountId, instanceId) {
      return instanceRecordOf(await requireInstance(db, accountId, instanceId));
    },

    async find(accountId, instanceId) {
      const row = await findInstance(db, accountId, instanceId);
      return row === null ? null : instanceRecordOf(row);
    },

    async findByAssociation(accountId, associationId) {
      const row = await findAssociated(db, accountId, associationId);
      return row === null ? null : instanceRecordOf(row);
    },

    async list(accountId, filter, page) {
      const rows = await listInstances(db, accountId, filter, page);
      const { items, next } = pageOf(rows, page, (row) => row.instanceId);
      return { items: items.map(instanceRecordOf), next };
    },

    async listAssociations(accountId, filter, page) {
      const rows = await listAssociated(db, accountId, filter, page);
      const { items, next } = pageOf(rows, page, (row) => row.instanceId);
      return { items: items.flatMap((row) => associationOf(row) ?? []), next };
    },

    async update(accountId, instanceId, { identity, description, enabled }, event) {
      const row = await requireInstance(db, accountId, instanceId);
      const change = {
        ...(identity !== undefined && { identity, identityKey: identityKeyOf(identity) }),
        ...(description !== undefined && { description }),
        ...(enabled !== undefined && { enabled }),
      };
      await writer.commit({
        queries: guarded(
          db,
          'found',
          db
            .update(instances)
            .set({ instanceId, ...change })
            .where(theInstance(accountId, instanceId)),
        ),
        entities: [instanceEntity(accountId, instanceId)],
        event: event({ instanceId }),
        faults: { found: () => noSuchInstance(instanceId), unique: identityIsTaken },
      });
      return instanceRecordOf({ ...row, ...change });
    },

    deregister: (accountId, instanceId, event) =>
      writer.commit({
        queries: [
          ...guarded(db, 'found', db.delete(instances).where(theInstance(accountId, instanceId))),
          countDown(db, accountId, 'Instances'),
        ],
        entities: [instanceEntity(accountId, instanceId)],
        event: event({ instanceId }),
        faults: { found: () => noSuchInstance(instanceId) },
      }),

    async tag(accountId, instanceId, tags, event) {
      const row = await requireInstance(db, accountId, instanceId);
      await replaceTags(row, addTags(row.tags, tags), event);
    },

    async untag(accountId, instanceId, keys, event) {
      const row = await requireInstance(db, accountId, instanceId);
      await replaceTags(row, removeTags(row.tags, keys), event);
    },

    ...createInstanceAssociations(db, writer, random),
  };
}

export const newInstanceId = (random: Random): string =>
  resourceId('i', random.bytes(RESOURCE_ID_RANDOM_BYTES));

/** The row of an instance without a profile. @throws Fault `invalid_input`, `limit_exceeded` for its tags */
export const newInstanceRow = (
  accountId: string,
  instanceId: string,
  { identity, description, tags }: NewInstance,
  createdAtSeconds: number,
): InstanceRow => ({
  ...{ accountId, instanceId, enabled: true, description, identity, createdAtSeconds },
  ...{ identityKey: identityKeyOf(identity), tags: addTags([], tags), outliving: [] },
  ...{ associationId: null, profileId: null, associatedAtSeconds: null },
});

export const identityIsTaken = (): Fault =>
  new Fault('entity_already_exists', 'An instance with this identity is registered already.');
export const tooManyInstances = (db: Database, accountId: string) => (): Promise<Fault> =>
  overQuota(db, accountId, 'Instances', 'InstancesPerAccount');
