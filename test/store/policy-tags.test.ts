import { beforeEach, expect, test } from 'vitest';
import type { ManagedPolicies } from '../../src/core/repositories/policies.ts';
import { createPolicies } from '../../src/store/policies.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, overtaken } from './iam-world.ts';

const ARN = `arn:aws:iam::${ACCOUNT}:policy/p`;

let world: IamWorld;
let policies: ManagedPolicies;

beforeEach(async () => {
  world = await iamWorld();
  policies = createPolicies(world.db, world.writer, fakeRandom());
  const policy = { name: 'p', path: '/', description: '', document: '{}', tags: [{ Key: 'a', Value: '1' }] };
  await policies.create(ACCOUNT, policy, event);
  world.noted.length = 0;
});

const late = (meanwhile: () => Promise<unknown>) =>
  createPolicies(world.db, overtaken(world, meanwhile), fakeRandom(3));

test('tags of a policy change nothing that an isolate holds', async () => {
  await policies.tag(ACCOUNT, ARN, [{ Key: 'b', Value: '2' }], event);
  expect(world.noted).toEqual([]);
  expect(await policies.tagsOf(ACCOUNT, ARN)).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: '2' },
  ]);
});

test('tags that somebody else has changed meanwhile are not overwritten', async () => {
  const other = () => policies.tag(ACCOUNT, ARN, [{ Key: 'theirs', Value: '' }], event);
  const mine = late(other).untag(ACCOUNT, ARN, ['a'], event);
  await expect(mine).rejects.toMatchObject({ code: 'concurrent_modification' });
  expect(await policies.tagsOf(ACCOUNT, ARN)).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'theirs', Value: '' },
  ]);
  expect(await eventCount(world)).toBe(2);
});

test('a policy that goes meanwhile takes its tags along', async () => {
  const gone = late(() => policies.remove(ACCOUNT, ARN, event));
  await expect(gone.tag(ACCOUNT, ARN, [{ Key: 'b', Value: '' }], event)).rejects.toMatchObject({
    code: 'concurrent_modification',
  });
  expect(await policies.tagsOf(ACCOUNT, ARN)).toEqual([]);
});

test("an account does not see another's tags", async () => {
  expect(await policies.tagsOf('999988887777', ARN)).toEqual([]);
  await expect(policies.untag('999988887777', ARN, ['a'], event)).rejects.toMatchObject({
    code: 'no_such_entity',
  });
});
