import { beforeEach, describe, expect, test } from 'vitest';
import type { Roles, TrustPolicy } from '../../src/core/repositories/roles.ts';
import type { Users } from '../../src/core/repositories/users.ts';
import { createAttachments } from '../../src/store/attachments.ts';
import { roleEntity } from '../../src/store/entity.ts';
import { createRoles } from '../../src/store/roles.ts';
import { accounts } from '../../src/store/schema/accounts.ts';
import { roles as roleTable } from '../../src/store/schema/identities.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes, overtaken } from './iam-world.ts';

const OTHER = '999988887777';
const all = { after: null, limit: 1000 };

let world: IamWorld;
let roles: Roles;
let users: Users;

beforeEach(async () => {
  world = await iamWorld({ Roles: 200 });
  roles = createRoles(world.db, world.writer, fakeRandom());
  users = createUsers(world.db, world.writer, fakeRandom(2));
});

const trusting = (...principals: readonly string[]): TrustPolicy => {
  const document = {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Allow' as const, Principal: { AWS: principals }, Action: 'sts:AssumeRole' }],
  };
  return { text: JSON.stringify(document), document };
};

const plain = (name: string, trust = trusting(ACCOUNT)) => ({
  ...{ name, path: '/', description: '', trust, maxSessionSeconds: 3600, tags: [], boundaryArn: null },
});

const addUser = (name: string, accountId = ACCOUNT) =>
  users.create(accountId, { name, path: '/', tags: [], boundaryArn: null }, event);

const userArn = (name: string, accountId = ACCOUNT) => `arn:aws:iam::${accountId}:user/${name}`;

const pinsOf = async () => (await world.db.select({ pins: roleTable.trustPins }).from(roleTable))[0]?.pins;

const shown = (name: string) =>
  roles
    .require(ACCOUNT, name)
    .then(({ trustDocument }) => JSON.parse(trustDocument).Statement[0].Principal.AWS);

describe('pins', () => {
  test('are the unique ids of the users and roles that a trust policy names', async () => {
    const { userId } = await addUser('anna');
    const { roleId } = await roles.create(ACCOUNT, plain('first'), event);
    await world.db.delete(roleTable);
    await roles.create(ACCOUNT, plain('first'), event);
    const first = await roles.require(ACCOUNT, 'first');
    expect(first.roleId).not.toBe(roleId);
    await roles.setTrust(ACCOUNT, 'first', trusting(userArn('anna'), first.arn, ACCOUNT, '*'), event);
    expect(await pinsOf()).toEqual({ [userArn('anna')]: userId, [first.arn]: first.roleId });
  });

  test('reach into other accounts held here, and not into those that are not', async () => {
    await world.db.insert(accounts).values({
      ...{ accountId: OTHER, rootEmail: 'r@example.com', rootPasswordHash: 'x', createdAtSeconds: 1 },
      quotas: {},
    });
    const { userId } = await addUser('bert', OTHER);
    const foreign = userArn('anyone', '444455556666');
    await roles.create(ACCOUNT, plain('r', trusting(userArn('bert', OTHER), foreign)), event);
    expect(await pinsOf()).toEqual({ [userArn('bert', OTHER)]: userId });
    await users.update(OTHER, 'bert', { name: 'bertha' }, event);
    expect(await shown('r')).toEqual([userArn('bertha', OTHER), foreign]);
    await users.remove(OTHER, 'bertha', event);
    expect(await shown('r')).toEqual([userId, foreign]);
  });

  test('of a session by name are those of its role; without the role nobody is meant', async () => {
    const session = (name: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/work`;
    const worker = await roles.create(ACCOUNT, plain('Worker'), event);
    await roles.create(ACCOUNT, plain('r', trusting(session('Worker'))), event);
    expect((await roles.require(ACCOUNT, 'r')).trustDocument).toContain(session('Worker'));
    expect(await shown('r')).toEqual([session('Worker')]);
    await roles.remove(ACCOUNT, 'Worker', event);
    expect(await shown('r')).toEqual([worker.roleId]);
    await roles.create(ACCOUNT, plain('Worker'), event);
    expect(await shown('r')).toEqual([worker.roleId]);
    for (const absent of [session('worker'), session('Absent')]) {
      await expect(roles.setTrust(ACCOUNT, 'r', trusting(absent), event)).rejects.toMatchObject({
        code: 'malformed_policy_document',
        message: `Invalid principal in policy: "AWS":"${absent}"`,
      });
    }
  });

  test('keep the id even when its holder is deleted while the policy is saved', async () => {
    const { userId } = await addUser('fleeting');
    const late = createRoles(
      world.db,
      overtaken(world, () => users.remove(ACCOUNT, 'fleeting', event)),
      fakeRandom(3),
    );
    await late.create(ACCOUNT, plain('r', trusting(userArn('fleeting'))), event);
    await addUser('fleeting');
    expect(await pinsOf()).toEqual({ [userArn('fleeting')]: userId });
    expect(await shown('r')).toEqual([userId]);
  });

  test('of a NotPrincipal are taken and shown too', async () => {
    const { userId } = await addUser('spared');
    const document = {
      Version: '2012-10-17' as const,
      Statement: [
        { Effect: 'Allow' as const, Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' },
        { Effect: 'Deny' as const, NotPrincipal: { AWS: userArn('spared') }, Action: 'sts:AssumeRole' },
      ],
    };
    await roles.create(ACCOUNT, plain('r', { text: JSON.stringify(document), document }), event);
    expect(await pinsOf()).toEqual({ [userArn('spared')]: userId });
    await users.remove(ACCOUNT, 'spared', event);
    const { trustDocument } = await roles.require(ACCOUNT, 'r');
    expect(JSON.parse(trustDocument).Statement[1].NotPrincipal).toEqual({ AWS: userId });
  });

  test('by id alone are taken where there is such an id, and refused where there is none', async () => {
    const { userId } = await addUser('byid');
    await roles.create(ACCOUNT, plain('r', trusting(userId)), event);
    expect(await shown('r')).toEqual([userId]);
    await expect(
      roles.create(ACCOUNT, plain('s', trusting('AIDAQFZVGZ6OIZKW2P4AA')), event),
    ).rejects.toMatchObject({
      code: 'malformed_policy_document',
      message: 'Invalid principal in policy: "AWS":"AIDAQFZVGZ6OIZKW2P4AA"',
    });
  });

  test.for(['ANNA', 'p/anna', 'anna/', 'nobody'])(
    'refuse `user/%s` where `user/anna` is meant',
    async (name) => {
      await addUser('anna');
      await expect(roles.create(ACCOUNT, plain('r', trusting(userArn(name))), event)).rejects.toMatchObject({
        code: 'malformed_policy_document',
        message: `Invalid principal in policy: "AWS":"${userArn(name)}"`,
      });
      expect(await world.db.$count(roleTable)).toBe(0);
      expect(await eventCount(world)).toBe(1);
    },
  );
});

describe('a list', () => {
  test('of many roles with many principals takes two calls to the database', async () => {
    const names = Array.from({ length: 150 }, (_, index) => `user-${index}`);
    for (const name of names) await addUser(name);
    const arns = names.map((name) => userArn(name));
    for (let index = 0; index < 5; index += 1) {
      await roles.create(ACCOUNT, plain(`r${index}`, trusting(...arns)), event);
    }
    await users.remove(ACCOUNT, 'user-7', event);
    world.d1.calls.length = 0;
    const { items } = await roles.list(ACCOUNT, '/', all);
    expect(world.d1.calls).toHaveLength(2);
    expect(items).toHaveLength(5);
    for (const { trustDocument } of items) {
      const { AWS } = JSON.parse(trustDocument).Statement[0].Principal;
      expect(AWS).toHaveLength(150);
      expect(AWS[7]).toMatch(/^AIDA/);
      expect(AWS[8]).toBe(userArn('user-8'));
    }
  });
});

describe('writing', () => {
  test('lets one of 20 with one name through', async () => {
    const racers = Array.from({ length: 20 }, () => roles.create(ACCOUNT, plain('same'), event));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['entity_already_exists'] });
    expect(await eventCount(world)).toBe(1);
  });

  test('of a trust policy says that the role changed', async () => {
    const { roleId } = await roles.create(ACCOUNT, plain('r'), event);
    world.noted.length = 0;
    await roles.setTrust(ACCOUNT, 'r', trusting('*'), event);
    expect(world.noted).toEqual([roleEntity(ACCOUNT, roleId)]);
  });

  test('deletes nothing that has come into use after the look', async () => {
    await roles.create(ACCOUNT, plain('r'), event);
    const attachments = createAttachments(world.db, world.writer);
    const owner = { type: 'role', name: 'r' } as const;
    const late = createRoles(
      world.db,
      overtaken(world, () =>
        attachments.attach(ACCOUNT, owner, 'arn:aws:iam::aws:policy/ReadOnlyAccess', event),
      ),
      fakeRandom(3),
    );
    await expect(late.remove(ACCOUNT, 'r', event)).rejects.toMatchObject({ code: 'delete_conflict' });
    expect((await roles.require(ACCOUNT, 'r')).name).toBe('r');
  });
});
