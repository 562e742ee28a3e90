import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Users } from '../../src/core/repositories/users.ts';
import { policyEntity, userEntity } from '../../src/store/entity.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import { accessKeys, users as userTable } from '../../src/store/schema/identities.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom, START_SECONDS } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes, overtaken } from './iam-world.ts';

const plain = (name: string, path = '/') => ({ name, path, tags: [], boundaryArn: null });
const all = { after: null, limit: 100 };

let world: IamWorld;
let users: Users;

beforeEach(async () => {
  world = await iamWorld({ Users: 3 });
  users = createUsers(world.db, world.writer, fakeRandom());
});

const countOf = async () => (await world.db.select().from(counters))[0]?.value;

describe('creating', () => {
  test('gives what is read back, counts it and says what changed', async () => {
    const made = await users.create(ACCOUNT, plain('Anna', '/a/'), event);
    expect(made).toEqual({
      ...plain('Anna', '/a/'),
      passwordLastUsedAtSeconds: null,
      userId: expect.stringMatching(/^AIDA/),
      arn: `arn:aws:iam::${ACCOUNT}:user/a/Anna`,
      createdAtSeconds: START_SECONDS,
    });
    expect(await users.require(ACCOUNT, 'ANNA')).toEqual(made);
    expect(await countOf()).toBe(1);
    expect(world.noted).toEqual([userEntity(ACCOUNT, made.userId)]);
  });

  test('lets one of 20 with one name through, with one event and one count', async () => {
    const racers = Array.from({ length: 20 }, (_, index) =>
      users.create(ACCOUNT, plain(index % 2 === 0 ? 'same' : 'SAME'), event),
    );
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['entity_already_exists'] });
    expect(await countOf()).toBe(1);
    expect(await eventCount(world)).toBe(1);
  });

  test("stops at the account's quota under 20 parallel writers", async () => {
    const racers = Array.from({ length: 20 }, (_, index) =>
      users.create(ACCOUNT, plain(`user-${index}`), event),
    );
    expect(await outcomes(racers)).toEqual({ succeeded: 3, codes: ['limit_exceeded'] });
    expect(await world.db.$count(userTable)).toBe(3);
    expect(await eventCount(world)).toBe(3);
  });

  test('of a refused one leaves neither count nor event', async () => {
    const boundaryArn = `arn:aws:iam::${ACCOUNT}:policy/none`;
    await expect(users.create(ACCOUNT, { ...plain('x'), boundaryArn }, event)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    expect(await world.db.$count(userTable)).toBe(0);
    expect(await countOf()).toBeUndefined();
    expect(await eventCount(world)).toBe(0);
  });
});

describe('deleting', () => {
  test('waits until the last key is gone', async () => {
    const { userId } = await users.create(ACCOUNT, plain('x'), event);
    const key = (index: number) =>
      world.db.insert(accessKeys).values({
        ...{ accountId: ACCOUNT, accessKeyId: `AKIA${index}`, userId },
        ...{ status: 'Active' as const, sealedSecret: 's', createdAtSeconds: 1 },
      });
    await key(1);
    await expect(users.remove(ACCOUNT, 'x', event)).rejects.toMatchObject({ code: 'delete_conflict' });
    await world.db.delete(accessKeys);
    await users.remove(ACCOUNT, 'x', event);
    expect(await countOf()).toBe(0);
  });

  test('is guarded in the write itself: what comes into use after the look holds the user', async () => {
    const { userId } = await users.create(ACCOUNT, plain('x'), event);
    const late = createUsers(
      world.db,
      overtaken(world, () =>
        world.db.insert(accessKeys).values({
          ...{ accountId: ACCOUNT, accessKeyId: 'AKIA1', userId },
          ...{ status: 'Active', sealedSecret: 's', createdAtSeconds: 1 },
        }),
      ),
      fakeRandom(),
    );
    await expect(late.remove(ACCOUNT, 'x', event)).rejects.toMatchObject({ code: 'delete_conflict' });
    expect(await users.require(ACCOUNT, 'x')).toMatchObject({ userId });
    expect(await countOf()).toBe(1);
  });

  test('lets one of 20 through and counts down once', async () => {
    await users.create(ACCOUNT, plain('x'), event);
    await users.create(ACCOUNT, plain('y'), event);
    const racers = Array.from({ length: 20 }, () => users.remove(ACCOUNT, 'x', event));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
    expect(await countOf()).toBe(1);
  });
});

describe('changing', () => {
  test('tags at once loses none silently', async () => {
    await users.create(ACCOUNT, plain('x'), event);
    const racers = Array.from({ length: 10 }, (_, index) =>
      users.tag(ACCOUNT, 'x', [{ Key: `k${index}`, Value: '' }], event),
    );
    const { succeeded, codes } = await outcomes(racers);
    expect((await users.require(ACCOUNT, 'x')).tags).toHaveLength(succeeded);
    expect(codes.filter((code) => code !== 'concurrent_modification')).toEqual([]);
  });

  test('a name to one that is taken is refused, and the old one stays', async () => {
    await users.create(ACCOUNT, plain('x'), event);
    await users.create(ACCOUNT, plain('y'), event);
    await expect(users.update(ACCOUNT, 'x', { name: 'Y' }, event)).rejects.toMatchObject({
      code: 'entity_already_exists',
    });
    await users.update(ACCOUNT, 'x', { name: 'X' }, event);
    expect((await users.require(ACCOUNT, 'x')).name).toBe('X');
  });

  test('a boundary says that the user changed, not the policy', async () => {
    const { userId } = await users.create(ACCOUNT, plain('x'), event);
    world.noted.length = 0;
    const boundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await users.setBoundary(ACCOUNT, 'x', boundary, event);
    expect(world.noted).toEqual([userEntity(ACCOUNT, userId)]);
    expect(world.noted).not.toContain(policyEntity(ACCOUNT, boundary));
  });
});

describe('accounts', () => {
  test('do not see each other', async () => {
    await users.create(ACCOUNT, plain('x'), event);
    await expect(users.require('999988887777', 'x')).rejects.toMatchObject({ code: 'no_such_entity' });
    expect(await users.list('999988887777', '/', all)).toEqual({ items: [], next: null });
    await expect(users.remove('999988887777', 'x', event)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    await users.create('999988887777', plain('x'), event);
    await users.remove('999988887777', 'x', event);
    expect((await users.list(ACCOUNT, '/', all)).items).toHaveLength(1);
  });
});

describe('listing', () => {
  const insert = (names: readonly string[], path: string) =>
    world.db.insert(userTable).values(
      names.map((name) => ({
        ...{ accountId: ACCOUNT, userId: `AIDA${path}${name}`, name, nameKey: name.toLowerCase(), path },
        ...{ tags: [], createdAtSeconds: 1 },
      })),
    );

  test('takes a prefix as it is: no character of it is a wildcard', async () => {
    await insert(['a'], '/x%y/');
    await insert(['b'], '/xzy/');
    await insert(['c'], '/x_y/');
    await insert(['d'], '/x~/');
    const names = async (prefix: string) =>
      (await users.list(ACCOUNT, prefix, all)).items.map(({ name }) => name);
    expect(await names('/x%')).toEqual(['a']);
    expect(await names('/x_')).toEqual(['c']);
    expect(await names('/x')).toEqual(['a', 'c', 'b', 'd']);
    expect(await names('/x~/')).toEqual(['d']);
    expect(await names('/y')).toEqual([]);
  });

  test('goes on after the last name seen though that user is gone', async () => {
    await insert(['a', 'B', 'c', 'd'], '/');
    const first = await users.list(ACCOUNT, '/', { after: null, limit: 2 });
    expect(first.next).toBe('b');
    await world.db.delete(userTable).where(eq(userTable.nameKey, 'b'));
    const second = await users.list(ACCOUNT, '/', { after: first.next, limit: 2 });
    expect(second.items.map(({ name }) => name)).toEqual(['c', 'd']);
    expect(second.next).toBeNull();
  });
});

test('a list under a path goes by path and name, each user once, whatever the size of its pages', async () => {
  world = await iamWorld();
  users = createUsers(world.db, world.writer, fakeRandom());
  const paths = ['/b/z/', '/b/a/', '/a/m/', '/b/c/a/', '/', '/ba/x/', '/b/-/'];
  for (const [index, path] of paths.entries()) await users.create(ACCOUNT, plain(`u${index}`, path), event);
  await users.create(ACCOUNT, plain('A', '/b/z/'), event);
  const everything = await users.list(ACCOUNT, '/b/', { after: null, limit: 100 });
  expect(everything.items.map(({ path, name }) => path + name)).toEqual([
    '/b/-/u6',
    '/b/a/u1',
    '/b/c/a/u3',
    '/b/z/A',
    '/b/z/u0',
  ]);
  const seen: string[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const { items, next } = await users.list(ACCOUNT, '/b/', { after, limit: 2 });
    seen.push(...items.map(({ path, name }) => path + name));
    after = next;
    more = next !== null;
  }
  expect(seen).toEqual(everything.items.map(({ path, name }) => path + name));
  const oddMarkers = ['', '/', 'x', '/b/', '\u0000', '//'];
  for (const after of oddMarkers) await users.list(ACCOUNT, '/b/', { after, limit: 2 });
});
