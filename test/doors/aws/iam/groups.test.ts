import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  GetGroupCommand,
  GetUserCommand,
  type IAMClient,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  PutGroupPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, deny, policy, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const make = (GroupName: string, Path = '/') => iam.send(new CreateGroupCommand({ GroupName, Path }));
const add = (GroupName: string, UserName: string) =>
  iam.send(new AddUserToGroupCommand({ GroupName, UserName }));
const remove = (GroupName: string, UserName: string) =>
  iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName }));

describe('a group', () => {
  test('is made, shown with its members in pages, renamed and deleted', async () => {
    const { Group } = await make('Team', '/t/');
    expect(Group).toEqual({
      GroupName: 'Team',
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
      Path: '/t/',
      Arn: `arn:aws:iam::${account}:group/t/Team`,
      CreateDate: expect.any(Date),
    });
    for (const UserName of ['b', 'A', 'c']) {
      await iam.send(new CreateUserCommand({ UserName }));
      await add('team', UserName);
    }
    const first = await iam.send(new GetGroupCommand({ GroupName: 'TEAM', MaxItems: 2 }));
    expect(first.Group).toEqual(Group);
    expect(first.Users?.map(({ UserName }) => UserName)).toEqual(['A', 'b']);
    const { Marker } = first;
    const second = await iam.send(new GetGroupCommand({ GroupName: 'Team', MaxItems: 2, Marker }));
    expect(second.Users?.map(({ UserName }) => UserName)).toEqual(['c']);
    expect(second.IsTruncated).toBe(false);

    await iam.send(new UpdateGroupCommand({ GroupName: 'Team', NewGroupName: 'Crew', NewPath: '/c/' }));
    const renamed = await iam.send(new GetGroupCommand({ GroupName: 'crew' }));
    expect(renamed.Group).toEqual({
      ...Group,
      GroupName: 'Crew',
      Path: '/c/',
      Arn: `arn:aws:iam::${account}:group/c/Crew`,
    });
    expect(await refusal(iam.send(new DeleteGroupCommand({ GroupName: 'Crew' })))).toEqual({
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must remove users from group first.',
    });
    expect(await refusal(iam.send(new DeleteUserCommand({ UserName: 'b' })))).toEqual({
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must remove users from group first.',
    });
    for (const UserName of ['b', 'A', 'c']) await remove('Crew', UserName);
    await iam.send(new DeleteGroupCommand({ GroupName: 'Crew' }));
    expect(await refusal(iam.send(new GetGroupCommand({ GroupName: 'Crew' })))).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: 'The group with name Crew cannot be found.',
    });
  });

  test('is refused under a name that is taken', async () => {
    await make('Twice');
    await make('Other');
    for (const call of [
      () => make('tWICE'),
      () => iam.send(new UpdateGroupCommand({ GroupName: 'Other', NewGroupName: 'tWICE' })),
    ]) {
      expect(await refusal(call())).toEqual({
        name: 'EntityAlreadyExistsException',
        status: 409,
        message: 'Group with name tWICE already exists.',
      });
    }
  });

  test('is listed by path', async () => {
    for (const name of ['z', 'Y']) await make(name, '/listed/');
    const { Groups } = await iam.send(new ListGroupsCommand({ PathPrefix: '/listed/' }));
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['Y', 'z']);
    const Marker = 'dXNlcnMKYQ'; // of another list
    expect(await refusal(iam.send(new ListGroupsCommand({ Marker })))).toMatchObject({
      name: 'ValidationError',
    });
  });

  test.for(['', 'a b', 'x'.repeat(129)])('cannot be called `%s`', async (name) => {
    expect(await refusal(make(name))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('under a path with a deny is out of reach by its plain name too', async () => {
    const own = await userWith(
      daypass,
      'climber',
      allow('iam:*'),
      deny('iam:*', `arn:aws:iam::${account}:group/admins/*`),
    );
    await make('Admins', '/admins/');
    for (const command of [
      new AddUserToGroupCommand({ GroupName: 'Admins', UserName: 'climber' }),
      new AddUserToGroupCommand({ GroupName: 'admins', UserName: 'climber' }),
    ]) {
      expect(await refusal(own.send(command))).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
    await make('Plain', '/plain/');
    const inward = new UpdateGroupCommand({ GroupName: 'Plain', NewPath: '/admins/' });
    expect(await refusal(own.send(inward))).toMatchObject({ name: 'AccessDenied', status: 403 });
    const rename = new UpdateGroupCommand({ GroupName: 'aDMINS', NewPath: '/free/' });
    expect(await refusal(own.send(rename))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });
});

describe('a membership', () => {
  test('counts once, and ends at once', async () => {
    await make('Readers');
    const PolicyDocument = policy(allow('iam:GetUser'));
    await iam.send(new PutGroupPolicyCommand({ GroupName: 'Readers', PolicyName: 'p', PolicyDocument }));
    const own = await userWith(daypass, 'reader');
    await add('Readers', 'reader');
    await add('readers', 'READER');
    await own.send(new GetUserCommand({}));
    const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName: 'reader' }));
    expect(Groups?.map(({ GroupName }) => GroupName)).toEqual(['Readers']);
    await remove('Readers', 'reader');
    expect(await refusal(own.send(new GetUserCommand({})))).toMatchObject({ name: 'AccessDenied' });
    expect(await refusal(remove('Readers', 'reader'))).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: 'User reader is not in group Readers.',
    });
  });

  test('is one of ten at most, however many are added at once', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'joiner' }));
    const names = Array.from({ length: 12 }, (_, index) => `g${index}`);
    await Promise.all(names.map((name) => make(name)));
    const all = await Promise.allSettled(names.map((name) => add(name, 'joiner')));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName: 'joiner' }));
    expect(Groups).toHaveLength(10);
    const reason = all.find((each) => each.status === 'rejected')?.reason;
    expect(reason).toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for GroupsPerUser: 10',
    });
  });

  test('needs a user and a group that exist', async () => {
    await make('Lonely');
    expect(await refusal(add('Lonely', 'nobody'))).toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The user with name nobody cannot be found.',
    });
    expect(await refusal(add('Nowhere', 'admin'))).toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The group with name Nowhere cannot be found.',
    });
    const listing = iam.send(new ListGroupsForUserCommand({ UserName: 'nobody' }));
    expect(await refusal(listing)).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  });
});
