import { beforeEach, expect, test } from 'vitest';
import { type AccountDetails, DETAIL_SECTIONS } from '../../src/core/repositories/account-details.ts';
import { createAccountDetails } from '../../src/store/account-details.ts';
import { createGroups } from '../../src/store/groups.ts';
import { createPolicies } from '../../src/store/policies.ts';
import { createRoles } from '../../src/store/roles.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, type IamWorld, iamWorld } from './iam-world.ts';

let world: IamWorld;
let details: AccountDetails;

beforeEach(async () => {
  world = await iamWorld();
  const { db, writer } = world;
  const users = createUsers(db, writer, fakeRandom(1));
  const groups = createGroups(db, writer, fakeRandom(2));
  const roles = createRoles(db, writer, fakeRandom(3));
  const policies = createPolicies(db, writer, fakeRandom(4));
  details = createAccountDetails(db, { users, groups, roles, policies });
  for (let index = 0; index < 103; index += 1) {
    const name = `u${String(index).padStart(3, '0')}`;
    await users.create(ACCOUNT, { name, path: '/', tags: [], boundaryArn: null }, event);
  }
  await groups.create(ACCOUNT, { name: 'g', path: '/' }, event);
});

const ALL = new Set(DETAIL_SECTIONS);
const kinds = (items: readonly { readonly kind: string }[]) => items.map(({ kind }) => kind);

test('a page never has more than a hundred entities, whatever is asked', async () => {
  const first = await details.list(ACCOUNT, ALL, { after: null, limit: 1000 });
  expect([first.items.length, first.next]).toEqual([100, 'User:u099']);
  const second = await details.list(ACCOUNT, ALL, { after: first.next, limit: 1000 });
  expect([kinds(second.items), second.next]).toEqual([['user', 'user', 'user', 'group'], null]);
});

test('a page that a kind fills goes on with the next kind', async () => {
  const full = await details.list(ACCOUNT, ALL, { after: 'User:u099', limit: 3 });
  expect([kinds(full.items), full.next]).toEqual([['user', 'user', 'user'], 'Group:']);
  const rest = await details.list(ACCOUNT, ALL, { after: 'Group:', limit: 3 });
  expect([kinds(rest.items), rest.next]).toEqual([['group'], null]);
});

test('a filter leaves kinds out, also after a marker of a kind that is left out', async () => {
  const groups = new Set(['Group', 'Role'] as const);
  expect(kinds((await details.list(ACCOUNT, groups, { after: null, limit: 9 })).items)).toEqual(['group']);
  expect(kinds((await details.list(ACCOUNT, groups, { after: 'User:u', limit: 9 })).items)).toEqual([
    'group',
  ]);
  expect((await details.list(ACCOUNT, groups, { after: 'Role:', limit: 9 })).items).toEqual([]);
});

test('the number of queries does not grow with the page', async () => {
  const calls = async (limit: number) => {
    world.d1.calls.length = 0;
    await details.list(ACCOUNT, new Set(['User'] as const), { after: null, limit });
    return world.d1.calls.length;
  };
  expect(await calls(100)).toBe(await calls(2));
});

test('an account sees nothing of another', async () => {
  expect(await details.list('999988887777', ALL, { after: null, limit: 9 })).toEqual({
    items: [],
    next: null,
  });
  const foreign = details.policiesOf('999988887777', { type: 'user', name: 'u001' });
  await expect(foreign).rejects.toMatchObject({ code: 'no_such_entity' });
});
