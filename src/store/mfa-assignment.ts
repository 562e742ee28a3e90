/** Whose an MFA device is, and which of its codes are used up. */
import { and, eq, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { type FactorOwner, MAX_MFA_DEVICES, serialKeyOf } from '../core/mfa/device.ts';
import type { MfaDevices } from '../core/repositories/mfa-devices.ts';
import { forgiveQuery } from './authentication-failures.ts';
import { type BatchWriter, guarded, required } from './batch.ts';
import { countDown, countFreely, countUp } from './counters.ts';
import { brokenConstraint, type Database, type Query, runBatch } from './database.ts';
import { findDevice, noSuchDevice, ofOwner, ownerColumns, requireDevice, theDevice } from './mfa-rows.ts';
import { mfaDevices } from './schema/mfa-devices.ts';
import { webauthnCredentials } from './schema/sign-in.ts';
import { guard } from './schema/trail.ts';

type Assignment = Pick<MfaDevices, 'enable' | 'resync' | 'deactivate' | 'redeemStep'>;

/** No decision depends on a device: sessions remember whether a code was shown. Writes name no entities. */
export function createMfaAssignment(db: Database, writer: BatchWriter): Assignment {
  return {
    async enable(accountId, serialNumber, owner, { step, driftSteps }, makeEvent) {
      const row = await requireDevice(db, accountId, serialNumber);
      if (row.kind !== 'virtual') throw noSuchDevice(serialNumber);
      const event = makeEvent({ serialNumber: row.serialNumber });
      const enabledAtSeconds = Math.floor(event.atMilliseconds / 1000);
      const assigned = { ...ownerColumns(accountId, owner), lastStep: step, driftSteps, enabledAtSeconds };
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'unused',
            db
              .update(mfaDevices)
              .set(assigned)
              .where(and(theDevice(accountId, serialNumber), isNull(mfaDevices.ownerType), isLater(step))),
          ),
          ...ownerGuards(db, accountId, owner),
          countFreely(db, accountId, 'MFADevicesInUse'),
          forgiveQuery(db, accountId, owner, 'mfa'),
        ],
        entities: [],
        event,
        faults: {
          unused: () => new Fault('entity_already_exists', 'MFA Device is already in use.'),
          found: () => noOwner(owner),
          withinQuota: tooManyDevices,
        },
      });
    },

    async resync(accountId, serialNumber, owner, { step, driftSteps }, event) {
      const owned = and(theDevice(accountId, serialNumber), ofOwner(accountId, owner));
      await writer.commit({
        queries: [
          ...guarded(
            db,
            'unchanged',
            db
              .update(mfaDevices)
              .set({ lastStep: step, driftSteps })
              .where(and(owned, isLater(step))),
          ),
          forgiveQuery(db, accountId, owner, 'mfa'),
        ],
        entities: [],
        event: event({ serialNumber }),
        faults: {
          unchanged: () =>
            new Fault('concurrent_modification', `The MFA device ${serialNumber} is being used, try again.`),
        },
      });
    },

    async deactivate(accountId, serialNumber, owner, event) {
      const row = await findDevice(db, accountId, serialNumber);
      const { ownerType, ownerId } = ownerColumns(accountId, owner);
      if (row?.ownerType !== ownerType || row.ownerId !== ownerId) throw noSuchDevice(serialNumber);
      const owned = and(theDevice(accountId, serialNumber), ofOwner(accountId, owner));
      const freed =
        row.kind === 'webauthn'
          ? securityKeyRemoval(db, accountId, owner, row.serialNumber)
          : [
              ...guarded(
                db,
                'found',
                db
                  .update(mfaDevices)
                  .set({ ownerType: null, ownerId: null, enabledAtSeconds: null })
                  .where(owned),
              ),
              countDown(db, accountId, 'MFADevicesInUse'),
            ];
      await writer.commit({
        queries: freed,
        entities: [],
        event: event({ serialNumber: row.serialNumber }),
        faults: { found: () => noSuchDevice(serialNumber) },
      });
    },

    async redeemStep(accountId, serialNumber, owner, step) {
      const usable = and(theDevice(accountId, serialNumber), ofOwner(accountId, owner), isLater(step));
      try {
        await runBatch(db, [
          ...guarded(db, 'unused', db.update(mfaDevices).set({ lastStep: step }).where(usable)),
          forgiveQuery(db, accountId, owner, 'mfa'),
          db.delete(guard),
        ]);
        return true;
      } catch (error) {
        if (brokenConstraint(error)?.name === 'guard_unused') return false;
        throw error;
      }
    },
  };
}

/**
 * Adds a passkey or security key to the MFA devices, in the batch that stores the key itself. Guards: `found` where the user
 * is gone, `withinQuota` at eight devices or at the account's quota (see `tooManyDevices`); `unique` for a known serial number.
 */
export const securityKeyAddition = (
  db: Database,
  accountId: string,
  owner: FactorOwner,
  serialNumber: string,
  nowSeconds: number,
): readonly Query[] => [
  ...countUp(db, accountId, 'MFADevices'),
  db.insert(mfaDevices).values({
    ...{ accountId, serialKey: serialKeyOf(serialNumber), serialNumber, kind: 'webauthn', tags: [] },
    ...{ ...ownerColumns(accountId, owner), createdAtSeconds: nowSeconds, enabledAtSeconds: nowSeconds },
  }),
  ...ownerGuards(db, accountId, owner),
  countFreely(db, accountId, 'MFADevicesInUse'),
];

/** Takes a passkey or security key away with all that is known of it. Guard: `found` where the owner does not have it. */
export const securityKeyRemoval = (
  db: Database,
  accountId: string,
  owner: FactorOwner,
  serialNumber: string,
): readonly Query[] => [
  ...guarded(
    db,
    'found',
    db
      .delete(mfaDevices)
      .where(
        and(theDevice(accountId, serialNumber), ofOwner(accountId, owner), eq(mfaDevices.kind, 'webauthn')),
      ),
  ),
  db
    .delete(webauthnCredentials)
    .where(
      and(eq(webauthnCredentials.accountId, accountId), eq(webauthnCredentials.serialNumber, serialNumber)),
    ),
  countDown(db, accountId, 'MFADevices'),
  countDown(db, accountId, 'MFADevicesInUse'),
];

/** The refusal at the quota of a user or of root. */
export const tooManyDevices = (): Fault =>
  new Fault('limit_exceeded', `Cannot exceed quota for MFADevicesPerUser: ${MAX_MFA_DEVICES}`);

/** Guards that the owner is still there and has no more devices than may be. */
function ownerGuards(db: Database, accountId: string, owner: FactorOwner): readonly Query[] {
  const { ownerType, ownerId } = ownerColumns(accountId, owner);
  const held = sql`(select count(*) <= ${MAX_MFA_DEVICES} from mfa_devices where account_id = ${accountId} and owner_type = ${ownerType} and owner_id = ${ownerId})`;
  return [
    required(db, 'withinQuota', held),
    ...(owner.type === 'root' ? [] : [required(db, 'found', userExists(accountId, owner.userId))]),
  ];
}

const userExists = (accountId: string, userId: string): SQL =>
  sql`(select count(*) from users where account_id = ${accountId} and user_id = ${userId})`;

/** No step before one that was used, nor that one itself. */
const isLater = (step: number) => or(isNull(mfaDevices.lastStep), lt(mfaDevices.lastStep, step));

const noOwner = (owner: FactorOwner): Fault =>
  owner.type === 'user'
    ? new Fault('no_such_entity', `The user with name ${owner.userName} cannot be found.`)
    : new Fault('no_such_entity', 'The account cannot be found.');
