import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteUserCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  ListUsersCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UntagUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { iam as api } from '../../../../src/doors/aws/iam/index.ts';
import { type Credentials, type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { accessKeyOf, allow, deny, eventNames, policy, refusal, signedForm, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const denied = { name: 'AccessDenied', status: 403 };

describe('every IAM action', () => {
  test.for([...api.actions.keys()])('%s is refused to an unsigned caller', async (name) => {
    const body = new URLSearchParams({ Action: name, Version: '2010-05-08' });
    const answer = await daypass.fetch('/', { method: 'POST', body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test.for([...api.actions.keys()])(
    '%s is refused to a user without policies, by its own name',
    async (name) => {
      const answer = await call(name, await plainKey());
      const text = await answer.text();
      expect(text).toContain('<Code>AccessDenied</Code>');
      expect(text).toContain(`is not authorized to perform: iam:${name} on resource: `);
      expect(answer.status).toBe(403);
    },
  );
});

/** A good value of every parameter that any action requires; an action ignores those of others. */
const PARAMETERS = {
  ...{
    UserName: 'somebody',
    GroupName: 'some',
    RoleName: 'some',
    InstanceProfileName: 'some',
    PolicyName: 'some',
    AccountAlias: 'some',
  },
  ...{ PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess', VersionId: 'v1', Description: 'some' },
  PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  PolicyDocument: policy(allow('s3:*')),
  AssumeRolePolicyDocument: policy(allow('s3:*')),
  ...{ AccessKeyId: 'AKIAQFZVGZ6OIZKW2P4A', Status: 'Active', ClientID: 'some' },
  ...{ 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': 'b', 'TagKeys.member.1': 'a' },
  ...{ Url: 'https://idp.example.com', 'ThumbprintList.member.1': 'a'.repeat(40) },
  ...{ Name: 'some', SAMLMetadataDocument: 'x'.repeat(1000), GlobalEndpointTokenVersion: 'v2Token' },
  ...{ VirtualMFADeviceName: 'some', AuthenticationCode1: '123456', AuthenticationCode2: '123457' },
  ...{ Password: 'some', OldPassword: 'some', NewPassword: 'some' },
  ...{ JobId: '00000000-0000-4000-8000-000000000000', ServiceNamespace: 's3', TagKey: 'a' },
  ...{ 'ActionNames.member.1': 's3:GetObject', 'PolicyInputList.member.1': policy(allow('s3:*')) },
};

let made: Promise<Credentials> | undefined;
const plainKey = () => {
  made ??= iam.send(new CreateUserCommand({ UserName: 'plain' })).then(() => accessKeyOf(iam, 'plain'));
  return made;
};

/** Calls any action with every parameter there is. */
async function call(name: string, key: Credentials): Promise<Response> {
  const own = `arn:aws:iam::${account}`;
  const form = new URLSearchParams({
    ...{ Action: name, Version: '2010-05-08', ...PARAMETERS },
    OpenIDConnectProviderArn: `${own}:oidc-provider/idp.example.com`,
    SAMLProviderArn: `${own}:saml-provider/some`,
    SerialNumber: `${own}:mfa/some`,
    PolicySourceArn: `${own}:user/somebody`,
    ...{ Arn: `${own}:user/somebody`, 'ServiceNamespaces.member.1': 's3' },
  });
  return signedForm(daypass, key, form);
}

describe('a user in a path', () => {
  test('is told apart by that path, however its name is written', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'Boss', Path: '/board/' }));
    const own = await userWith(
      daypass,
      'clerk',
      allow('iam:*'),
      deny('iam:*', `arn:aws:iam::${account}:user/board/*`),
    );
    for (const UserName of ['Boss', 'boss', 'BOSS']) {
      const calls = [
        own.send(new GetUserCommand({ UserName })),
        own.send(new DeleteUserCommand({ UserName })),
        own.send(new CreateAccessKeyCommand({ UserName })),
        own.send(
          new AttachUserPolicyCommand({ UserName, PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }),
        ),
        own.send(
          new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(allow('s3:*')) }),
        ),
      ];
      for (const refused of await Promise.all(calls.map(refusal))) expect(refused).toMatchObject(denied);
    }
    const elsewhere = new CreateUserCommand({ UserName: 'x', Path: '/board/' });
    expect(await refusal(own.send(elsewhere))).toMatchObject(denied);
  });

  test('that does not exist is told so only to who may ask', async () => {
    const own = await userWith(daypass, 'guesser');
    const ask = new GetUserCommand({ UserName: 'nobody' });
    expect(await refusal(own.send(ask))).toMatchObject(denied);
    expect(await refusal(iam.send(ask))).toMatchObject({ name: 'NoSuchEntityException' });
  });
});

describe('condition keys', () => {
  test('of tags: what a request brings and takes away', async () => {
    const own = await userWith(daypass, 'tagger', {
      Effect: 'Allow',
      Action: ['iam:CreateUser', 'iam:TagUser', 'iam:UntagUser'],
      Resource: '*',
      Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } },
    });
    await iam.send(new CreateUserCommand({ UserName: 'target' }));
    const UserName = 'target';
    await own.send(new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'a' }] }));
    const other = new TagUserCommand({ UserName, Tags: [{ Key: 'role', Value: 'a' }] });
    expect(await refusal(own.send(other))).toMatchObject(denied);
    const both = new UntagUserCommand({ UserName, TagKeys: ['team', 'role'] });
    expect(await refusal(own.send(both))).toMatchObject(denied);
    await own.send(new UntagUserCommand({ UserName, TagKeys: ['team'] }));
  });

  test('of a requested tag', async () => {
    const own = await userWith(daypass, 'maker', {
      ...allow('iam:CreateUser'),
      Condition: { StringEquals: { 'aws:RequestTag/team': 'a' } },
    });
    const make = (UserName: string, Value: string) =>
      own.send(new CreateUserCommand({ UserName, Tags: [{ Key: 'team', Value }] }));
    await make('made', 'a');
    expect(await refusal(make('unmade', 'b'))).toMatchObject(denied);
    expect(await refusal(own.send(new CreateUserCommand({ UserName: 'untagged' })))).toMatchObject(denied);
  });

  test('of the policy that is attached', async () => {
    const own = await userWith(daypass, 'attacher', {
      ...allow('iam:AttachUserPolicy'),
      Condition: { ArnEquals: { 'iam:PolicyARN': 'arn:aws:iam::aws:policy/ReadOnlyAccess' } },
    });
    const attach = (name: string) =>
      own.send(
        new AttachUserPolicyCommand({ UserName: 'attacher', PolicyArn: `arn:aws:iam::aws:policy/${name}` }),
      );
    await attach('ReadOnlyAccess');
    expect(await refusal(attach('AdministratorAccess'))).toMatchObject(denied);
  });

  test('of the boundary: who may make users only within one cannot escape it', async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: 'Limit', PolicyDocument: policy(allow('iam:GetUser')) }),
    );
    const PermissionsBoundary = Policy?.Arn ?? '';
    const own = await userWith(daypass, 'delegate', {
      ...allow(['iam:CreateUser', 'iam:PutUserPolicy', 'iam:PutUserPermissionsBoundary']),
      Condition: { StringEquals: { 'iam:PermissionsBoundary': PermissionsBoundary } },
    });
    await own.send(new CreateUserCommand({ UserName: 'inner', PermissionsBoundary }));
    expect(await refusal(own.send(new CreateUserCommand({ UserName: 'outer' })))).toMatchObject(denied);
    const all = { PolicyName: 'all', PolicyDocument: policy(allow('*')) };
    await own.send(new PutUserPolicyCommand({ UserName: 'inner', ...all }));
    for (const command of [
      new PutUserPolicyCommand({ UserName: 'admin', ...all }),
      new PutUserPolicyCommand({ UserName: 'delegate', ...all }),
      new PutUserPermissionsBoundaryCommand({
        UserName: 'inner',
        PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
    ]) {
      const call = own.send(command as PutUserPolicyCommand); // the commands differ in their answers alone
      expect(await refusal(call)).toMatchObject(denied);
    }
  });
});

describe('a role session', () => {
  test('has no user name to leave out', async () => {
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'worker',
        AssumeRolePolicyDocument: policy({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    const { Credentials } = await daypass.sts().send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${account}:role/worker`,
        RoleSessionName: 'session',
      }),
    );
    const own = daypass.iam({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    });
    expect(await refusal(own.send(new GetUserCommand({})))).toEqual({
      name: 'ValidationError',
      status: 400,
      message: 'Must specify userName when calling with non-User credentials',
    });
  });
});

describe('the trail', () => {
  test('has one event of each change and none of a refused one', async () => {
    const before = (await eventNames(daypass)).length;
    await iam.send(new CreateUserCommand({ UserName: 'trailed' }));
    await refusal(iam.send(new CreateUserCommand({ UserName: 'TRAILED' })));
    await iam.send(new DeleteUserCommand({ UserName: 'trailed' }));
    await refusal(iam.send(new DeleteUserCommand({ UserName: 'trailed' })));
    expect((await eventNames(daypass)).slice(before)).toEqual(['CreateUser', 'DeleteUser']);
  });

  test('never has the secret of a key', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'secretive' }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'secretive' }));
    const { results } = await daypass.d1.prepare('SELECT body FROM audit_events').all<{ body: string }>();
    const bodies = results.map(({ body }) => body).join('\n');
    expect(bodies).toContain(AccessKey?.AccessKeyId);
    expect(bodies).not.toContain(AccessKey?.SecretAccessKey);
    expect(daypass.logs.join('\n')).not.toContain(AccessKey?.SecretAccessKey);
  });
});

test('with the database out of reach an action is refused for now, not failed', async () => {
  await iam.send(new ListUsersCommand({}));
  await daypass.setD1Reachable(false);
  try {
    expect(await refusal(iam.send(new ListUsersCommand({})))).toMatchObject({
      name: 'ServiceUnavailable',
      status: 503,
    });
    const calls = [
      iam.send(new CreateUserCommand({ UserName: 'lost' })),
      iam.send(new ListAccessKeysCommand({})),
      iam.send(new CreateAccessKeyCommand({})),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) {
      expect(refused).toMatchObject({ name: 'ServiceUnavailable', status: 503 });
    }
  } finally {
    await daypass.setD1Reachable(true);
  }
  expect(await refusal(iam.send(new GetUserCommand({ UserName: 'lost' })))).toMatchObject({
    name: 'NoSuchEntityException',
  });
});
