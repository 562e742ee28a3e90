import { beforeEach, describe, expect, test } from 'vitest';
import { userSecurityKeyArn } from '../../src/core/arn.ts';
import { toBase32 } from '../../src/core/bytes.ts';
import type { FactorOwner } from '../../src/core/mfa/device.ts';
import { timeStepAt } from '../../src/core/mfa/totp.ts';
import { createAuthenticationFailures } from '../../src/store/authentication-failures.ts';
import { securityKeyAddition } from '../../src/store/mfa-assignment.ts';
import { createMfaDevices } from '../../src/store/mfa-devices.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { mfaDevices } from '../../src/store/schema/mfa-devices.ts';
import { createUsers } from '../../src/store/users.ts';
import type { Deps } from '../../src/usecases/deps.ts';
import { enableMfaDevice, resyncMfaDevice } from '../../src/usecases/enable-mfa-device.ts';
import { verifyMfaCode } from '../../src/usecases/verify-mfa-code.ts';
import { fakeDirectory } from '../helpers/fake-deps.ts';
import { fakeRandom, START_SECONDS } from '../helpers/fake-world.ts';
import { totpCode } from '../helpers/totp.ts';
import { ACCOUNT, event, type IamWorld, iamWorld, outcomes } from '../store/iam-world.ts';

const SEED = fakeRandom(99).bytes(20);
const NOW = timeStepAt(START_SECONDS);
const REFUSAL = {
  code: 'access_denied',
  message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.',
};
const serialOf = (name: string) => `arn:aws:iam::${ACCOUNT}:mfa/${name}`;

let world: IamWorld;
let deps: Pick<Deps, 'directory' | 'mfaDevices' | 'authenticationFailures'>;
let anna: FactorOwner;
let ben: FactorOwner;

beforeEach(async () => {
  world = await iamWorld();
  const directory = fakeDirectory({});
  deps = {
    directory,
    mfaDevices: createMfaDevices({ db: world.db, writer: world.writer, directory, random: fakeRandom() }),
    authenticationFailures: createAuthenticationFailures(world.db),
  };
  const users = createUsers(world.db, world.writer, fakeRandom(5));
  const make = async (name: string): Promise<FactorOwner> => {
    const user = await users.create(ACCOUNT, { name, path: '/', tags: [], boundaryArn: null }, event);
    return { type: 'user', userId: user.userId, userName: name };
  };
  [anna, ben] = [await make('anna'), await make('ben')];
  await makeDevice('phone');
  await enable('phone', anna);
});

const makeDevice = (name: string) =>
  deps.mfaDevices.createVirtual(ACCOUNT, { name, path: '/', tags: [], seedText: toBase32(SEED) }, event);

/** Shows the codes of the two steps before the present one, so that the present code is still unused. */
const enable = (
  name: string,
  owner: FactorOwner,
  codes = [totpCode(SEED, NOW - 2), totpCode(SEED, NOW - 1)],
) =>
  enableMfaDevice(
    { accountId: ACCOUNT, serialNumber: serialOf(name), owner, codes: [codes[0] ?? '', codes[1] ?? ''] },
    START_SECONDS,
    deps,
    event,
  );

const verify = (over: Partial<Parameters<typeof verifyMfaCode>[0]> = {}, nowSeconds = START_SECONDS) =>
  verifyMfaCode(
    { accountId: ACCOUNT, owner: anna, serialNumber: serialOf('phone'), code: totpCode(SEED, NOW), ...over },
    nowSeconds,
    deps,
  );

const WRONG =
  [0, 1, 2, 3]
    .map((each) => String(each).repeat(6))
    .find((code) => [-3, -2, -1, 0, 1, 2].every((at) => totpCode(SEED, NOW + at) !== code)) ?? '';

describe('a code', () => {
  test('is taken once, by whichever spelling of the serial number', async () => {
    await verify({ serialNumber: serialOf('PHONE') });
    await expect(verify()).rejects.toMatchObject({ ...REFUSAL, detail: { reason: 'used before' } });
    await verify({ code: totpCode(SEED, NOW + 1) });
  });

  test('is taken once of 50 at the same time', async () => {
    const all = await outcomes(Array.from({ length: 50 }, () => verify()));
    expect(all).toEqual({ succeeded: 1, codes: ['access_denied'] });
  });

  test('that is older than one used before is not taken, be it in the window', async () => {
    await verify({ code: totpCode(SEED, NOW + 1) });
    await expect(verify()).rejects.toMatchObject(REFUSAL);
  });

  test('of the enabling is used up by it', async () => {
    await expect(verify({ code: totpCode(SEED, NOW - 1) })).rejects.toMatchObject(REFUSAL);
  });

  test.each([
    ['two steps ahead', () => ({ code: totpCode(SEED, NOW + 2) })],
    ['of other digits', () => ({ code: WRONG })],
    ['with a sign too many', () => ({ code: `${totpCode(SEED, NOW)} ` })],
    ['that is empty', () => ({ code: '' })],
    ["for somebody else's device", () => ({ owner: ben })],
    ['for root by a device of a user', () => ({ owner: { type: 'root' } as const })],
    ['of an unknown device', () => ({ serialNumber: serialOf('nothing') })],
    ['in another account', () => ({ accountId: '999988887777' })],
  ])('%s is refused in the same words', async (_, over) => {
    await expect(verify(over())).rejects.toMatchObject(REFUSAL);
  });

  test('of a security key does not exist', async () => {
    const serialNumber = userSecurityKeyArn(ACCOUNT, 'anna', 'K1');
    await world.db.batch(securityKeyAddition(world.db, ACCOUNT, anna, serialNumber, 1) as never);
    await expect(verify({ serialNumber })).rejects.toMatchObject(REFUSAL);
  });
});

describe('wrong codes', () => {
  const wrong = () => verify({ code: WRONG });

  test('lock after ten, exactly, however many come at once, and unlock after half an hour', async () => {
    await Promise.all(Array.from({ length: 9 }, () => wrong().catch(() => undefined)));
    await verify(); // the tenth try may still be right, and forgives the others
    const reasons = await Promise.all(
      Array.from({ length: 100 }, () => wrong().then(String, (error) => error.detail.reason)),
    );
    expect(reasons.filter((reason) => reason === 'wrong code')).toHaveLength(10);
    expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(90);
    const later = (seconds: number) =>
      verify({ code: totpCode(SEED, timeStepAt(START_SECONDS + seconds)) }, START_SECONDS + seconds);
    await expect(later(1799)).rejects.toMatchObject({ ...REFUSAL, detail: { reason: 'locked' } });
    await later(1800);
  });

  test('are counted over all devices and serial numbers of a person, and of no other', async () => {
    await makeDevice('bens');
    await enable('bens', ben);
    for (let at = 0; at < 10; at += 1) await wrong().catch(() => undefined);
    await expect(verify({ serialNumber: serialOf('other') })).rejects.toMatchObject({
      detail: { reason: 'locked' },
    });
    await verify({ owner: ben, serialNumber: serialOf('bens') });
  });

  test('are counted where a device is set again, too', async () => {
    const input = { accountId: ACCOUNT, owner: anna, serialNumber: serialOf('phone') };
    const resync = (codes: readonly [string, string]) =>
      resyncMfaDevice({ ...input, codes }, START_SECONDS, deps, event);
    for (let at = 0; at < 10; at += 1) {
      await expect(resync([WRONG, WRONG])).rejects.toMatchObject({ code: 'invalid_authentication_code' });
    }
    await expect(verify()).rejects.toMatchObject({ detail: { reason: 'locked' } });
  });
});

describe('assignment', () => {
  test('of one device has one winner among 50', async () => {
    await makeDevice('spare');
    const all = await outcomes(Array.from({ length: 50 }, (_, at) => enable('spare', at % 2 ? anna : ben)));
    expect(all.succeeded).toBe(1);
    expect(await world.db.select().from(counters)).toContainEqual({
      accountId: ACCOUNT,
      name: 'MFADevicesInUse',
      value: 2,
    });
  });

  test('stops at eight devices, of both kinds together, though they come at once', async () => {
    const serial = userSecurityKeyArn(ACCOUNT, 'anna', 'K1');
    await world.db.batch(securityKeyAddition(world.db, ACCOUNT, anna, serial, 1) as never);
    await Promise.all(Array.from({ length: 9 }, (_, at) => makeDevice(`d${at}`)));
    const all = await outcomes(Array.from({ length: 9 }, (_, at) => enable(`d${at}`, anna)));
    expect(all).toEqual({ succeeded: 6, codes: ['limit_exceeded'] });
  });

  test('needs codes in a row, of now, and unused', async () => {
    await makeDevice('spare');
    for (const codes of [
      [WRONG, WRONG],
      [totpCode(SEED, NOW), totpCode(SEED, NOW)],
      [totpCode(SEED, NOW), totpCode(SEED, NOW - 1)],
      [totpCode(SEED, NOW - 50), totpCode(SEED, NOW - 49)],
    ]) {
      await expect(enable('spare', ben, codes)).rejects.toMatchObject({
        code: 'invalid_authentication_code',
      });
    }
  });

  test('given up and taken again, a device still knows which codes it has used', async () => {
    await verify();
    await deps.mfaDevices.deactivate(ACCOUNT, serialOf('phone'), anna, event);
    await expect(enable('phone', ben)).rejects.toMatchObject({ code: 'invalid_authentication_code' });
    await enable('phone', ben, [totpCode(SEED, NOW), totpCode(SEED, NOW + 1)]);
    await expect(verify()).rejects.toMatchObject(REFUSAL);
  });

  test('of a clock that is an hour off works after it was set again', async () => {
    const input = { accountId: ACCOUNT, owner: anna, serialNumber: serialOf('phone') };
    const codes = [totpCode(SEED, NOW + 109), totpCode(SEED, NOW + 110)] as const;
    await resyncMfaDevice({ ...input, codes }, START_SECONDS, deps, event);
    await expect(verify()).rejects.toMatchObject(REFUSAL);
    await verify({ code: totpCode(SEED, NOW + 111) });
  });
});

test('the seed stands sealed, and opens in its own row alone', async () => {
  const rows = await world.db.select().from(mfaDevices);
  expect(JSON.stringify(rows)).not.toContain(toBase32(SEED));
  await makeDevice('spare');
  await world.db.update(mfaDevices).set({ sealedSeed: rows[0]?.sealedSeed ?? '' });
  await expect(enable('spare', ben)).rejects.toMatchObject({ code: 'internal_failure' });
});
