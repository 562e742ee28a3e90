import {
  AddRoleToInstanceProfileCommand,
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  CreateGroupCommand,
  CreateInstanceProfileCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsCommandInput,
  type IAMClient,
  PutGroupPolicyCommand,
  PutUserPolicyCommand,
  paginateGetAccountAuthorizationDetails,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, policy, refusal, userWith } from './support.ts';

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
const DOCUMENT = policy(allow('s3:Get*', 'arn:aws:s3:::a b/*'));
const SECOND = policy(allow('s3:*'));
const TRUST = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });

let daypass: Daypass;
let iam: IAMClient;
let own: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  own = `arn:aws:iam::${daypass.bootstrap.accountId}`;
  await iam.send(
    new CreatePolicyCommand({ PolicyName: 'Local', Path: '/p/', Description: 'd', PolicyDocument: DOCUMENT }),
  );
  const version = { PolicyArn: `${own}:policy/p/Local`, PolicyDocument: SECOND, SetAsDefault: true };
  await iam.send(new CreatePolicyVersionCommand(version));
  await iam.send(
    new CreateUserCommand({
      UserName: 'Uma',
      Path: '/u/',
      PermissionsBoundary: `${own}:policy/p/Local`,
      Tags: [{ Key: 'a', Value: 'b' }],
    }),
  );
  for (const PolicyName of ['second', 'First']) {
    await iam.send(new PutUserPolicyCommand({ UserName: 'Uma', PolicyName, PolicyDocument: DOCUMENT }));
  }
  for (const GroupName of ['Zoo', 'ants']) {
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AddUserToGroupCommand({ GroupName, UserName: 'Uma' }));
  }
  await iam.send(new PutGroupPolicyCommand({ GroupName: 'Zoo', PolicyName: 'in', PolicyDocument: DOCUMENT }));
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'Zoo', PolicyArn: `${own}:policy/p/Local` }));
  const role = { RoleName: 'Rita', AssumeRolePolicyDocument: TRUST };
  await iam.send(new CreateRoleCommand(role));
  const profile = { InstanceProfileName: 'machines' };
  await iam.send(new CreateInstanceProfileCommand(profile));
  await iam.send(new AddRoleToInstanceProfileCommand({ ...profile, RoleName: 'Rita' }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'Rita', PolicyArn: READ_ONLY }));
});
afterAll(() => daypass.stop());

const details = (input: GetAccountAuthorizationDetailsCommandInput = {}, client = iam) =>
  client.send(new GetAccountAuthorizationDetailsCommand(input));
const encoded = (document: string) => encodeURIComponent(document).replaceAll('*', '%2A');

describe('the authorization details', () => {
  test('tell of a user all that speaks for it', async () => {
    const { UserDetailList } = await details({ Filter: ['User'] });
    expect(UserDetailList?.map(({ UserName }) => UserName)).toEqual([
      daypass.bootstrap.admin.userName,
      'Uma',
    ]);
    expect(UserDetailList?.[1]).toEqual({
      Path: '/u/',
      UserName: 'Uma',
      UserId: expect.stringMatching(/^AIDA/),
      Arn: `${own}:user/u/Uma`,
      CreateDate: expect.any(Date),
      UserPolicyList: [
        { PolicyName: 'First', PolicyDocument: encoded(DOCUMENT) },
        { PolicyName: 'second', PolicyDocument: encoded(DOCUMENT) },
      ],
      GroupList: ['ants', 'Zoo'],
      AttachedManagedPolicies: [],
      PermissionsBoundary: {
        PermissionsBoundaryType: 'Policy',
        PermissionsBoundaryArn: `${own}:policy/p/Local`,
      },
      Tags: [{ Key: 'a', Value: 'b' }],
    });
  });

  test('tell of groups and roles', async () => {
    const { GroupDetailList, RoleDetailList } = await details({ Filter: ['Group', 'Role'] });
    expect(GroupDetailList).toEqual([
      {
        Path: '/',
        GroupName: 'ants',
        GroupId: expect.stringMatching(/^AGPA/),
        Arn: `${own}:group/ants`,
        CreateDate: expect.any(Date),
        GroupPolicyList: [],
        AttachedManagedPolicies: [],
      },
      {
        Path: '/',
        GroupName: 'Zoo',
        GroupId: expect.stringMatching(/^AGPA/),
        Arn: `${own}:group/Zoo`,
        CreateDate: expect.any(Date),
        GroupPolicyList: [{ PolicyName: 'in', PolicyDocument: encoded(DOCUMENT) }],
        AttachedManagedPolicies: [{ PolicyName: 'Local', PolicyArn: `${own}:policy/p/Local` }],
      },
    ]);
    expect(RoleDetailList).toEqual([
      expect.objectContaining({
        RoleName: 'Rita',
        RoleId: expect.stringMatching(/^AROA/),
        AssumeRolePolicyDocument: encoded(TRUST),
        InstanceProfileList: [
          expect.objectContaining({
            InstanceProfileName: 'machines',
            Roles: [expect.objectContaining({ RoleName: 'Rita' })],
          }),
        ],
        RolePolicyList: [],
        AttachedManagedPolicies: [{ PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY }],
      }),
    ]);
  });

  test("tell of the account's policies with every version, and of AWS's own that are in use", async () => {
    const { Policies, UserDetailList } = await details({
      Filter: ['LocalManagedPolicy', 'AWSManagedPolicy'],
    });
    expect(UserDetailList).toEqual([]);
    expect(Policies?.map(({ PolicyName }) => PolicyName)).toEqual([
      'Local',
      'AdministratorAccess',
      'ReadOnlyAccess',
    ]);
    expect(Policies?.[0]).toEqual({
      PolicyName: 'Local',
      PolicyId: expect.stringMatching(/^ANPA/),
      Arn: `${own}:policy/p/Local`,
      Path: '/p/',
      DefaultVersionId: 'v2',
      AttachmentCount: 1,
      PermissionsBoundaryUsageCount: 1,
      IsAttachable: true,
      Description: 'd',
      CreateDate: expect.any(Date),
      UpdateDate: expect.any(Date),
      PolicyVersionList: [
        {
          Document: encoded(SECOND),
          VersionId: 'v2',
          IsDefaultVersion: true,
          CreateDate: expect.any(Date),
        },
        {
          Document: encoded(DOCUMENT),
          VersionId: 'v1',
          IsDefaultVersion: false,
          CreateDate: expect.any(Date),
        },
      ],
    });
  });

  test.for([1, 2, 3, 100])('are the same in pages of %d', async (MaxItems) => {
    const names: (string | undefined)[] = [];
    for await (const page of paginateGetAccountAuthorizationDetails({ client: iam }, { MaxItems })) {
      const here = [
        ...(page.UserDetailList ?? []).map(({ UserName }) => UserName),
        ...(page.GroupDetailList ?? []).map(({ GroupName }) => GroupName),
        ...(page.RoleDetailList ?? []).map(({ RoleName }) => RoleName),
        ...(page.Policies ?? []).map(({ PolicyName }) => PolicyName),
      ];
      expect(here.length).toBeLessThanOrEqual(MaxItems);
      names.push(...here);
    }
    expect(names).toEqual([
      ...[daypass.bootstrap.admin.userName, 'Uma', 'ants', 'Zoo', 'Rita'],
      ...['Local', 'AdministratorAccess', 'ReadOnlyAccess'],
    ]);
  });

  test('are refused for a kind or a marker that there is not', async () => {
    const kind = details({ Filter: ['Robot' as 'User'] });
    expect(await refusal(kind)).toMatchObject({ name: 'ValidationError', status: 400 });
    for (const Marker of ['stray', 'cm9sZXMKeA']) {
      expect(await refusal(details({ Marker }))).toMatchObject({
        name: 'ValidationError',
        message: 'Invalid Marker.',
      });
    }
  });

  test('are not for everybody', async () => {
    const reader = await userWith(daypass, 'reader', allow('iam:Get*', 'arn:aws:iam::*:user/*'));
    expect(await refusal(details({}, reader))).toMatchObject({ name: 'AccessDenied', status: 403 });
  });
});
