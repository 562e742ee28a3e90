import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  type IAMClient,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { accessKeyOf, allow, policy, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const trusting = (...principals: readonly string[]): string =>
  policy({ Effect: 'Allow', Principal: { AWS: principals }, Action: 'sts:AssumeRole' });

const ownRoot = () => `arn:aws:iam::${account}:root`;

const make = (RoleName: string, AssumeRolePolicyDocument = trusting(ownRoot())) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));

/** Whom the role's trust policy is shown to name. */
async function shownPrincipals(RoleName: string): Promise<unknown> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const document = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''));
  return document.Statement[0].Principal.AWS;
}

describe('CreateRole', () => {
  test('gives the role as it is read back, its trust policy percent-encoded', async () => {
    const text = trusting(ownRoot());
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'Full',
        Path: '/ops/',
        AssumeRolePolicyDocument: text,
        Description: 'über alles',
        MaxSessionDuration: 7200,
        PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        Tags: [{ Key: 'a', Value: 'b' }],
      }),
    );
    expect(Role).toEqual({
      RoleName: 'Full',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Path: '/ops/',
      Arn: `arn:aws:iam::${account}:role/ops/Full`,
      CreateDate: expect.any(Date),
      AssumeRolePolicyDocument: encodeURIComponent(text),
      Description: 'über alles',
      MaxSessionDuration: 7200,
      PermissionsBoundary: {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
      },
      Tags: [{ Key: 'a', Value: 'b' }],
    });
    expect((await iam.send(new GetRoleCommand({ RoleName: 'fULL' }))).Role).toEqual({
      ...Role,
      RoleLastUsed: {},
    });
  });

  test('refuses a name that differs from another in case alone', async () => {
    await make('Twice');
    expect(await refusal(make('tWICE'))).toEqual({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'Role with name tWICE already exists.',
    });
  });

  test.for([
    ['no JSON', '{', 'MalformedPolicyDocumentException'],
    ['a resource', policy(allow('sts:AssumeRole')), 'MalformedPolicyDocumentException'],
    [
      'everybody of GitHub',
      policy({
        Effect: 'Allow',
        Principal: { Federated: 'token.actions.githubusercontent.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
      }),
      'MalformedPolicyDocumentException',
    ],
    [
      'more than 2,048 characters',
      policy({
        Sid: 'a'.repeat(2048),
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'sts:AssumeRole',
      }),
      'LimitExceededException',
    ],
  ] as const)('refuses a trust policy with %s', async ([, document, name]) => {
    expect(await refusal(make('Refused', document))).toMatchObject({ name });
    expect(await refusal(iam.send(new GetRoleCommand({ RoleName: 'Refused' })))).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: 'The role with name Refused cannot be found.',
    });
  });

  test.for([3599, 43_201])('refuses sessions of %d seconds', async (MaxSessionDuration) => {
    const input = { RoleName: 'Long', AssumeRolePolicyDocument: trusting(ownRoot()), MaxSessionDuration };
    expect(await refusal(iam.send(new CreateRoleCommand(input)))).toMatchObject({
      name: 'ValidationError',
      status: 400,
    });
  });
});

describe('a principal of a trust policy', () => {
  test('that does not exist here is refused', async () => {
    for (const name of ['user/ghost', 'role/ghost', 'user/wrong/path/admin', 'user/ADMIN']) {
      const principal = `arn:aws:iam::${account}:${name}`;
      expect(await refusal(make('Haunted', trusting(principal)))).toEqual({
        name: 'MalformedPolicyDocumentException',
        status: 400,
        message: `Invalid principal in policy: "AWS":"${principal}"`,
      });
    }
  });

  test('of an account that is not held here is taken as it is', async () => {
    const foreign = 'arn:aws:iam::999988887777:role/anything';
    await make('Foreign', trusting(foreign));
    expect(await shownPrincipals('Foreign')).toEqual([foreign]);
  });

  test('is shown by its new name after a rename', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'old' }));
    await make('Renamed', trusting(`arn:aws:iam::${account}:user/old`));
    await iam.send(new UpdateUserCommand({ UserName: 'old', NewUserName: 'new', NewPath: '/p/' }));
    expect(await shownPrincipals('Renamed')).toEqual([`arn:aws:iam::${account}:user/p/new`]);
  });

  test('that is gone is shown as its unique id, and who takes its name inherits nothing', async () => {
    const assume = (sts: STSClient) =>
      sts.send(
        new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/Pinned`, RoleSessionName: 'session' }),
      );
    const ARN = `arn:aws:iam::${account}:user/pinned`;
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'pinned' }));
    const key = await accessKeyOf(iam, 'pinned');
    await make('Pinned', trusting(ARN));
    expect(await shownPrincipals('Pinned')).toEqual([ARN]);
    await assume(daypass.sts(key));

    await iam.send(new DeleteAccessKeyCommand({ UserName: 'pinned', AccessKeyId: key.accessKeyId }));
    await iam.send(new DeleteUserCommand({ UserName: 'pinned' }));
    expect(await shownPrincipals('Pinned')).toEqual([User?.UserId]);

    await iam.send(new CreateUserCommand({ UserName: 'pinned' }));
    const heir = daypass.sts(await accessKeyOf(iam, 'pinned'));
    expect(await refusal(assume(heir))).toMatchObject({ name: 'AccessDenied', status: 403 });
    expect(await shownPrincipals('Pinned')).toEqual([User?.UserId]);
    const { Roles } = await iam.send(new ListRolesCommand({}));
    const listed = Roles?.find(({ RoleName }) => RoleName === 'Pinned')?.AssumeRolePolicyDocument;
    expect(decodeURIComponent(listed ?? '')).toContain(`"${User?.UserId}"`);

    // what is shown cannot be saved again: the id names nobody
    expect(await refusal(make('Again', trusting(User?.UserId ?? '')))).toMatchObject({
      name: 'MalformedPolicyDocumentException',
    });
    // naming the ARN again means the heir
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Pinned', PolicyDocument: trusting(ARN) }));
    await assume(heir);
  });
});

describe('ListRoles', () => {
  test('pages through a path', async () => {
    for (const RoleName of ['r3', 'R1', 'r2']) {
      const AssumeRolePolicyDocument = trusting(ownRoot());
      await iam.send(new CreateRoleCommand({ RoleName, Path: '/pages/', AssumeRolePolicyDocument }));
    }
    const first = await iam.send(new ListRolesCommand({ PathPrefix: '/pages/', MaxItems: 2 }));
    expect(first.Roles?.map(({ RoleName }) => RoleName)).toEqual(['R1', 'r2']);
    const { Marker, IsTruncated } = first;
    expect(IsTruncated).toBe(true);
    const second = await iam.send(new ListRolesCommand({ PathPrefix: '/pages/', MaxItems: 2, Marker }));
    expect(second.Roles?.map(({ RoleName }) => RoleName)).toEqual(['r3']);
    expect(second.IsTruncated).toBe(false);
  });
});

describe('changes of a role', () => {
  test('alter only what they name', async () => {
    await make('Changed');
    const show = async () => (await iam.send(new GetRoleCommand({ RoleName: 'Changed' }))).Role;
    const before = await show();
    await iam.send(new UpdateRoleCommand({ RoleName: 'Changed', MaxSessionDuration: 4000 }));
    await iam.send(new UpdateRoleCommand({ RoleName: 'Changed', Description: 'one' }));
    await iam.send(new UpdateRoleCommand({ RoleName: 'Changed' }));
    expect(await show()).toEqual({ ...before, MaxSessionDuration: 4000, Description: 'one' });
    const { Role } = await iam.send(
      new UpdateRoleDescriptionCommand({ RoleName: 'Changed', Description: 'two' }),
    );
    expect(Role?.Description).toBe('two');
  });

  test('of a role without a boundary leave a boundary alone', async () => {
    await make('Kept');
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'Kept', PermissionsBoundary }));
    await iam.send(new UpdateRoleCommand({ RoleName: 'Kept' }));
    const show = async () => (await iam.send(new GetRoleCommand({ RoleName: 'Kept' }))).Role;
    expect((await show())?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundary);
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'Kept' }));
    expect((await show())?.PermissionsBoundary).toBeUndefined();
  });

  test('of one that does not exist are refused', async () => {
    const calls = [
      iam.send(new UpdateRoleCommand({ RoleName: 'none' })),
      iam.send(new UpdateRoleDescriptionCommand({ RoleName: 'none', Description: 'x' })),
      iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'none', PolicyDocument: trusting(ownRoot()) })),
      iam.send(new DeleteRoleCommand({ RoleName: 'none' })),
      iam.send(new TagRoleCommand({ RoleName: 'none', Tags: [{ Key: 'a', Value: 'b' }] })),
      iam.send(new UntagRoleCommand({ RoleName: 'none', TagKeys: ['a'] })),
      iam.send(new ListRoleTagsCommand({ RoleName: 'none' })),
      iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'none' })),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toEqual({
        name: 'NoSuchEntityException',
        status: 404,
        message: 'The role with name none cannot be found.',
      });
    }
  });

  test('by tags are seen by policies at once', async () => {
    await make('Tagged');
    const own = await userWith(daypass, 'tagger', {
      ...allow('iam:GetRole'),
      Condition: { StringEquals: { 'iam:ResourceTag/team': 'a', 'aws:ResourceTag/team': 'a' } },
    });
    const look = () => own.send(new GetRoleCommand({ RoleName: 'Tagged' }));
    expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
    await iam.send(new TagRoleCommand({ RoleName: 'Tagged', Tags: [{ Key: 'team', Value: 'a' }] }));
    expect((await look()).Role?.RoleName).toBe('Tagged');
    await iam.send(new UntagRoleCommand({ RoleName: 'Tagged', TagKeys: ['TEAM'] }));
    expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
  });
});

describe('DeleteRole', () => {
  test('refuses while a policy is attached', async () => {
    await make('Held');
    const held = { RoleName: 'Held', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' };
    await iam.send(new AttachRolePolicyCommand(held));
    expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'Held' })))).toEqual({
      name: 'DeleteConflictException',
      status: 409,
      message: 'Cannot delete entity, must detach all policies first.',
    });
    await iam.send(new DetachRolePolicyCommand(held));
    await iam.send(new DeleteRoleCommand({ RoleName: 'Held' }));
    expect(await refusal(iam.send(new GetRoleCommand({ RoleName: 'Held' })))).toMatchObject({ status: 404 });
  });
});
