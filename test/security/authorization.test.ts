import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  GetGroupCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetUserCommand,
  type IAMClient,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  TagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, deny, policy, refusal, userWith } from '../doors/aws/iam/support.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { credentialsFrom } from '../helpers/scenario.ts';

let daypass: Daypass;
let admin: IAMClient;
let account: string;

beforeAll(async () => {
  daypass = await startDaypass();
  admin = daypass.iam();
  account = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

const rootTrust = (): string =>
  policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
  });

describe('a resource has one ARN', () => {
  const HOST = 'idp.example.com/tenant';
  let arn: string;

  beforeAll(async () => {
    const { CreateOpenIDConnectProviderCommand } = await import('@aws-sdk/client-iam');
    const made = await admin.send(
      new CreateOpenIDConnectProviderCommand({ Url: `https://${HOST}`, ClientIDList: ['app'] }),
    );
    arn = made.OpenIDConnectProviderArn ?? '';
  });

  test('a deny on a provider cannot be walked around by another spelling of its ARN', async () => {
    const mallory = await userWith(daypass, 'mallory', allow('iam:*'), deny('iam:*', arn));
    const spellings = [
      arn.replace('arn:aws:', 'arn:aws-cn:'),
      arn.replace(':iam::', ':iam:us-east-1:'),
      arn.replace('arn:aws:iam::', 'arn:x:iam:y:'),
    ];
    for (const OpenIDConnectProviderArn of spellings) {
      const calls = [
        new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
        new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'evil' }),
        new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [{ Key: 'a', Value: 'b' }] }),
        new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
      ];
      for (const call of calls) {
        expect(await refusal(mallory.send(call as never))).toMatchObject({
          name: 'NoSuchEntityException',
          status: 404,
        });
      }
    }
    const held = await admin.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    expect(held.ClientIDList).toEqual(['app']);
    expect(
      await refusal(mallory.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))),
    ).toMatchObject({ name: 'AccessDenied', status: 403 });
  });
});

describe('a refusal does not tell what exists', () => {
  /** Without the sealed explanation and with the asked name put aside. */
  const wordsOf = async (call: Promise<unknown>, asked: string) =>
    (await refusal(call)).message
      .replace(/\. Encoded authorization failure message: .*$/, '')
      .replaceAll(asked, 'NAME');

  test('whoever may do nothing learns neither names nor paths', async () => {
    await admin.send(new CreateUserCommand({ UserName: 'HiddenUser', Path: '/secret/team/' }));
    await admin.send(new CreateGroupCommand({ GroupName: 'HiddenGroup', Path: '/secret/team/' }));
    await admin.send(
      new CreateRoleCommand({
        RoleName: 'HiddenRole',
        Path: '/secret/team/',
        AssumeRolePolicyDocument: rootTrust(),
      }),
    );
    const nobody = await userWith(daypass, 'nobody');
    const calls: readonly ((name: string) => Promise<unknown>)[] = [
      (UserName) => nobody.send(new GetUserCommand({ UserName })),
      (GroupName) => nobody.send(new GetGroupCommand({ GroupName })),
      (RoleName) => nobody.send(new GetRoleCommand({ RoleName })),
    ];
    for (const [index, call] of calls.entries()) {
      const kind = ['User', 'Group', 'Role'][index] ?? '';
      const absent = await wordsOf(call(`Absent${kind}`), `Absent${kind}`);
      for (const asked of [`Hidden${kind}`, `hidden${kind.toLowerCase()}`]) {
        expect(await wordsOf(call(asked), asked)).toBe(absent);
      }
    }
  });
});

describe('sessions', () => {
  test('a session policy limits what its session does to IAM and whom it becomes', async () => {
    await admin.send(new CreateUserCommand({ UserName: 'target' }));
    const made = await admin.send(
      new CreateRoleCommand({ RoleName: 'powerful', AssumeRolePolicyDocument: rootTrust() }),
    );
    const { PutRolePolicyCommand } = await import('@aws-sdk/client-iam');
    await admin.send(
      new PutRolePolicyCommand({
        RoleName: 'powerful',
        PolicyName: 'all',
        PolicyDocument: policy(allow('*')),
      }),
    );
    const limited = await daypass.sts().send(
      new AssumeRoleCommand({
        RoleArn: made.Role?.Arn,
        RoleSessionName: 'limited',
        Policy: policy(allow('s3:GetObject')),
      }),
    );
    const credentials = credentialsFrom(limited.Credentials);
    const iam = daypass.iam(credentials);
    const sts = daypass.sts(credentials);
    const denied = { name: 'AccessDenied', status: 403 };
    expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName: 'target' })))).toMatchObject(denied);
    expect(
      await refusal(
        iam.send(
          new PutUserPolicyCommand({
            UserName: 'target',
            PolicyName: 'all',
            PolicyDocument: policy(allow('*')),
          }),
        ),
      ),
    ).toMatchObject(denied);
    expect(
      await refusal(
        sts.send(new AssumeRoleCommand({ RoleArn: made.Role?.Arn, RoleSessionName: 'unlimited' })),
      ),
    ).toMatchObject(denied);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      `arn:aws:sts::${account}:assumed-role/powerful/limited`,
    );
  });

  test('the sessions of a deleted role end, also when another takes its name', async () => {
    const input = { RoleName: 'reborn', AssumeRolePolicyDocument: rootTrust() };
    const made = await admin.send(new CreateRoleCommand(input));
    const begun = await daypass
      .sts()
      .send(new AssumeRoleCommand({ RoleArn: made.Role?.Arn, RoleSessionName: 'first' }));
    const sts = daypass.sts(credentialsFrom(begun.Credentials));
    await sts.send(new GetCallerIdentityCommand({}));
    await admin.send(new DeleteRoleCommand({ RoleName: 'reborn' }));
    const gone = { name: 'InvalidClientTokenId', status: 403 };
    expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toMatchObject(gone);
    await admin.send(new CreateRoleCommand(input));
    expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toMatchObject(gone);
  });
});

describe('names', () => {
  test.for([' admin', 'admin ', 'ad min', 'аdmin', 'admin\u200b', 'ａdmin', 'admin/../x', 'admin\u0000'])(
    'a user cannot be called %j',
    async (UserName) => {
      expect(await refusal(admin.send(new CreateUserCommand({ UserName })))).toMatchObject({ status: 400 });
    },
  );

  test('a user cannot be called like another one in other letters', async () => {
    for (const UserName of ['ADMIN', 'Admin', 'aDmIn']) {
      expect(await refusal(admin.send(new CreateUserCommand({ UserName })))).toMatchObject({
        name: 'EntityAlreadyExistsException',
      });
    }
  });
});

describe('who is not authenticated', () => {
  test('cannot name the user whose key is to be made', async () => {
    const body = new URLSearchParams({
      ...{ Action: 'CreateAccessKey', Version: '2010-05-08', UserName: 'admin', userId: 'admin' },
    });
    const answer = await daypass.fetch('/', { method: 'POST', body });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  test.for([
    'Action=GetCallerIdentity&Action=CreateUser&Version=2010-05-08',
    'Action=GetCallerIdentity&Version=2011-06-15&%41ction=GetCallerIdentity',
    'Version=2011-06-15&Action=GetCallerIdentity&Version=2010-05-08',
  ])('a parameter given twice is refused before anything is read of it: %s', async (form) => {
    for (const [path, init] of [
      ['/', { method: 'POST', body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
      [`/?${form}`, { method: 'GET' }],
    ] as const) {
      const answer = await daypass.fetch(path, init);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('<Code>MalformedQueryString</Code>');
    }
  });

  test('a parameter in the query and in the body is refused', async () => {
    const answer = await daypass.fetch('/?Action=GetCallerIdentity', {
      method: 'POST',
      body: new URLSearchParams({ Action: 'GetCallerIdentity', Version: '2011-06-15' }),
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<Code>MalformedQueryString</Code>');
  });
});

describe('trust in issuers of many tenants', () => {
  const trust = (over: object): string =>
    policy({
      Effect: 'Allow',
      Principal: {
        Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...over,
    });
  const KEY = 'token.actions.githubusercontent.com';

  test.for([
    {},
    { Condition: { StringEquals: { [`${KEY}:aud`]: 'sts.amazonaws.com' } } },
    { Condition: { StringLike: { [`${KEY}:sub`]: '*' } } },
    { Condition: { StringLike: { [`${KEY}:sub`]: 'repo:*' } } },
    { Condition: { StringLike: { [`${KEY}:sub`]: 'repo:octo*' } } },
    { Condition: { StringLike: { [`${KEY}:sub`]: ['repo:octo/app:*', '*'] } } },
    { Condition: { StringEqualsIfExists: { [`${KEY}:sub`]: 'repo:octo/app:ref:refs/heads/main' } } },
    { Condition: { 'ForAllValues:StringLike': { [`${KEY}:sub`]: 'repo:octo/app:*' } } },
    { Condition: { StringNotEquals: { [`${KEY}:sub`]: 'repo:octo/app:x' } } },
    { Condition: { Null: { [`${KEY}:sub`]: 'false' } } },
    { Action: 'sts:*' },
    { Action: 'STS:AssumeRoleWith*' },
    { Action: undefined, NotAction: 'sts:AssumeRole' },
    { Principal: { Federated: 'TOKEN.actions.githubusercontent.com' } },
  ])('is refused where it says not whose tokens are meant: %j', async (over) => {
    const made = await refusal(
      admin.send(new CreateRoleCommand({ RoleName: 'open', AssumeRolePolicyDocument: trust(over) })),
    );
    expect(made).toMatchObject({ name: 'MalformedPolicyDocumentException', status: 400 });
  });

  test('cannot be widened later either, and is taken where it says so', async () => {
    const closed = trust({ Condition: { StringLike: { [`${KEY}:sub`]: 'repo:octo/app:*' } } });
    await admin.send(new CreateRoleCommand({ RoleName: 'closed', AssumeRolePolicyDocument: closed }));
    expect(
      await refusal(
        admin.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'closed', PolicyDocument: trust({}) })),
      ),
    ).toMatchObject({ name: 'MalformedPolicyDocumentException' });
  });
});

describe('accounts', () => {
  test('the simulator does not answer out of the trust policy of a role of another account', async () => {
    const other = '999988887777';
    const roleArn = `arn:aws:iam::${other}:role/partner`;
    const foreign = policy({
      Effect: 'Allow',
      Principal: { AWS: account },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'their-secret-id' } },
    });
    const { results } = await daypass.d1.prepare("SELECT * FROM roles WHERE name = 'powerful'").all();
    const [row] = results;
    const copy: Record<string, unknown> = {
      ...row,
      ...{ account_id: other, role_id: 'AROAOTHERACCOUNT12345', name: 'partner', name_key: 'partner' },
      trust_document: foreign,
    };
    const columns = Object.keys(copy);
    await daypass.d1
      .prepare(`INSERT INTO roles (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
      .bind(...Object.values(copy))
      .run();
    const ask = async (ExternalId: string, RoleArn: string) => {
      const { EvaluationResults } = await admin.send(
        new SimulateCustomPolicyCommand({
          PolicyInputList: [policy(allow('sts:AssumeRole'))],
          ActionNames: ['sts:AssumeRole'],
          ResourceArns: [RoleArn],
          ContextEntries: [
            { ContextKeyName: 'sts:ExternalId', ContextKeyType: 'string', ContextKeyValues: [ExternalId] },
          ],
        }),
      );
      const [result] = EvaluationResults ?? [];
      return {
        decision: result?.EvalDecision,
        missing: result?.MissingContextValues,
        by: result?.MatchedStatements,
      };
    };
    const absent = await ask('guess', `arn:aws:iam::${other}:role/absent`);
    expect(await ask('guess', roleArn)).toEqual(absent);
    expect(await ask('their-secret-id', roleArn)).toEqual(absent);
    expect(absent.decision).toBe('implicitDeny');
  });
});
