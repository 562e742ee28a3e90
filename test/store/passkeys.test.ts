import { beforeEach, describe, expect, test } from 'vitest';
import type { Passkeys } from '../../src/core/repositories/passkeys.ts';
import { type Passkey, passkeySerial } from '../../src/core/sign-in/passkey.ts';
import { createMfaAssignment } from '../../src/store/mfa-assignment.ts';
import { createPasskeys } from '../../src/store/passkeys.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { users } from '../../src/store/schema/identities.ts';
import { mfaDevices } from '../../src/store/schema/mfa-devices.ts';
import { webauthnCredentials } from '../../src/store/schema/sign-in.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes } from './iam-world.ts';

const ANNA = { type: 'user', id: 'AIDAANNA' } as const;
const BOB = { type: 'user', id: 'AIDABOB' } as const;
const ROOT = { type: 'root', id: ACCOUNT } as const;
const GUEST = { type: 'federated', id: 'fed_guest' } as const;
const OTHER = '999988887777';

const passkey = (credentialId: string, owner: Passkey['owner'] = ANNA): Passkey => ({
  credentialId,
  serialNumber: passkeySerial(ACCOUNT, owner, 'anna', credentialId.toUpperCase()),
  owner,
  name: 'Laptop',
  publicKey: 'cHVibGlj',
  counter: 5,
  transports: ['internal'],
  aaguid: '00000000-0000-0000-0000-000000000000',
  backedUp: false,
  createdAtSeconds: 100,
  lastUsedAtSeconds: null,
});

let world: IamWorld;
let passkeys: Passkeys;
beforeEach(async () => {
  world = await iamWorld();
  passkeys = createPasskeys(world.db, world.writer);
  for (const { id: userId } of [ANNA, BOB]) {
    const name = userId.toLowerCase();
    const row = { accountId: ACCOUNT, userId, name, nameKey: name, path: '/', tags: [], createdAtSeconds: 1 };
    await world.db.insert(users).values(row);
  }
});

describe('a passkey', () => {
  test('is an MFA device too, under the serial number that IAM gives security keys', async () => {
    await passkeys.add(ACCOUNT, passkey('key-1'), event);
    expect(await passkeys.list(ACCOUNT, ANNA)).toEqual([passkey('key-1')]);
    expect(await passkeys.list(ACCOUNT, BOB)).toEqual([]);
    expect(await passkeys.find(OTHER, 'key-1')).toBeNull();
    const [device] = await world.db.select().from(mfaDevices);
    expect(device).toMatchObject({
      serialNumber: `arn:aws:iam::${ACCOUNT}:u2f/user/anna/KEY-1`,
      kind: 'webauthn',
      ownerType: 'user',
      ownerId: ANNA.id,
    });
  });

  test('is counted among the devices of the account until it is removed, here or through IAM', async () => {
    const counted = async () =>
      Object.fromEntries(
        (await world.db.select().from(counters))
          .filter(({ name }) => name.startsWith('MFADevices'))
          .map(({ name, value }) => [name, value]),
      );
    const devices = createMfaAssignment(world.db, world.writer);
    const anna = { type: 'user', userId: ANNA.id, userName: 'anna' } as const;
    await passkeys.add(ACCOUNT, passkey('key-1'), event);
    await passkeys.add(ACCOUNT, passkey('key-2'), event);
    await passkeys.add(ACCOUNT, passkey('key-3', GUEST), event);
    expect(await counted()).toEqual({ MFADevices: 2, MFADevicesInUse: 2 });
    await passkeys.remove(ACCOUNT, ANNA, 'key-1', event);
    await devices.deactivate(ACCOUNT, passkey('key-2').serialNumber, anna, event);
    await passkeys.remove(ACCOUNT, GUEST, 'key-3', event);
    expect(await counted()).toEqual({ MFADevices: 0, MFADevicesInUse: 0 });
    expect(await world.db.select().from(webauthnCredentials)).toEqual([]);
  });

  test('belongs to one person: nobody registers it again', async () => {
    await passkeys.add(ACCOUNT, passkey('key-1'), event);
    for (const owner of [ANNA, BOB, ROOT, GUEST]) {
      await expect(passkeys.add(ACCOUNT, passkey('key-1', owner), event)).rejects.toMatchObject({
        code: 'entity_already_exists',
      });
    }
    expect(await world.db.$count(webauthnCredentials)).toBe(1);
    expect(await eventCount(world)).toBe(1);
  });

  test('is gone once IAM has deactivated its device, and may come back', async () => {
    await passkeys.add(ACCOUNT, passkey('key-1'), event);
    await world.db.delete(mfaDevices);
    expect(await passkeys.find(ACCOUNT, 'key-1')).toBeNull();
    await passkeys.add(ACCOUNT, passkey('key-1', BOB), event);
    expect((await passkeys.find(ACCOUNT, 'key-1'))?.owner).toEqual(BOB);
  });

  test('of somebody from outside is no device of the account', async () => {
    await passkeys.add(ACCOUNT, passkey('key-1', GUEST), event);
    expect(await passkeys.find(ACCOUNT, 'key-1')).toEqual(passkey('key-1', GUEST));
    expect(await world.db.$count(mfaDevices)).toBe(0);
  });

  test('of a user who is gone is not kept', async () => {
    const gone = passkey('key-1', { type: 'user', id: 'AIDAGONE' });
    await expect(passkeys.add(ACCOUNT, gone, event)).rejects.toMatchObject({ code: 'no_such_entity' });
    expect(await world.db.$count(mfaDevices)).toBe(0);
  });

  test('is renamed and removed by its own person alone', async () => {
    await passkeys.add(ACCOUNT, passkey('key-1'), event);
    for (const call of [
      passkeys.rename(ACCOUNT, BOB, 'key-1', 'Mine', event),
      passkeys.remove(ACCOUNT, BOB, 'key-1', event),
      passkeys.remove(OTHER, ANNA, 'key-1', event),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'no_such_entity' });
    }
    expect(await world.db.$count(mfaDevices)).toBe(1);
    await passkeys.rename(ACCOUNT, ANNA, 'key-1', 'Desk', event);
    expect((await passkeys.find(ACCOUNT, 'key-1'))?.name).toBe('Desk');
    await passkeys.remove(ACCOUNT, ANNA, 'key-1', event);
    expect(await world.db.$count(mfaDevices)).toBe(0);
    expect(await world.db.$count(webauthnCredentials)).toBe(0);
  });
});

test('20 registrations at once make eight', async () => {
  const racers = Array.from({ length: 20 }, (_, index) =>
    passkeys.add(ACCOUNT, passkey(`key-${index}`), event),
  );
  expect(await outcomes(racers)).toEqual({ succeeded: 8, codes: ['limit_exceeded'] });
  expect(await world.db.$count(mfaDevices)).toBe(8);
});

describe('the counter', () => {
  test('must grow; of 20 equal uses at once one counts', async () => {
    await passkeys.add(ACCOUNT, passkey('key-1'), event);
    const use = (counter: number) => passkeys.use(ACCOUNT, 'key-1', { counter, atSeconds: 200 });
    expect(await Promise.all([use(5), use(4), use(0)])).toEqual([false, false, false]);
    const uses = await Promise.all(Array.from({ length: 20 }, () => use(6)));
    expect(uses.filter(Boolean)).toHaveLength(1);
    expect(await passkeys.find(ACCOUNT, 'key-1')).toMatchObject({ counter: 6, lastUsedAtSeconds: 200 });
  });

  test('may stay at zero for keys that have none', async () => {
    await passkeys.add(ACCOUNT, { ...passkey('key-1'), counter: 0 }, event);
    const use = () => passkeys.use(ACCOUNT, 'key-1', { counter: 0, atSeconds: 200 });
    expect([await use(), await use()]).toEqual([true, true]);
  });
});
