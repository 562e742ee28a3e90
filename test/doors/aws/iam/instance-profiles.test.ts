import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  GetAccountSummaryCommand,
  GetInstanceProfileCommand,
  type IAMClient,
  ListInstanceProfilesCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  RemoveRoleFromInstanceProfileCommand,
  TagInstanceProfileCommand,
  UntagInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, eventNames, policy, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let own: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  own = `arn:aws:iam::${daypass.bootstrap.accountId}`;
});
afterAll(() => daypass.stop());

const TRUST = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
const makeRole = (RoleName: string, Path = '/') =>
  iam.send(new CreateRoleCommand({ RoleName, Path, AssumeRolePolicyDocument: TRUST }));
const make = (InstanceProfileName: string, Path = '/') =>
  iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path }));
const get = async (InstanceProfileName: string) =>
  (await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile;
const remove = (InstanceProfileName: string) =>
  iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
const add = (InstanceProfileName: string, RoleName: string, client = iam) =>
  client.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
const take = (InstanceProfileName: string, RoleName: string) =>
  iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName }));
const missing = { name: 'NoSuchEntityException', status: 404 };

describe('an instance profile', () => {
  test('lives from its creation to its end, each change in the trail', async () => {
    const before = (await eventNames(daypass)).length;
    const { InstanceProfile } = await iam.send(
      new CreateInstanceProfileCommand({
        InstanceProfileName: 'Whole',
        Path: '/p/',
        Tags: [{ Key: 'a', Value: '' }],
      }),
    );
    expect(InstanceProfile).toEqual({
      Path: '/p/',
      InstanceProfileName: 'Whole',
      InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
      Arn: `${own}:instance-profile/p/Whole`,
      CreateDate: expect.any(Date),
      Roles: [],
      Tags: [{ Key: 'a', Value: '' }],
    });
    expect(await get('wHOLE')).toEqual(InstanceProfile);
    const { Role } = await makeRole('Worker', '/r/');
    await add('Whole', 'worker');
    expect((await get('Whole'))?.Roles).toEqual([
      {
        Path: '/r/',
        RoleName: 'Worker',
        RoleId: Role?.RoleId,
        Arn: `${own}:role/r/Worker`,
        CreateDate: expect.any(Date),
        AssumeRolePolicyDocument: Role?.AssumeRolePolicyDocument,
        MaxSessionDuration: 3600,
      },
    ]);
    await take('Whole', 'Worker');
    await remove('Whole');
    expect(await refusal(get('Whole'))).toEqual({
      ...missing,
      message: 'Instance Profile Whole cannot be found.',
    });
    expect((await eventNames(daypass)).slice(before)).toEqual([
      'CreateInstanceProfile',
      'CreateRole',
      'AddRoleToInstanceProfile',
      'RemoveRoleFromInstanceProfile',
      'DeleteInstanceProfile',
    ]);
  });

  test('has one role at most, be it the same again', async () => {
    await makeRole('one-a');
    await makeRole('one-b');
    await make('one');
    await add('one', 'one-a');
    for (const role of ['one-a', 'one-b']) {
      expect(await refusal(add('one', role))).toEqual({
        name: 'LimitExceededException',
        status: 409,
        message: 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
      });
    }
    expect((await get('one'))?.Roles?.map(({ RoleName }) => RoleName)).toEqual(['one-a']);
  });

  test('is not deleted while it has a role, nor the role while it is in one', async () => {
    await makeRole('held');
    await make('holder');
    await add('holder', 'held');
    const conflict = {
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must remove roles from instance profile first.',
    };
    expect(await refusal(remove('holder'))).toEqual(conflict);
    expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'held' })))).toEqual(conflict);
    await take('holder', 'held');
    await iam.send(new DeleteRoleCommand({ RoleName: 'held' }));
    await remove('holder');
  });

  test('has a name of its own, whatever the letter case and the path', async () => {
    await make('Twice');
    expect(await refusal(make('tWICE', '/other/'))).toEqual({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'Instance Profile tWICE already exists.',
    });
  });

  test.for(['', ' ', 'a b', 'a/b', 'ä', 'x'.repeat(129)])('cannot be called `%s`', async (name) => {
    expect(await refusal(make(name))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test.for(['p', '/p', 'p/', '//p /', `/${'x'.repeat(511)}/`])('cannot stand in `%s`', async (path) => {
    expect(await refusal(make('path', path))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('that is not there can be given and asked nothing', async () => {
    await makeRole('idle');
    await make('idle');
    const nothing = 'nothing';
    for (const call of [
      () => get(nothing),
      () => remove(nothing),
      () => add(nothing, 'idle'),
      () => add('idle', nothing),
      () => take(nothing, 'idle'),
      () => take('idle', nothing),
      () => take('idle', 'idle'),
      () => iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: nothing })),
      () => iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName: nothing })),
    ]) {
      expect(await refusal(call())).toMatchObject(missing);
    }
  });

  test('counts in the summary, and its quota holds', async () => {
    const summary = async () => (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap ?? {};
    const { InstanceProfiles = 0, InstanceProfilesQuota } = await summary();
    expect(InstanceProfilesQuota).toBe(1000);
    await make('counted');
    expect(await summary()).toMatchObject({ InstanceProfiles: InstanceProfiles + 1 });
    await remove('counted');
    expect(await summary()).toMatchObject({ InstanceProfiles });
  });
});

describe('lists of instance profiles', () => {
  test('are in order of names, paged, and kept to a path', async () => {
    for (const name of ['lc', 'La', 'lb']) await make(name, '/list/');
    const list = (Marker?: string) =>
      iam.send(new ListInstanceProfilesCommand({ PathPrefix: '/list/', MaxItems: 2, Marker }));
    const first = await list();
    const names = (page: typeof first) =>
      page.InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName);
    expect([first.IsTruncated, names(first)]).toEqual([true, ['La', 'lb']]);
    const second = await list(first.Marker);
    expect([second.IsTruncated, second.Marker, names(second)]).toEqual([false, undefined, ['lc']]);
    expect(await refusal(list('stray'))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('of a role tell those that have it', async () => {
    await makeRole('shared');
    await makeRole('lonely');
    for (const name of ['sa', 'sb', 'sc']) {
      await make(name);
      await add(name, 'shared');
    }
    const list = (RoleName: string, MaxItems?: number, Marker?: string) =>
      iam.send(new ListInstanceProfilesForRoleCommand({ RoleName, MaxItems, Marker }));
    const first = await list('SHARED', 2);
    expect(first.InstanceProfiles).toMatchObject([
      { InstanceProfileName: 'sa', Roles: [{ RoleName: 'shared' }] },
      { InstanceProfileName: 'sb' },
    ]);
    const rest = await list('shared', undefined, first.Marker);
    expect(rest.InstanceProfiles).toMatchObject([{ InstanceProfileName: 'sc' }]);
    expect((await list('lonely')).InstanceProfiles).toEqual([]);
    const other = iam.send(new ListInstanceProfilesCommand({ Marker: first.Marker }));
    expect(await refusal(other)).toMatchObject({ message: 'Invalid Marker.' });
  });
});

test('tags are added, replaced and taken away', async () => {
  const InstanceProfileName = 'tagged';
  await make(InstanceProfileName);
  const tag = (Key: string, Value: string) =>
    iam.send(new TagInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key, Value }] }));
  await tag('team', 'a');
  await tag('TEAM', 'b');
  await tag('cost', '');
  const tags = async () => (await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName }))).Tags;
  expect(await tags()).toEqual([
    { Key: 'TEAM', Value: 'b' },
    { Key: 'cost', Value: '' },
  ]);
  await iam.send(new UntagInstanceProfileCommand({ InstanceProfileName, TagKeys: ['team'] }));
  expect((await get(InstanceProfileName))?.Tags).toEqual([{ Key: 'cost', Value: '' }]);
  expect(await refusal(tag('aws:x', ''))).toMatchObject({ name: 'InvalidInputException' });
});

describe('permission', () => {
  const denied = { name: 'AccessDenied', status: 403 };

  test('to give a role to machines takes iam:PassRole for that role', async () => {
    await makeRole('may-pass', '/apps/');
    await makeRole('may-not', '/admin/');
    await make('target');
    const adder = await userWith(
      daypass,
      'adder',
      allow('iam:AddRoleToInstanceProfile'),
      allow('iam:PassRole', `${own}:role/apps/*`),
    );
    expect(await refusal(add('target', 'may-not', adder))).toEqual({
      ...denied,
      message: expect.stringContaining(
        `is not authorized to perform: iam:PassRole on resource: ${own}:role/may-not because no identity-based policy allows the iam:PassRole action`,
      ),
    });
    expect((await get('target'))?.Roles).toEqual([]);
    await add('target', 'may-pass', adder);
    expect((await get('target'))?.Roles).toMatchObject([{ RoleName: 'may-pass' }]);
  });

  test('to pass a role alone does not reach the instance profile', async () => {
    await makeRole('passed');
    await make('closed');
    const passer = await userWith(daypass, 'passer', allow('iam:PassRole'));
    expect((await refusal(add('closed', 'passed', passer))).message).toContain(
      'iam:AddRoleToInstanceProfile',
    );
  });

  test('is decided by the path and the tags of the profile, however its name is written', async () => {
    await make('Secret', '/admin/');
    await make('Plain', '/apps/');
    const InstanceProfileName = 'Plain';
    await iam.send(
      new TagInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: 'owner', Value: 'boss' }] }),
    );
    const reader = await userWith(daypass, 'reader', allow('iam:Get*', `${own}:instance-profile/apps/*`), {
      ...allow('iam:DeleteInstanceProfile'),
      Condition: { StringEquals: { 'aws:ResourceTag/owner': 'reader' } },
    });
    const read = (name: string) => reader.send(new GetInstanceProfileCommand({ InstanceProfileName: name }));
    await read('plain');
    for (const name of ['Secret', 'secret', 'nothing'])
      expect(await refusal(read(name))).toMatchObject(denied);
    const gone = new DeleteInstanceProfileCommand({ InstanceProfileName });
    expect(await refusal(reader.send(gone))).toMatchObject(denied);
    const mine = [{ Key: 'owner', Value: 'reader' }];
    await iam.send(new TagInstanceProfileCommand({ InstanceProfileName, Tags: mine }));
    await reader.send(gone);
  });
});
