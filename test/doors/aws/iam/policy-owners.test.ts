import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteGroupPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetGroupPolicyCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  GetUserPolicyCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListAttachedRolePoliciesCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupPoliciesCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
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
  await iam.send(new CreateUserCommand({ UserName: 'Owner' }));
  await iam.send(new CreateGroupCommand({ GroupName: 'Owner' }));
  await iam.send(new CreateRoleCommand({ RoleName: 'Owner', AssumeRolePolicyDocument: trust() }));
});
afterAll(() => daypass.stop());

const trust = () =>
  policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  });
const READ = policy(allow('iam:GetUser'));

type Named = { readonly PolicyName: string };
type Attached = { readonly PolicyArn: string };

/** The same calls for each kind of owner. */
const KINDS = [
  {
    type: 'user',
    maxCharacters: 2048,
    quota: 'PoliciesPerUser',
    put: (name: string, input: Named & { PolicyDocument: string }) =>
      iam.send(new PutUserPolicyCommand({ UserName: name, ...input })),
    get: (name: string, input: Named) => iam.send(new GetUserPolicyCommand({ UserName: name, ...input })),
    list: (name: string, input: object = {}) =>
      iam.send(new ListUserPoliciesCommand({ UserName: name, ...input })),
    remove: (name: string, input: Named) =>
      iam.send(new DeleteUserPolicyCommand({ UserName: name, ...input })),
    attach: (name: string, input: Attached) =>
      iam.send(new AttachUserPolicyCommand({ UserName: name, ...input })),
    detach: (name: string, input: Attached) =>
      iam.send(new DetachUserPolicyCommand({ UserName: name, ...input })),
    attached: (name: string, input: object = {}) =>
      iam.send(new ListAttachedUserPoliciesCommand({ UserName: name, ...input })),
  },
  {
    type: 'group',
    maxCharacters: 5120,
    quota: 'PoliciesPerGroup',
    put: (name: string, input: Named & { PolicyDocument: string }) =>
      iam.send(new PutGroupPolicyCommand({ GroupName: name, ...input })),
    get: (name: string, input: Named) => iam.send(new GetGroupPolicyCommand({ GroupName: name, ...input })),
    list: (name: string, input: object = {}) =>
      iam.send(new ListGroupPoliciesCommand({ GroupName: name, ...input })),
    remove: (name: string, input: Named) =>
      iam.send(new DeleteGroupPolicyCommand({ GroupName: name, ...input })),
    attach: (name: string, input: Attached) =>
      iam.send(new AttachGroupPolicyCommand({ GroupName: name, ...input })),
    detach: (name: string, input: Attached) =>
      iam.send(new DetachGroupPolicyCommand({ GroupName: name, ...input })),
    attached: (name: string, input: object = {}) =>
      iam.send(new ListAttachedGroupPoliciesCommand({ GroupName: name, ...input })),
  },
  {
    type: 'role',
    maxCharacters: 10_240,
    quota: 'PoliciesPerRole',
    put: (name: string, input: Named & { PolicyDocument: string }) =>
      iam.send(new PutRolePolicyCommand({ RoleName: name, ...input })),
    get: (name: string, input: Named) => iam.send(new GetRolePolicyCommand({ RoleName: name, ...input })),
    list: (name: string, input: object = {}) =>
      iam.send(new ListRolePoliciesCommand({ RoleName: name, ...input })),
    remove: (name: string, input: Named) =>
      iam.send(new DeleteRolePolicyCommand({ RoleName: name, ...input })),
    attach: (name: string, input: Attached) =>
      iam.send(new AttachRolePolicyCommand({ RoleName: name, ...input })),
    detach: (name: string, input: Attached) =>
      iam.send(new DetachRolePolicyCommand({ RoleName: name, ...input })),
    attached: (name: string, input: object = {}) =>
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName: name, ...input })),
  },
];

describe.each(KINDS)('inline policies of a $type', ({ type, maxCharacters, ...kind }) => {
  test('are put, replaced, read, listed and deleted', async () => {
    await kind.put('owner', { PolicyName: 'P', PolicyDocument: policy(allow('s3:*')) });
    await kind.put('owner', { PolicyName: 'p', PolicyDocument: READ });
    await kind.put('owner', { PolicyName: 'Q', PolicyDocument: READ });
    expect(await kind.get('owner', { PolicyName: 'p' })).toMatchObject({
      [`${type[0]?.toUpperCase()}${type.slice(1)}Name`]: 'Owner',
      PolicyName: 'P',
      PolicyDocument: encodeURIComponent(READ).replaceAll('*', '%2A'),
    });
    const first = await kind.list('owner', { MaxItems: 1 });
    expect(first).toMatchObject({ PolicyNames: ['P'], IsTruncated: true });
    expect(await kind.list('owner', { Marker: first.Marker })).toMatchObject({
      PolicyNames: ['Q'],
      IsTruncated: false,
    });
    for (const PolicyName of ['P', 'Q']) await kind.remove('owner', { PolicyName });
    expect(await refusal(kind.remove('owner', { PolicyName: 'P' }))).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: `The ${type} policy with name P of ${type} owner cannot be found.`,
    });
    expect(await refusal(kind.get('owner', { PolicyName: 'P' }))).toMatchObject({ status: 404 });
  });

  test('fit their size together, white space not counted, however many write at once', async () => {
    const filled = (PolicyName: string, characters: number) => {
      const bare = policy({ ...allow('s3:*'), Sid: '' });
      const PolicyDocument = policy({ ...allow('s3:*'), Sid: 'x'.repeat(characters - bare.length) });
      return { PolicyName, PolicyDocument: `${PolicyDocument}${' '.repeat(500)}` };
    };
    await kind.put('owner', filled('whole', maxCharacters));
    expect(await refusal(kind.put('owner', filled('whole', maxCharacters + 1)))).toEqual({
      name: 'LimitExceededException',
      status: 409,
      message: `Maximum policy size of ${maxCharacters} bytes exceeded for ${type} Owner`,
    });
    await kind.remove('owner', { PolicyName: 'whole' });
    const quarter = Math.floor(maxCharacters / 4);
    const all = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => kind.put('owner', filled(`q${index}`, quarter))),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    const { PolicyNames = [] } = await kind.list('owner');
    expect(PolicyNames).toHaveLength(4);
    for (const PolicyName of PolicyNames) await kind.remove('owner', { PolicyName });
  });

  test('are refused where the document or the owner is wrong', async () => {
    const bad = policy({ Effect: 'Allow', Action: 's3:*' });
    expect(await refusal(kind.put('owner', { PolicyName: 'p', PolicyDocument: bad }))).toMatchObject({
      name: 'MalformedPolicyDocumentException',
      status: 400,
    });
    const calls = [
      kind.put('nobody', { PolicyName: 'p', PolicyDocument: READ }),
      kind.get('nobody', { PolicyName: 'p' }),
      kind.list('nobody'),
      kind.remove('nobody', { PolicyName: 'p' }),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toEqual({
        name: 'NoSuchEntityException',
        status: 404,
        message: `The ${type} with name nobody cannot be found.`,
      });
    }
  });
});

describe.each(KINDS)('managed policies of a $type', ({ type, quota, ...kind }) => {
  const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

  test('are attached once, listed in pages and detached', async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: `Own-${type}`, Path: '/own/', PolicyDocument: READ }),
    );
    const own = Policy?.Arn ?? '';
    for (const PolicyArn of [READ_ONLY, own, own]) await kind.attach('owner', { PolicyArn });
    const all = [
      { PolicyName: `Own-${type}`, PolicyArn: own },
      { PolicyName: 'ReadOnlyAccess', PolicyArn: READ_ONLY },
    ];
    expect((await kind.attached('owner')).AttachedPolicies).toEqual(all);
    expect((await kind.attached('owner', { PathPrefix: '/own/' })).AttachedPolicies).toEqual([all[0]]);
    const first = await kind.attached('owner', { MaxItems: 1 });
    expect(first).toMatchObject({ AttachedPolicies: [all[0]], IsTruncated: true });
    expect(await kind.attached('owner', { Marker: first.Marker })).toMatchObject({
      AttachedPolicies: [all[1]],
      IsTruncated: false,
    });
    for (const PolicyArn of [READ_ONLY, own]) await kind.detach('owner', { PolicyArn });
    expect(await refusal(kind.detach('owner', { PolicyArn: own }))).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: `Policy ${own} was not found.`,
    });
  });

  test('are ten at most, however many attach at once', async () => {
    const arns = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const PolicyName = `many-${type}-${index}`;
        const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: READ }));
        return Policy?.Arn ?? '';
      }),
    );
    const all = await Promise.allSettled(arns.map((PolicyArn) => kind.attach('owner', { PolicyArn })));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    const { AttachedPolicies = [] } = await kind.attached('owner');
    expect(AttachedPolicies).toHaveLength(10);
    expect(await refusal(kind.attach('owner', { PolicyArn: READ_ONLY }))).toEqual({
      name: 'LimitExceededException',
      status: 409,
      message: `Cannot exceed quota for ${quota}: 10`,
    });
    for (const { PolicyArn = '' } of AttachedPolicies) await kind.detach('owner', { PolicyArn });
  });

  test('are refused where policy or owner do not exist', async () => {
    for (const PolicyArn of [
      `arn:aws:iam::${account}:policy/none`,
      'arn:aws:iam::aws:policy/NoSuchAccess',
      'arn:aws:iam::999988887777:policy/foreign',
      'no ARN of anything at all',
    ]) {
      expect(await refusal(kind.attach('owner', { PolicyArn }))).toEqual({
        name: 'NoSuchEntityException',
        status: 404,
        message: `Policy ${PolicyArn} does not exist or is not attachable.`,
      });
    }
    for (const call of [kind.attach, kind.detach]) {
      expect(await refusal(call('nobody', { PolicyArn: READ_ONLY }))).toEqual({
        name: 'NoSuchEntityException',
        status: 404,
        message: `The ${type} with name nobody cannot be found.`,
      });
    }
    expect((await kind.attached('owner')).AttachedPolicies).toEqual([]);
  });
});

test('who holds a policy is listed: groups, then roles, then users, boundaries apart', async () => {
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'Shared', PolicyDocument: READ }));
  const PolicyArn = Policy?.Arn ?? '';
  for (const { attach } of KINDS) await attach('owner', { PolicyArn });
  await iam.send(new CreateUserCommand({ UserName: 'bounded', Path: '/b/' }));
  await iam.send(
    new PutUserPermissionsBoundaryCommand({ UserName: 'bounded', PermissionsBoundary: PolicyArn }),
  );
  const holders = async (input: object = {}) => {
    const found = await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn, ...input }));
    return {
      names: [
        ...(found.PolicyGroups ?? []).map((each) => `group ${each.GroupName}`),
        ...(found.PolicyRoles ?? []).map((each) => `role ${each.RoleName}`),
        ...(found.PolicyUsers ?? []).map((each) => `user ${each.UserName}`),
      ],
      Marker: found.Marker,
    };
  };
  expect((await holders()).names).toEqual(['group Owner', 'role Owner', 'user bounded', 'user Owner']);
  expect((await holders({ EntityFilter: 'Role' })).names).toEqual(['role Owner']);
  expect((await holders({ PolicyUsageFilter: 'PermissionsBoundary' })).names).toEqual(['user bounded']);
  expect((await holders({ PathPrefix: '/b/' })).names).toEqual(['user bounded']);
  const collected: string[] = [];
  for (
    let page = await holders({ MaxItems: 1 });
    ;
    page = await holders({ MaxItems: 1, Marker: page.Marker })
  ) {
    collected.push(...page.names);
    if (page.Marker === undefined) break;
  }
  expect(collected).toEqual(['group Owner', 'role Owner', 'user bounded', 'user Owner']);
  const none = new ListEntitiesForPolicyCommand({ PolicyArn: `${PolicyArn}x` });
  expect(await refusal(iam.send(none))).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
});

test("a group's policies decide for its members at once, and a deny beats the user's own", async () => {
  const own = await userWith(daypass, 'member');
  const look = () => own.send(new GetUserCommand({}));
  await iam.send(new CreateGroupCommand({ GroupName: 'Readers' }));
  await iam.send(new AddUserToGroupCommand({ GroupName: 'Readers', UserName: 'member' }));
  expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
  const put = (PolicyName: string, PolicyDocument: string) =>
    iam.send(new PutGroupPolicyCommand({ GroupName: 'Readers', PolicyName, PolicyDocument }));
  await put('allow', READ);
  await look();
  await put('deny', policy(deny('iam:GetUser')));
  expect((await refusal(look())).message).toContain('with an explicit deny');
  await iam.send(new DeleteGroupPolicyCommand({ GroupName: 'Readers', PolicyName: 'deny' }));
  await look();
  await iam.send(new DeleteGroupPolicyCommand({ GroupName: 'Readers', PolicyName: 'allow' }));
  const PolicyArn = 'arn:aws:iam::aws:policy/IAMReadOnlyAccess';
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'Readers', PolicyArn }));
  await look();
  await iam.send(new DetachGroupPolicyCommand({ GroupName: 'Readers', PolicyArn }));
  expect(await refusal(look())).toMatchObject({ name: 'AccessDenied' });
});
