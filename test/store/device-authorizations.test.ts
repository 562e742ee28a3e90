import { expect, test } from 'vitest';
import type { DeviceAuthorization } from '../../src/core/oauth/device-authorization.ts';
import type { PersonalGrant } from '../../src/core/oauth/personal-grant.ts';
import { createDeviceAuthorizations } from '../../src/store/device-authorizations.ts';
import { ACCOUNT, event, iamWorld } from './iam-world.ts';

const NOW = 1000;
const device: DeviceAuthorization = {
  accountId: ACCOUNT,
  clientId: 'client',
  scope: [],
  audience: null,
  authorizationDetails: null,
  sourceIp: '203.0.113.1',
  userAgent: null,
  createdAtSeconds: NOW,
  expiresAtSeconds: NOW + 600,
  state: 'pending',
  grant: null,
  intervalSeconds: 5,
  lastPollAtSeconds: null,
};
const grant = { subject: 'AIDAANNA' } as PersonalGrant; // kept and given back as it is; nothing here looks inside
const anEvent = event();

async function waiting() {
  const world = await iamWorld();
  const devices = createDeviceAuthorizations(world.db, world.writer);
  await devices.begin(device, { deviceCode: 'd', userCode: 'u' }, anEvent);
  return devices;
}

const times = (count: number, run: (at: number) => Promise<unknown>) =>
  Promise.allSettled(Array.from({ length: count }, (_, at) => run(at)));

test('an approval is taken once, by nobody before it is given, in no other account, and not too late', async () => {
  const devices = await waiting();
  expect(await devices.redeem(ACCOUNT, 'd', NOW)).toBe(false);
  await devices.decide(ACCOUNT, 'u', grant, NOW, anEvent);
  expect(await devices.redeem('999988887777', 'd', NOW)).toBe(false);
  expect(await devices.redeem(ACCOUNT, 'd', NOW + 600)).toBe(false);
  const taken = await Promise.all(Array.from({ length: 50 }, () => devices.redeem(ACCOUNT, 'd', NOW)));
  expect(taken.filter(Boolean)).toHaveLength(1);
  expect(await devices.findByDeviceCode(ACCOUNT, 'd')).toMatchObject({ state: 'redeemed', grant: null });
});

test('of many decisions at once, one stands', async () => {
  const devices = await waiting();
  const decided = await times(20, (at) =>
    devices.decide(ACCOUNT, 'u', at % 2 === 0 ? grant : null, NOW, event()),
  );
  expect(decided.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await devices.findWaiting(ACCOUNT, 'u', NOW)).toBeNull();
});

test('an address has fifty places, which end with the codes; others have their own', async () => {
  const devices = await waiting();
  const begin = (at: number, over: Partial<DeviceAuthorization> = {}) =>
    devices.begin({ ...device, ...over }, { deviceCode: `d${at}`, userCode: `u${at}` }, event());
  const begun = await times(60, begin);
  expect(begun.filter(({ status }) => status === 'fulfilled')).toHaveLength(49);
  await expect(begin(100)).rejects.toMatchObject({ code: 'throttling' });
  await begin(101, { sourceIp: '203.0.113.2' });
  await begin(102, { createdAtSeconds: NOW + 600, expiresAtSeconds: NOW + 1200 });
});

test('guesses are counted exactly under a race, and anew in the next window', async () => {
  const devices = await waiting();
  const guess = (nowSeconds: number, name = 'anna') =>
    devices.countGuess(ACCOUNT, { name, limit: 10 }, nowSeconds);
  const counted = await Promise.all(Array.from({ length: 40 }, () => guess(NOW)));
  expect(counted.filter(Boolean)).toHaveLength(10);
  expect([await guess(NOW + 299), await guess(NOW, 'bob'), await guess(NOW + 300)]).toEqual([
    false,
    true,
    true,
  ]);
});
