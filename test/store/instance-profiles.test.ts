import { beforeEach, describe, expect, test } from 'vitest';
import type { InstanceProfiles } from '../../src/core/repositories/instance-profiles.ts';
import type { Roles } from '../../src/core/repositories/roles.ts';
import { createInstanceProfiles } from '../../src/store/instance-profiles.ts';
import { createRoles } from '../../src/store/roles.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { instanceProfiles } from '../../src/store/schema/instance-profiles.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes, overtaken } from './iam-world.ts';

const OTHER = '999988887777';

let world: IamWorld;
let profiles: InstanceProfiles;
let roles: Roles;

beforeEach(async () => {
  world = await iamWorld({ InstanceProfiles: 5 });
  profiles = createInstanceProfiles(world.db, world.writer, fakeRandom());
  roles = createRoles(world.db, world.writer, fakeRandom(2));
});

const make = (name: string) => profiles.create(ACCOUNT, { name, path: '/', tags: [] }, event);
const makeRole = (name: string) => {
  const trust = { text: '{}', document: { Version: '2012-10-17' as const, Statement: [] } };
  const role = { name, path: '/', description: '', trust, maxSessionSeconds: 3600, tags: [] };
  return roles.create(ACCOUNT, { ...role, boundaryArn: null }, event);
};
const late = (meanwhile: () => Promise<unknown>) =>
  createInstanceProfiles(world.db, overtaken(world, meanwhile), fakeRandom(3));
const counted = async () =>
  (await world.db.select().from(counters)).find(({ name }) => name === 'InstanceProfiles')?.value;
const refused = (call: Promise<unknown>, code: string) => expect(call).rejects.toMatchObject({ code });

describe('20 writers at once', () => {
  test('make as many as the quota allows', async () => {
    const racers = Array.from({ length: 20 }, (_, index) => make(`p${index}`));
    expect(await outcomes(racers)).toEqual({ succeeded: 5, codes: ['limit_exceeded'] });
    expect(await world.db.$count(instanceProfiles)).toBe(5);
    expect(await counted()).toBe(5);
    expect(await eventCount(world)).toBe(5);
  });

  test('make one of a name', async () => {
    const racers = Array.from({ length: 20 }, () => make('same'));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['entity_already_exists'] });
    expect(await counted()).toBe(1);
  });

  test('give one role', async () => {
    await make('p');
    await Promise.all(Array.from({ length: 20 }, (_, index) => makeRole(`r${index}`)));
    const racers = Array.from({ length: 20 }, (_, index) =>
      profiles.addRole(ACCOUNT, 'p', `r${index}`, event),
    );
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['limit_exceeded'] });
  });

  test('delete it once', async () => {
    await make('p');
    const racers = Array.from({ length: 20 }, () => profiles.remove(ACCOUNT, 'p', event));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
    expect(await counted()).toBe(0);
  });
});

describe('what happens between the look and the write', () => {
  beforeEach(async () => {
    await make('p');
    await makeRole('r');
  });

  test('a role given meanwhile keeps the profile', async () => {
    const remove = late(() => profiles.addRole(ACCOUNT, 'p', 'r', event)).remove(ACCOUNT, 'p', event);
    await refused(remove, 'delete_conflict');
    expect((await profiles.require(ACCOUNT, 'p')).role?.name).toBe('r');
    expect(await counted()).toBe(1);
  });

  test('a role given meanwhile keeps itself', async () => {
    const meanwhile = () => profiles.addRole(ACCOUNT, 'p', 'r', event);
    const remover = createRoles(world.db, overtaken(world, meanwhile), fakeRandom(3));
    await refused(remover.remove(ACCOUNT, 'r', event), 'delete_conflict');
    expect((await roles.require(ACCOUNT, 'r')).name).toBe('r');
  });

  test('a role that goes meanwhile is not given', async () => {
    const add = late(() => roles.remove(ACCOUNT, 'r', event)).addRole(ACCOUNT, 'p', 'r', event);
    await refused(add, 'no_such_entity');
    expect((await profiles.require(ACCOUNT, 'p')).role).toBeNull();
  });

  test('a profile that goes meanwhile is given nothing', async () => {
    const add = late(() => profiles.remove(ACCOUNT, 'p', event)).addRole(ACCOUNT, 'p', 'r', event);
    await expect(add).rejects.toMatchObject({
      code: 'no_such_entity',
      message: 'Instance Profile p cannot be found.',
    });
  });

  test('tags changed meanwhile are not overwritten', async () => {
    const theirs = [{ Key: 'theirs', Value: '' }];
    const tag = late(() => profiles.tag(ACCOUNT, 'p', theirs, event)).tag(ACCOUNT, 'p', [], event);
    await refused(tag, 'concurrent_modification');
    expect((await profiles.require(ACCOUNT, 'p')).tags).toEqual(theirs);
  });
});

test('what an isolate holds changes with the role of a profile alone', async () => {
  await makeRole('r');
  world.noted.length = 0;
  const { profileId } = await make('p');
  await profiles.tag(ACCOUNT, 'p', [{ Key: 'a', Value: '' }], event);
  expect(world.noted).toEqual([]);
  await profiles.addRole(ACCOUNT, 'p', 'r', event);
  await profiles.removeRole(ACCOUNT, 'p', 'r', event);
  expect(world.noted).toEqual(Array(2).fill(`${ACCOUNT}/instance-profile:${profileId}`));
});

test('an account sees and touches nothing of another', async () => {
  await make('p');
  await makeRole('r');
  await profiles.addRole(ACCOUNT, 'p', 'r', event);
  const page = { after: null, limit: 10 };
  expect(await profiles.find(OTHER, 'p')).toBeNull();
  expect((await profiles.list(OTHER, '/', page)).items).toEqual([]);
  for (const call of [
    () => profiles.require(OTHER, 'p'),
    () => profiles.remove(OTHER, 'p', event),
    () => profiles.addRole(OTHER, 'p', 'r', event),
    () => profiles.removeRole(OTHER, 'p', 'r', event),
    () => profiles.tag(OTHER, 'p', [], event),
    () => profiles.listForRole(OTHER, 'r', page),
  ]) {
    await refused(call(), 'no_such_entity');
  }
});

test('the roles of a page are read at once, however many there are', async () => {
  await makeRole('r');
  const calls = async (limit: number) => {
    world.d1.calls.length = 0;
    const { items } = await profiles.list(ACCOUNT, '/', { after: null, limit });
    return { items: items.length, calls: world.d1.calls.length };
  };
  for (const name of ['p0', 'p1', 'p2', 'p3']) {
    await make(name);
    await profiles.addRole(ACCOUNT, name, 'r', event);
  }
  const [one, four] = [await calls(1), await calls(4)];
  expect([one.items, four.items]).toEqual([1, 4]);
  expect(four.calls).toBe(one.calls);
});
