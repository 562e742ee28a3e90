import { beforeEach, describe, expect, test } from 'vitest';
import type { Attachments } from '../../src/core/repositories/attachments.ts';
import type { InlinePolicies } from '../../src/core/repositories/inline-policies.ts';
import type { ManagedPolicies } from '../../src/core/repositories/policies.ts';
import type { Users } from '../../src/core/repositories/users.ts';
import { createAttachments } from '../../src/store/attachments.ts';
import { policyEntity, userEntity } from '../../src/store/entity.ts';
import { createInlinePolicies } from '../../src/store/inline-policies.ts';
import { createPolicies } from '../../src/store/policies.ts';
import { counters } from '../../src/store/schema/accounts.ts';
import {
  attachments as attachmentTable,
  inlinePolicies as inlineTable,
  policies as policyTable,
  policyVersions,
} from '../../src/store/schema/policies.ts';
import { createUsers } from '../../src/store/users.ts';
import { fakeRandom } from '../helpers/fake-world.ts';
import { ACCOUNT, event, eventCount, type IamWorld, iamWorld, outcomes, overtaken } from './iam-world.ts';

const OWNER = { type: 'user', name: 'owner' } as const;
const arnOf = (name: string) => `arn:aws:iam::${ACCOUNT}:policy/${name}`;

let world: IamWorld;
let policies: ManagedPolicies;
let attachments: Attachments;
let inline: InlinePolicies;
let users: Users;
let userId: string;

beforeEach(async () => {
  world = await iamWorld({ Policies: 5 });
  policies = createPolicies(world.db, world.writer, fakeRandom());
  attachments = createAttachments(world.db, world.writer);
  inline = createInlinePolicies(world.db, world.writer);
  users = createUsers(world.db, world.writer, fakeRandom(2));
  const owner = { name: 'owner', path: '/', tags: [], boundaryArn: null };
  ({ userId } = await users.create(ACCOUNT, owner, event));
  world.noted.length = 0;
});

const make = (name: string) =>
  policies.create(ACCOUNT, { name, path: '/', description: '', document: '{}', tags: [] }, event);

describe('managed policies', () => {
  test('stop at the quota under 20 parallel writers', async () => {
    const racers = Array.from({ length: 20 }, (_, index) => make(`p${index}`));
    expect(await outcomes(racers)).toEqual({ succeeded: 5, codes: ['limit_exceeded'] });
    expect(await world.db.$count(policyTable)).toBe(5);
    expect(await world.db.$count(policyVersions)).toBe(5);
  });

  test('leave no version behind when they go, and one deleter wins', async () => {
    await make('gone');
    const racers = Array.from({ length: 20 }, () => policies.remove(ACCOUNT, arnOf('gone'), event));
    expect(await outcomes(racers)).toEqual({ succeeded: 1, codes: ['no_such_entity'] });
    expect(await world.db.$count(policyVersions)).toBe(0);
    const [counted] = (await world.db.select().from(counters)).filter(({ name }) => name === 'Policies');
    expect(counted?.value).toBe(0);
  });

  test('are not deleted when they are attached, or become a boundary, after the look', async () => {
    for (const meanwhile of [
      () => attachments.attach(ACCOUNT, OWNER, arnOf('held'), event),
      () => users.setBoundary(ACCOUNT, 'owner', arnOf('held'), event),
    ]) {
      await make('held').catch(() => undefined); // there already in the second round
      const late = createPolicies(world.db, overtaken(world, meanwhile), fakeRandom(3));
      await expect(late.remove(ACCOUNT, arnOf('held'), event)).rejects.toMatchObject({
        code: 'delete_conflict',
      });
      expect(await policies.require(ACCOUNT, arnOf('held'))).toMatchObject({ name: 'held' });
      await world.db.delete(attachmentTable);
    }
  });

  test('say that they changed only when another version is put in force', async () => {
    await make('p');
    world.noted.length = 0;
    await policies.createVersion(ACCOUNT, arnOf('p'), { document: '{}', setAsDefault: false }, event);
    await policies.createVersion(ACCOUNT, arnOf('p'), { document: '{}', setAsDefault: false }, event);
    await policies.removeVersion(ACCOUNT, arnOf('p'), 3, event);
    expect(world.noted).toEqual([]);
    await policies.createVersion(ACCOUNT, arnOf('p'), { document: '{}', setAsDefault: true }, event);
    expect(world.noted).toEqual([policyEntity(ACCOUNT, arnOf('p'))]);
    expect(await policies.require(ACCOUNT, arnOf('p'))).toMatchObject({ defaultVersion: 4 });
  });

  test('never lose the version in force: it is not deleted though it was put in force after the look', async () => {
    await make('p');
    await policies.createVersion(ACCOUNT, arnOf('p'), { document: '{}', setAsDefault: false }, event);
    const late = createPolicies(
      world.db,
      overtaken(world, () => policies.setDefaultVersion(ACCOUNT, arnOf('p'), 2, event)),
      fakeRandom(3),
    );
    await expect(late.removeVersion(ACCOUNT, arnOf('p'), 2, event)).rejects.toMatchObject({
      code: 'delete_conflict',
    });
    const back = createPolicies(
      world.db,
      overtaken(world, () => policies.removeVersion(ACCOUNT, arnOf('p'), 1, event)),
      fakeRandom(4),
    );
    await expect(back.setDefaultVersion(ACCOUNT, arnOf('p'), 1, event)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    expect(await policies.requireVersion(ACCOUNT, arnOf('p'), 2)).toMatchObject({ isDefault: true });
  });

  test('with versions made at once have at most five, all different', async () => {
    await make('p');
    const racers = Array.from({ length: 20 }, () =>
      policies.createVersion(ACCOUNT, arnOf('p'), { document: '{}', setAsDefault: true }, event),
    );
    const { succeeded, codes } = await outcomes(racers);
    expect(codes.filter((code) => !['concurrent_modification', 'limit_exceeded'].includes(code))).toEqual([]);
    const versions = (await policies.listVersions(ACCOUNT, arnOf('p'))).map(({ version }) => version);
    expect(versions).toHaveLength(succeeded + 1);
    expect(versions.length).toBeLessThanOrEqual(5);
    expect(await eventCount(world)).toBe(2 + succeeded);
  });

  test('of another account are not there', async () => {
    await make('mine');
    const calls = [
      policies.require('999988887777', arnOf('mine')),
      policies.listVersions('999988887777', arnOf('mine')),
      policies.remove('999988887777', arnOf('mine'), event),
      attachments.holders(
        '999988887777',
        arnOf('mine'),
        { type: null, usage: null, pathPrefix: '/' },
        { after: null, limit: 1 },
      ),
    ];
    expect(await outcomes(calls)).toEqual({ succeeded: 0, codes: ['no_such_entity'] });
  });
});

describe('attachments', () => {
  test('change their owner, and are ten at most under 20 parallel writers', async () => {
    await world.db.insert(policyTable).values(
      Array.from({ length: 7 }, (_, index) => ({
        ...{ accountId: ACCOUNT, policyId: `ANPA${index}`, name: `q${index}`, nameKey: `q${index}` },
        ...{ path: '/', arn: arnOf(`q${index}`), description: '', defaultVersion: 1, nextVersion: 2 },
        ...{ tags: [], createdAtSeconds: 1, updatedAtSeconds: 1 },
      })),
    );
    const aws = [
      'AdministratorAccess',
      'PowerUserAccess',
      'ReadOnlyAccess',
      'IAMFullAccess',
      'SecurityAudit',
    ];
    const arns = [
      ...Array.from({ length: 7 }, (_, index) => arnOf(`q${index}`)),
      ...aws.map((name) => `arn:aws:iam::aws:policy/${name}`),
    ];
    const racers = arns.map((arn) => attachments.attach(ACCOUNT, OWNER, arn, event));
    expect(await outcomes(racers)).toEqual({ succeeded: 10, codes: ['limit_exceeded'] });
    expect(await world.db.$count(attachmentTable)).toBe(10);
    expect(new Set(world.noted)).toEqual(new Set([userEntity(ACCOUNT, userId)]));
  });

  test('are not made for a user or of a policy deleted after the look', async () => {
    await make('p');
    const ofGoneUser = createAttachments(
      world.db,
      overtaken(world, () => users.remove(ACCOUNT, 'owner', event)),
    );
    await expect(ofGoneUser.attach(ACCOUNT, OWNER, arnOf('p'), event)).rejects.toMatchObject({
      code: 'no_such_entity',
      message: 'The user with name owner cannot be found.',
    });
    await users.create(ACCOUNT, { name: 'owner', path: '/', tags: [], boundaryArn: null }, event);
    const ofGonePolicy = createAttachments(
      world.db,
      overtaken(world, () => policies.remove(ACCOUNT, arnOf('p'), event)),
    );
    await expect(ofGonePolicy.attach(ACCOUNT, OWNER, arnOf('p'), event)).rejects.toMatchObject({
      code: 'no_such_entity',
      message: `Policy ${arnOf('p')} does not exist or is not attachable.`,
    });
    expect(await world.db.$count(attachmentTable)).toBe(0);
  });
});

describe('inline policies', () => {
  test('are not made for a user deleted after the look', async () => {
    const late = createInlinePolicies(
      world.db,
      overtaken(world, () => users.remove(ACCOUNT, 'owner', event)),
    );
    await expect(late.put(ACCOUNT, OWNER, { name: 'p', document: '{}' }, event)).rejects.toMatchObject({
      code: 'no_such_entity',
    });
    expect(await world.db.$count(inlineTable)).toBe(0);
  });

  test.for([' ', '\t', '\n', '\r'])('do not count the white space %j', async (space) => {
    const document = `"${'x'.repeat(2046)}"${space.repeat(300)}`;
    await inline.put(ACCOUNT, OWNER, { name: 'p', document }, event);
    await expect(
      inline.put(ACCOUNT, OWNER, { name: 'q', document: `x${space}` }, event),
    ).rejects.toMatchObject({ code: 'limit_exceeded' });
    expect((await inline.require(ACCOUNT, OWNER, 'P')).document).toBe(document);
  });

  test('count characters, not bytes', async () => {
    await inline.put(ACCOUNT, OWNER, { name: 'p', document: 'ü'.repeat(2048) }, event);
    await expect(
      inline.put(ACCOUNT, OWNER, { name: 'p', document: 'ü'.repeat(2049) }, event),
    ).rejects.toMatchObject({ code: 'limit_exceeded' });
  });

  test('change their owner', async () => {
    await inline.put(ACCOUNT, OWNER, { name: 'p', document: '{}' }, event);
    await inline.remove(ACCOUNT, OWNER, 'P', event);
    expect(world.noted).toEqual([userEntity(ACCOUNT, userId), userEntity(ACCOUNT, userId)]);
  });
});
