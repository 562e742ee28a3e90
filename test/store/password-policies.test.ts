import { expect, test } from 'vitest';
import { createPasswordPolicies } from '../../src/store/password-policies.ts';
import { passwordPolicies } from '../../src/store/schema/password-policies.ts';
import { ACCOUNT, event, eventCount, iamWorld, outcomes } from './iam-world.ts';

const POLICY = {
  minimumLength: 8,
  requireSymbols: true,
  requireNumbers: false,
  requireUppercase: false,
  requireLowercase: false,
  allowUsersToChange: true,
  maxAgeDays: null,
  reusePrevention: 3,
  hardExpiry: false,
};

test('20 writers at once leave one policy, and 20 deleters delete it once', async () => {
  const world = await iamWorld();
  const policies = createPasswordPolicies(world.db, world.writer);
  const setters = Array.from({ length: 20 }, (_, index) =>
    policies.setPasswordPolicy(ACCOUNT, { ...POLICY, minimumLength: 10 + index }, event),
  );
  expect(await outcomes(setters)).toEqual({ succeeded: 20, codes: [] });
  expect(await world.db.$count(passwordPolicies)).toBe(1);
  const removers = Array.from({ length: 20 }, () => policies.removePasswordPolicy(ACCOUNT, event));
  expect(await outcomes(removers)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
  expect(await eventCount(world)).toBe(21);
  expect(world.noted).toEqual([]);
});

test('a policy is read as it was set, truths and absences included', async () => {
  const world = await iamWorld();
  const policies = createPasswordPolicies(world.db, world.writer);
  await policies.setPasswordPolicy(ACCOUNT, POLICY, event);
  expect(await policies.requirePasswordPolicy(ACCOUNT)).toEqual(POLICY);
  await expect(policies.requirePasswordPolicy('999988887777')).rejects.toMatchObject({
    code: 'no_such_entity',
  });
});
