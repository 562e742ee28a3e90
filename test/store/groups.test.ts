import { beforeEach, expect, test } from 'vitest';
import type { Groups } from '../../src/core/repositories/groups.ts';
import type { Users } from '../../src/core/repositories/users.ts';
import { userEntity } from '../../src/store/entity.ts';
import { createGroups } from '../../src/store/groups.ts';
import { groupMembers, groups as groupTable } from '../../src/store/schema/identities.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes, overtaken } from './iam-world.ts';

let world: IamWorld;
let groups: Groups;
let users: Users;

beforeEach(async () => {
  world = await iamWorld({ Groups: 12 });
  groups = createGroups(world.db, world.writer, fakeRandom());
  users = createUsers(world.db, world.writer, fakeRandom(2));
});

const make = (name: string) => groups.create(ACCOUNT, { name, path: '/' }, event);
const addUser = (name: string) =>
  users.create(ACCOUNT, { name, path: '/', tags: [], boundaryArn: null }, event);

test('of 20 groups with one name made at once one is there', async () => {
  expect(await outcomes(Array.from({ length: 20 }, () => make('same')))).toEqual({
    succeeded: 1,
    codes: ['entity_already_exists'],
  });
  expect(await eventCount(world)).toBe(1);
});

test('of 20 groups made at once as many are there as the quota allows', async () => {
  const racers = Array.from({ length: 20 }, (_, index) => make(`g${index}`));
  expect(await outcomes(racers)).toEqual({ succeeded: 12, codes: ['limit_exceeded'] });
  expect(await world.db.$count(groupTable)).toBe(12);
});

test('a user added to twelve groups at once is in ten', async () => {
  const { userId } = await addUser('u');
  const names = Array.from({ length: 12 }, (_, index) => `g${index}`);
  for (const name of names) await make(name);
  world.noted.length = 0;
  const racers = names.map((name) => groups.addUser(ACCOUNT, name, 'u', event));
  expect(await outcomes(racers)).toEqual({ succeeded: 10, codes: ['limit_exceeded'] });
  expect(await world.db.$count(groupMembers)).toBe(10);
  expect(new Set(world.noted)).toEqual(new Set([userEntity(ACCOUNT, userId)]));
});

test('nobody is added to a group, or as a user, deleted after the look', async () => {
  await addUser('u');
  await make('g');
  const whenGroupGoes = createGroups(
    world.db,
    overtaken(world, () => groups.remove(ACCOUNT, 'g', event)),
    fakeRandom(3),
  );
  await expect(whenGroupGoes.addUser(ACCOUNT, 'g', 'u', event)).rejects.toMatchObject({
    code: 'no_such_entity',
  });
  await make('g');
  const whenUserGoes = createGroups(
    world.db,
    overtaken(world, () => users.remove(ACCOUNT, 'u', event)),
    fakeRandom(4),
  );
  await expect(whenUserGoes.addUser(ACCOUNT, 'g', 'u', event)).rejects.toMatchObject({
    code: 'no_such_entity',
  });
  expect(await world.db.$count(groupMembers)).toBe(0);
});

test('a group that gets a member after the look is not deleted', async () => {
  await addUser('u');
  await make('g');
  const late = createGroups(
    world.db,
    overtaken(world, () => groups.addUser(ACCOUNT, 'g', 'u', event)),
    fakeRandom(3),
  );
  await expect(late.remove(ACCOUNT, 'g', event)).rejects.toMatchObject({ code: 'delete_conflict' });
  const { groupId } = await groups.require(ACCOUNT, 'g');
  const members = await groups.members(ACCOUNT, groupId, { after: null, limit: 10 });
  expect(members.items.map(({ name }) => name)).toEqual(['u']);
});

test('one of 20 removals of a member happens, with one event', async () => {
  await addUser('u');
  await make('g');
  await groups.addUser(ACCOUNT, 'g', 'u', event);
  const before = await eventCount(world);
  const racers = Array.from({ length: 20 }, () => groups.removeUser(ACCOUNT, 'g', 'u', event));
  expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
  expect(await eventCount(world)).toBe(before + 1);
});

test('a group of another account is not there', async () => {
  await make('g');
  expect(await groups.find('999988887777', 'g')).toBeNull();
  await expect(groups.remove('999988887777', 'g', event)).rejects.toMatchObject({ code: 'no_such_entity' });
});
