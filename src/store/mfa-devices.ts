import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm';
import { mfaDeviceArn } from '../core/arn.ts';
import type { Directory } from '../core/directory.ts';
import { Fault } from '../core/faults.ts';
import { seedBinding, serialKeyOf } from '../core/mfa/device.ts';
import type { Random } from '../core/ports.ts';
import type { MakeEvent, TagRecord } from '../core/repositories/change.ts';
import type { Assignment, MfaDevices } from '../core/repositories/mfa-devices.ts';
import { type BatchWriter, guarded } from './batch.ts';
import { countDown, countUp, overQuota } from './counters.ts';
import { type Database, runBatch } from './database.ts';
import { createMfaAssignment } from './mfa-assignment.ts';
import {
  findDevice,
  type MfaRow,
  noSuchDevice,
  ofOwner,
  requireDevice,
  showDevices,
  theDevice,
} from './mfa-rows.ts';
import { afterKey, pageOf, rowsWanted } from './page.ts';
import { readRows } from './read.ts';
import { counters } from './schema/accounts.ts';
import { mfaDevices } from './schema/mfa-devices.ts';
import { sealForRow } from './seal-secret.ts';
import { addTags, removeTags } from './tags.ts';

export interface MfaDevicesOptions {
  readonly db: Database;
  readonly writer: BatchWriter;
  readonly directory: Pick<Directory, 'keyring'>;
  readonly random: Random;
}

export function createMfaDevices({ db, writer, directory, random }: MfaDevicesOptions): MfaDevices {
  const showOne = async (accountId: string, row: MfaRow) => {
    const [shown] = await showDevices(db, accountId, [row]);
    if (shown === undefined) throw noSuchDevice(row.serialNumber);
    return shown;
  };

  /** Replaces the tags, unless somebody else has changed them meanwhile. */
  const replaceTags = (row: MfaRow, tags: readonly TagRecord[], event: MakeEvent) =>
    writer.commit({
      queries: guarded(
        db,
        'unchanged',
        db
          .update(mfaDevices)
          .set({ tags })
          .where(and(theDevice(row.accountId, row.serialNumber), eq(mfaDevices.tags, row.tags))),
      ),
      entities: [],
      event: event({ serialNumber: row.serialNumber }),
      faults: { unchanged: () => changedMeanwhile(row.serialNumber) },
    });

  return {
    async createVirtual(accountId, { name, path, tags, seedText }, makeEvent) {
      const serialNumber = mfaDeviceArn(accountId, path, name);
      const serialKey = serialKeyOf(serialNumber);
      const kept = addTags([], tags);
      const binding = seedBinding(accountId, serialKey);
      const sealedSeed = await sealForRow(await directory.keyring(), binding, seedText, random);
      const event = makeEvent({ serialNumber });
      const createdAtSeconds = Math.floor(event.atMilliseconds / 1000);
      await writer.commit({
        queries: [
          ...countUp(db, accountId, 'MFADevices'),
          db.insert(mfaDevices).values({
            ...{ accountId, serialKey, serialNumber, kind: 'virtual', sealedSeed },
            ...{ tags: kept, createdAtSeconds },
          }),
        ],
        entities: [],
        event,
        faults: {
          unique: taken,
          withinQuota: () => overQuota(db, accountId, 'MFADevices', 'MFADevicesPerAccount'),
        },
      });
      return {
        ...{ serialNumber, kind: 'virtual', owner: null, tags: kept },
        ...{ createdAtSeconds, enabledAtSeconds: null },
      };
    },

    async require(accountId, serialNumber) {
      return showOne(accountId, await requireDevice(db, accountId, serialNumber));
    },

    async find(accountId, serialNumber) {
      const row = await findDevice(db, accountId, serialNumber);
      return row === null ? null : showOne(accountId, row);
    },

    async listVirtual(accountId, assignment, page) {
      const rows = await readRows(
        db,
        db
          .select()
          .from(mfaDevices)
          .where(
            and(
              eq(mfaDevices.accountId, accountId),
              eq(mfaDevices.kind, 'virtual'),
              isAssigned(assignment),
              afterKey(mfaDevices.serialKey, page),
            ),
          )
          .orderBy(asc(mfaDevices.serialKey))
          .limit(rowsWanted(page)),
      );
      const { items, next } = pageOf(rows, page, (row) => row.serialKey);
      return { items: await showDevices(db, accountId, items), next };
    },

    async listOf(accountId, owner) {
      const rows = await readRows(db, db.select().from(mfaDevices).where(ofOwner(accountId, owner)));
      const inOrder = rows.toSorted((left, right) => (left.serialKey < right.serialKey ? -1 : 1));
      return showDevices(db, accountId, inOrder);
    },

    async usage(accountId) {
      const [counted, ofRoot] = await runBatch(db, [
        db
          .select({ value: counters.value })
          .from(counters)
          .where(and(eq(counters.accountId, accountId), eq(counters.name, 'MFADevicesInUse'))),
        db
          .select({ serialKey: mfaDevices.serialKey })
          .from(mfaDevices)
          .where(ofOwner(accountId, { type: 'root' }))
          .limit(1),
      ]);
      const [row] = counted as { value: number }[]; // the two queries above, in order
      return { inUse: row?.value ?? 0, rootHasDevice: (ofRoot as unknown[]).length > 0 };
    },

    async codeState(accountId, serialNumber, owner) {
      const whose = owner === null ? isNull(mfaDevices.ownerType) : ofOwner(accountId, owner);
      const [row] = await readRows(
        db,
        db
          .select()
          .from(mfaDevices)
          .where(and(theDevice(accountId, serialNumber), whose)),
      );
      if (row === undefined || row.sealedSeed === null) return null;
      const { sealedSeed, lastStep, driftSteps } = row;
      return { serialNumber: row.serialNumber, sealedSeed, lastStep, driftSteps };
    },

    async removeVirtual(accountId, serialNumber, event) {
      const row = await requireDevice(db, accountId, serialNumber);
      if (row.kind !== 'virtual') throw noSuchDevice(serialNumber);
      if (row.ownerType !== null) throw inUse();
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'unreferenced',
            db
              .delete(mfaDevices)
              .where(and(theDevice(accountId, serialNumber), isNull(mfaDevices.ownerType))),
          ),
          countDown(db, accountId, 'MFADevices'),
        ],
        entities: [],
        event: event({ serialNumber: row.serialNumber }),
        faults: { unreferenced: () => changedMeanwhile(serialNumber) },
      });
    },

    ...createMfaAssignment(db, writer),

    async tag(accountId, serialNumber, tags, event) {
      const row = await requireDevice(db, accountId, serialNumber);
      await replaceTags(row, addTags(row.tags, tags), event);
    },

    async untag(accountId, serialNumber, keys, event) {
      const row = await requireDevice(db, accountId, serialNumber);
      await replaceTags(row, removeTags(row.tags, keys), event);
    },
  };
}

function isAssigned(assignment: Assignment) {
  if (assignment === 'Any') return undefined;
  return assignment === 'Assigned' ? isNotNull(mfaDevices.ownerType) : isNull(mfaDevices.ownerType);
}

const taken = (): Fault =>
  new Fault('entity_already_exists', 'MFADevice entity at the same path and name already exists.');

const inUse = (): Fault => new Fault('delete_conflict', 'MFA VirtualDevice in use. Must deactivate first.');

const changedMeanwhile = (serialNumber: string): Fault =>
  new Fault('concurrent_modification', `The MFA device ${serialNumber} is being changed, try again.`);
