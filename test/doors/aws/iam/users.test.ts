import {
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPermissionsBoundaryCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  type IAMClient,
  ListUsersCommand,
  ListUserTagsCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { accessKeyOf, allow, deny, eventNames, policy, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const notFound = (name: string) => ({
  name: 'NoSuchEntityException',
  status: 404,
  message: `The user with name ${name} cannot be found.`,
});

describe('CreateUser', () => {
  test('gives the user as it is read back, tags and boundary included', async () => {
    const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    const { User } = await iam.send(
      new CreateUserCommand({
        UserName: 'Anna',
        Path: '/team/',
        PermissionsBoundary: boundary,
        Tags: [{ Key: 'Cost', Value: '' }],
      }),
    );
    expect(User).toEqual({
      UserName: 'Anna',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Path: '/team/',
      Arn: `arn:aws:iam::${account}:user/team/Anna`,
      CreateDate: expect.any(Date),
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: boundary },
      Tags: [{ Key: 'Cost', Value: '' }],
    });
    expect((await iam.send(new GetUserCommand({ UserName: 'aNNA' }))).User).toEqual(User);
  });

  test('refuses a name that differs from another in case alone', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'Bert' }));
    expect(await refusal(iam.send(new CreateUserCommand({ UserName: 'bERT' })))).toEqual({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'User with name bERT already exists.',
    });
  });

  test('of 20 at once with one name lets one through, with one event', async () => {
    const before = (await eventNames(daypass)).length;
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => iam.send(new CreateUserCommand({ UserName: 'racer' }))),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = all.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []));
    expect(new Set(reasons)).toEqual(new Set(['EntityAlreadyExistsException']));
    expect((await eventNames(daypass)).slice(before)).toEqual(['CreateUser']);
  });

  test.for([
    ['x'.repeat(65), undefined],
    ['a b', undefined],
    ['a/b', undefined],
    ['ok', 'team/'],
    ['ok', '/team'],
    ['ok', '/a b/'],
  ] as const)('refuses the name `%s` under the path `%s`', async ([UserName, Path]) => {
    const input = Path === undefined ? { UserName } : { UserName, Path };
    expect(await refusal(iam.send(new CreateUserCommand(input)))).toMatchObject({
      name: 'ValidationError',
      status: 400,
    });
  });

  test.for([
    [
      [
        { Key: 'a', Value: '1' },
        { Key: 'A', Value: '2' },
      ],
      'InvalidInputException',
    ],
    [[{ Key: 'aws:a', Value: '1' }], 'InvalidInputException'],
  ] as const)('refuses the tags %j', async ([Tags, name]) => {
    const failed = await refusal(iam.send(new CreateUserCommand({ UserName: 'tagged', Tags: [...Tags] })));
    expect(failed).toMatchObject({ name, status: 400 });
    expect(await refusal(iam.send(new GetUserCommand({ UserName: 'tagged' })))).toEqual(notFound('tagged'));
  });

  test('refuses a boundary that does not exist, and makes nothing', async () => {
    const boundary = `arn:aws:iam::${account}:policy/none`;
    const call = iam.send(new CreateUserCommand({ UserName: 'unbound', PermissionsBoundary: boundary }));
    expect(await refusal(call)).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: `Policy ${boundary} does not exist or is not attachable.`,
    });
    expect(await refusal(iam.send(new GetUserCommand({ UserName: 'unbound' })))).toEqual(notFound('unbound'));
  });
});

describe('GetUser', () => {
  test('without a name shows the caller', async () => {
    const { User } = await iam.send(new GetUserCommand({}));
    expect(User?.Arn).toBe(`arn:aws:iam::${account}:user/admin`);
  });

  test('refuses a name that nobody has', async () => {
    expect(await refusal(iam.send(new GetUserCommand({ UserName: 'nobody' })))).toEqual(notFound('nobody'));
  });
});

describe('ListUsers', () => {
  beforeAll(async () => {
    for (const name of ['p1', 'P2', 'p3']) {
      await iam.send(new CreateUserCommand({ UserName: name, Path: '/pages/' }));
    }
    await iam.send(new CreateUserCommand({ UserName: 'p4', Path: '/pages-other/' }));
  });

  test('pages through a path in order of the names without case', async () => {
    const first = await iam.send(new ListUsersCommand({ PathPrefix: '/pages/', MaxItems: 2 }));
    expect(first.Users?.map(({ UserName }) => UserName)).toEqual(['p1', 'P2']);
    expect(first.IsTruncated).toBe(true);
    const second = await iam.send(
      new ListUsersCommand({ PathPrefix: '/pages/', MaxItems: 2, Marker: first.Marker }),
    );
    expect(second.Users?.map(({ UserName }) => UserName)).toEqual(['p3']);
    expect(second).toMatchObject({ IsTruncated: false });
    expect(second.Marker).toBeUndefined();
  });

  test('takes a prefix that ends inside a path element; pages go by path, then name', async () => {
    const { Users } = await iam.send(new ListUsersCommand({ PathPrefix: '/pages' }));
    expect(Users?.map(({ UserName }) => UserName)).toEqual(['p4', 'p1', 'P2', 'p3']);
  });

  test.for(['%', 'AAAA', '!', 'cm9sZXMKeA'])('refuses the marker `%s`', async (Marker) => {
    expect(await refusal(iam.send(new ListUsersCommand({ Marker })))).toEqual({
      name: 'ValidationError',
      status: 400,
      message: 'Invalid Marker.',
    });
  });

  test.for([0, 1001])('refuses %d items a page', async (MaxItems) => {
    expect(await refusal(iam.send(new ListUsersCommand({ MaxItems })))).toMatchObject({
      name: 'ValidationError',
      status: 400,
    });
  });
});

describe('UpdateUser', () => {
  test('renames and moves, and keeps the unique id', async () => {
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'carl' }));
    await iam.send(new UpdateUserCommand({ UserName: 'carl', NewUserName: 'Carla', NewPath: '/new/' }));
    expect((await iam.send(new GetUserCommand({ UserName: 'carla' }))).User).toEqual({
      ...User,
      UserName: 'Carla',
      Path: '/new/',
      Arn: `arn:aws:iam::${account}:user/new/Carla`,
    });
    expect(await refusal(iam.send(new GetUserCommand({ UserName: 'carl' })))).toEqual(notFound('carl'));
  });

  test('refuses a name that is taken', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'dora' }));
    const call = iam.send(new UpdateUserCommand({ UserName: 'dora', NewUserName: 'ADMIN' }));
    expect(await refusal(call)).toMatchObject({ name: 'EntityAlreadyExistsException', status: 409 });
  });

  test('refuses a move to where the caller may not change users', async () => {
    const own = await userWith(
      daypass,
      'mover',
      allow('iam:*'),
      deny('iam:UpdateUser', 'arn:aws:iam::*:user/kept/*'),
    );
    await iam.send(new CreateUserCommand({ UserName: 'moved' }));
    const call = own.send(new UpdateUserCommand({ UserName: 'moved', NewPath: '/kept/' }));
    expect(await refusal(call)).toMatchObject({ name: 'AccessDenied', status: 403 });
    await own.send(new UpdateUserCommand({ UserName: 'moved', NewPath: '/free/' }));
  });
});

describe('DeleteUser', () => {
  test('refuses while the user has a key or a policy, and then deletes', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'emil' }));
    const { accessKeyId } = await accessKeyOf(iam, 'emil');
    const remove = () => iam.send(new DeleteUserCommand({ UserName: 'emil' }));
    expect(await refusal(remove())).toEqual({
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must delete access keys first.',
    });
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'emil', AccessKeyId: accessKeyId }));
    const own = { UserName: 'emil', PolicyName: 'p' };
    await iam.send(new PutUserPolicyCommand({ ...own, PolicyDocument: policy(allow('s3:*')) }));
    expect(await refusal(remove())).toEqual({
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must delete policies first.',
    });
    await iam.send(new DeleteUserPolicyCommand(own));
    await remove();
    expect(await refusal(remove())).toEqual(notFound('emil'));
  });

  test('frees the name: who takes it next has another unique id', async () => {
    const first = await iam.send(new CreateUserCommand({ UserName: 'fritz' }));
    await iam.send(new DeleteUserCommand({ UserName: 'fritz' }));
    const second = await iam.send(new CreateUserCommand({ UserName: 'fritz' }));
    expect(second.User?.UserId).not.toBe(first.User?.UserId);
  });
});

describe('tags of a user', () => {
  test('are added, replaced without case, listed and removed', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'gina' }));
    const UserName = 'gina';
    await iam.send(
      new TagUserCommand({
        UserName,
        Tags: [
          { Key: 'Team', Value: 'a' },
          { Key: 'cost', Value: 'b' },
        ],
      }),
    );
    await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'TEAM', Value: 'c' }] }));
    const { Tags, Marker } = await iam.send(new ListUserTagsCommand({ UserName, MaxItems: 1 }));
    expect(Tags).toEqual([{ Key: 'TEAM', Value: 'c' }]);
    const rest = await iam.send(new ListUserTagsCommand({ UserName, Marker }));
    expect(rest).toMatchObject({ Tags: [{ Key: 'cost', Value: 'b' }], IsTruncated: false });
    await iam.send(new UntagUserCommand({ UserName, TagKeys: ['team', 'never'] }));
    expect((await iam.send(new GetUserCommand({ UserName }))).User?.Tags).toEqual([
      { Key: 'cost', Value: 'b' },
    ]);
  });

  test('are fifty at most', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'hans' }));
    const Tags = Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: 'v' }));
    await iam.send(new TagUserCommand({ UserName: 'hans', Tags }));
    const more = iam.send(new TagUserCommand({ UserName: 'hans', Tags: [{ Key: 'more', Value: 'v' }] }));
    expect(await refusal(more)).toMatchObject({ name: 'LimitExceededException', status: 409 });
  });
});

describe("a user's boundary", () => {
  test('takes away at once what it does not allow, and gives it back when it is removed', async () => {
    const own = await userWith(daypass, 'ida', allow('iam:GetUser'));
    await own.send(new GetUserCommand({}));
    const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    await iam.send(new PutUserPermissionsBoundaryCommand({ UserName: 'ida', PermissionsBoundary: boundary }));
    const failed = await refusal(own.send(new GetUserCommand({})));
    expect(failed).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(failed.message).toContain('because no permissions boundary allows the iam:GetUser action');
    await iam.send(new DeleteUserPermissionsBoundaryCommand({ UserName: 'ida' }));
    await own.send(new GetUserCommand({}));
  });
});
