/** Rows of MFA devices: finding them, and showing them with the users they belong to. */
import { and, eq, inArray } from 'drizzle-orm';
import { Fault } from '../core/faults.ts';
import { type FactorOwner, serialKeyOf } from '../core/mfa/device.ts';
import type { MfaDeviceRecord } from '../core/repositories/mfa-devices.ts';
import type { Database } from './database.ts';
import { readRows } from './read.ts';
import { users } from './schema/identities.ts';
import { mfaDevices } from './schema/mfa-devices.ts';
import { userRecordOf } from './users.ts';

export type MfaRow = typeof mfaDevices.$inferSelect;

/** D1 binds at most 100 values to a statement. */
const USERS_PER_QUERY = 90;

/** The device of a serial number. */
export const theDevice = (accountId: string, serialNumber: string) =>
  and(eq(mfaDevices.accountId, accountId), eq(mfaDevices.serialKey, serialKeyOf(serialNumber)));

/** The owner's columns. */
export const ownerColumns = (accountId: string, owner: FactorOwner) =>
  owner.type === 'root'
    ? { ownerType: 'root' as const, ownerId: accountId }
    : { ownerType: 'user' as const, ownerId: owner.userId };

/** Devices of an owner. */
export function ofOwner(accountId: string, owner: FactorOwner) {
  const { ownerType, ownerId } = ownerColumns(accountId, owner);
  return and(
    eq(mfaDevices.accountId, accountId),
    eq(mfaDevices.ownerType, ownerType),
    eq(mfaDevices.ownerId, ownerId),
  );
}

export async function findDevice(
  db: Database,
  accountId: string,
  serialNumber: string,
): Promise<MfaRow | null> {
  const [row] = await readRows(db, db.select().from(mfaDevices).where(theDevice(accountId, serialNumber)));
  return row ?? null;
}

/** @throws Fault `no_such_entity` */
export async function requireDevice(db: Database, accountId: string, serialNumber: string): Promise<MfaRow> {
  const row = await findDevice(db, accountId, serialNumber);
  if (row === null) throw noSuchDevice(serialNumber);
  return row;
}

export const noSuchDevice = (serialNumber: string): Fault =>
  new Fault('no_such_entity', `MFA device with serial number ${serialNumber} doesn't exist.`);

/** Shows devices with the users they belong to, which are read together. */
export async function showDevices(
  db: Database,
  accountId: string,
  rows: readonly MfaRow[],
): Promise<readonly MfaDeviceRecord[]> {
  const ids = [...new Set(rows.flatMap((row) => (row.ownerType === 'user' ? [row.ownerId ?? ''] : [])))];
  const found: (typeof users.$inferSelect)[] = [];
  for (let at = 0; at < ids.length; at += USERS_PER_QUERY) {
    const some = ids.slice(at, at + USERS_PER_QUERY);
    const query = db
      .select()
      .from(users)
      .where(and(eq(users.accountId, accountId), inArray(users.userId, some)));
    found.push(...(await readRows(db, query)));
  }
  const byId = new Map(found.map((row) => [row.userId, userRecordOf(row)]));
  return rows.map((row) => {
    const user = byId.get(row.ownerId ?? '');
    const owner =
      row.ownerType === 'root'
        ? ({ type: 'root' } as const)
        : user === undefined
          ? null
          : ({ type: 'user', user } as const);
    const { serialNumber, kind, tags, createdAtSeconds, enabledAtSeconds } = row;
    return { serialNumber, kind, owner, tags, createdAtSeconds, enabledAtSeconds };
  });
}
