import { beforeEach, expect, test } from 'vitest';
import type { AccountSettings } from '../../src/core/repositories/account-settings.ts';
import { createAccountSettings } from '../../src/store/account-settings.ts';
import { accounts, counters } from '../../src/store/schema/accounts.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes } from './iam-world.ts';

let world: IamWorld;
let settings: AccountSettings;

beforeEach(async () => {
  world = await iamWorld({ Roles: 7 });
  settings = createAccountSettings(world.db, world.writer);
});

test('of 20 accounts that take one alias at once one has it', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => String(200_000_000_000 + index));
  for (const accountId of ids) {
    await world.db.insert(accounts).values({
      ...{ accountId, rootEmail: 'r@example.com', rootPasswordHash: 'x', createdAtSeconds: 1, quotas: {} },
    });
  }
  const racers = ids.map((accountId) => settings.setAlias(accountId, 'wanted', event));
  expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['entity_already_exists'] });
  const held = await Promise.all(ids.map((accountId) => settings.alias(accountId)));
  expect(held.filter((alias) => alias === 'wanted')).toHaveLength(1);
  expect(await eventCount(world)).toBe(1);
});

test('an alias is given up by its own account alone', async () => {
  await settings.setAlias(ACCOUNT, 'mine', event);
  await expect(settings.removeAlias('999988887777', 'mine', event)).rejects.toMatchObject({
    code: 'no_such_entity',
  });
  expect(await settings.alias(ACCOUNT)).toBe('mine');
  await settings.removeAlias(ACCOUNT, 'mine', event);
  expect(await settings.alias(ACCOUNT)).toBeNull();
});

test('counts come from the counters in one call, with the quotas of the account where it has its own', async () => {
  await world.db.insert(counters).values([
    { accountId: ACCOUNT, name: 'Users', value: 41 },
    { accountId: '999988887777', name: 'Users', value: 5 },
  ]);
  world.d1.calls.length = 0;
  expect(await settings.counts(ACCOUNT)).toEqual([
    { name: 'Users', count: 41, quota: 5000 },
    { name: 'Groups', count: 0, quota: 300 },
    { name: 'Roles', count: 0, quota: 7 },
    { name: 'Policies', count: 0, quota: 1500 },
    { name: 'Providers', count: 0, quota: 100 },
    { name: 'InstanceProfiles', count: 0, quota: 1000 },
    { name: 'MFADevices', count: 0, quota: 5000 },
    { name: 'AttachedPoliciesPerUser', count: null, quota: 10 },
    { name: 'AttachedPoliciesPerGroup', count: null, quota: 10 },
    { name: 'AttachedPoliciesPerRole', count: null, quota: 10 },
  ]);
  expect(world.d1.calls).toHaveLength(1);
});
