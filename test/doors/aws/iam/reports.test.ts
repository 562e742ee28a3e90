/** What IAM tells of last uses: of keys and roles, in the credential report, and service by service. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GenerateCredentialReportCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetCredentialReportCommand,
  GetRoleCommand,
  GetServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsWithEntitiesCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Credentials } from '../../../helpers/daypass.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../../helpers/scenario.ts';

let scenario: Scenario;
let iam: IAMClient;
let alice: Credentials;
let role: string;

beforeAll(async () => {
  scenario = await startScenario();
  iam = scenario.daypass.iam();
  alice = await scenario.makeUser('alice', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  role = await scenario.makeRole('plain', {
    Principal: { AWS: `arn:aws:iam::${scenario.daypass.bootstrap.accountId}:root` },
    Action: 'sts:AssumeRole',
  });
});

afterAll(() => scenario.stop());

/** The trail is drained about a second later. */
const soon = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 20_000, interval: 100 });

const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
};

describe('last used', () => {
  test('a key is told with service and region once it has been used, and before that as never', async () => {
    const unused = await scenario.makeUser('unused');
    const ask = (key: Credentials) =>
      iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId }));
    expect(await ask(unused)).toMatchObject({
      UserName: 'unused',
      AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' },
    });
    expect((await ask(unused)).AccessKeyLastUsed?.LastUsedDate).toBeUndefined();
    await scenario.daypass.sts(alice).send(new GetCallerIdentityCommand({}));
    await soon(async () =>
      expect(await ask(alice)).toMatchObject({
        UserName: 'alice',
        AccessKeyLastUsed: { ServiceName: 'sts', Region: 'us-east-1', LastUsedDate: expect.any(Date) },
      }),
    );
  });

  test('nobody without permission learns whose a key is, nor that there is one', async () => {
    const messageOf = async (AccessKeyId: string) => {
      const asked = scenario.daypass.iam(alice).send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
      return String(await asked.catch((error: Error) => error)).replace(/ Encoded.*/, '');
    };
    const known = await messageOf(scenario.daypass.bootstrap.admin.accessKeyId);
    expect(known).toContain('AccessDenied');
    expect(known).not.toContain('admin');
    expect(await messageOf('AKIAIOSFODNN7EXAMPLE')).toBe(known);
  });

  test('an unknown key is refused', async () => {
    for (const AccessKeyId of ['AKIAIOSFODNN7EXAMPLE', 'ASIAIOSFODNN7EXAMPLE']) {
      expect(await codeOf(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId })))).toBe(
        'NoSuchEntityException',
      );
    }
  });

  test("a role is told with its sessions' last use, alone and among the account's details", async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
    });
    await iam.send(new CreateRoleCommand({ RoleName: 'idle', AssumeRolePolicyDocument }));
    const ask = async (RoleName: string) =>
      (await iam.send(new GetRoleCommand({ RoleName }))).Role?.RoleLastUsed;
    expect(await ask('idle')).toEqual({});
    const assumed = await scenario.daypass
      .sts(alice)
      .send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'al' }));
    await scenario.daypass.sts(credentialsFrom(assumed.Credentials)).send(new GetCallerIdentityCommand({}));
    const used = { LastUsedDate: expect.any(Date), Region: 'us-east-1' };
    await soon(async () => expect(await ask('plain')).toEqual(used));
    const { RoleDetailList } = await iam.send(
      new GetAccountAuthorizationDetailsCommand({ Filter: ['Role'] }),
    );
    const told = RoleDetailList?.map((each) => [each.RoleName, each.RoleLastUsed]);
    expect(told).toEqual(
      expect.arrayContaining([
        ['plain', used],
        ['idle', {}],
      ]),
    );
  });
});

describe('the credential report', () => {
  const generate = async () => (await iam.send(new GenerateCredentialReportCommand({}))).State;
  const get = () => iam.send(new GetCredentialReportCommand({}));

  test('is begun, complete, kept for four hours, and then begun anew', async () => {
    expect(await codeOf(get())).toBe('CredentialReportNotPresentException');
    expect(await generate()).toBe('STARTED');
    expect(await generate()).toBe('COMPLETE');
    const report = await get();
    expect(report).toMatchObject({ ReportFormat: 'text/csv', GeneratedTime: expect.any(Date) });
    const lines = new TextDecoder().decode(report.Content).split('\n');
    expect(lines.map((line) => line.split(',')[0])).toEqual([
      'user',
      '<root_account>',
      'admin',
      'alice',
      'unused',
    ]);
    expect(lines[3]).toMatch(
      /,false,N\/A,N\/A,N\/A,false,true,[^,]*\+00:00,[^,]*\+00:00,us-east-1,(?:sts|iam),false,/,
    );
    await iam.send(new CreateUserCommand({ UserName: 'later' }));
    expect(await generate()).toBe('COMPLETE');
    expect((await get()).Content).toEqual(report.Content);
    await scenario.daypass.advance(4 * 3600 + 1);
    expect(await codeOf(get())).toBe('CredentialReportExpiredException');
    expect(await generate()).toBe('STARTED');
    expect(new TextDecoder().decode((await get()).Content)).toContain('\nlater,');
  });

  test('is for who is allowed alone', async () => {
    const nobody = scenario.daypass.iam(alice);
    expect(await codeOf(nobody.send(new GenerateCredentialReportCommand({})))).toBe('AccessDenied');
    expect(await codeOf(nobody.send(new GetCredentialReportCommand({})))).toBe('AccessDenied');
  });
});

describe('services last accessed', () => {
  const userArn = (name: string) => `arn:aws:iam::${scenario.daypass.bootstrap.accountId}:user/${name}`;
  const jobFor = async (Arn: string, Granularity?: 'ACTION_LEVEL') =>
    (await iam.send(new GenerateServiceLastAccessedDetailsCommand({ Arn, Granularity }))).JobId ?? '';
  const details = (JobId: string, over = {}) =>
    iam.send(new GetServiceLastAccessedDetailsCommand({ JobId, ...over }));

  test('a user has those that its policies allow, used and unused, action by action where asked', async () => {
    const bert = await scenario.makeUser('bert', {
      Effect: 'Allow',
      Action: ['iam:Get*', 's3:GetObject', 'sts:*'],
      Resource: '*',
    });
    await scenario.daypass.sts(bert).send(new GetCallerIdentityCommand({}));
    const arn = userArn('bert');
    const JobId = await jobFor(arn, 'ACTION_LEVEL');
    const found = await soon(async () => {
      const answer = await details(JobId);
      expect(answer.ServicesLastAccessed?.[2]?.LastAuthenticated).toBeInstanceOf(Date);
      return answer;
    });
    expect(found).toMatchObject({ JobStatus: 'COMPLETED', JobType: 'ACTION_LEVEL', IsTruncated: false });
    expect(found.ServicesLastAccessed).toEqual([
      {
        ServiceName: 'AWS Identity and Access Management',
        ServiceNamespace: 'iam',
        TotalAuthenticatedEntities: 0,
        TrackedActionsLastAccessed: [],
      },
      {
        ServiceName: 's3',
        ServiceNamespace: 's3',
        TotalAuthenticatedEntities: 0,
        TrackedActionsLastAccessed: [],
      },
      {
        ServiceName: 'AWS Security Token Service',
        ServiceNamespace: 'sts',
        LastAuthenticated: expect.any(Date),
        LastAuthenticatedEntity: arn,
        LastAuthenticatedRegion: 'us-east-1',
        TotalAuthenticatedEntities: 1,
        TrackedActionsLastAccessed: [
          {
            ActionName: 'GetCallerIdentity',
            LastAccessedEntity: arn,
            LastAccessedTime: expect.any(Date),
            LastAccessedRegion: 'us-east-1',
          },
        ],
      },
    ]);
    const page = await details(JobId, { MaxItems: 1 });
    expect(page).toMatchObject({ IsTruncated: true, ServicesLastAccessed: [{ ServiceNamespace: 'iam' }] });
    const next = await details(JobId, { MaxItems: 1, Marker: page.Marker });
    expect(next.ServicesLastAccessed?.[0]?.ServiceNamespace).toBe('s3');
  });

  test("a group has its members, and a policy whoever has it, groups' members too", async () => {
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'watch',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: { Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' },
        }),
      }),
    );
    await iam.send(new CreateGroupCommand({ GroupName: 'team' }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'team', UserName: 'bert' }));
    const PolicyArn = Policy?.Arn ?? '';
    const before = await jobFor(PolicyArn);
    expect((await details(before)).ServicesLastAccessed).toMatchObject([{ TotalAuthenticatedEntities: 0 }]);
    await iam.send(new AttachGroupPolicyCommand({ GroupName: 'team', PolicyArn }));
    const group = `arn:aws:iam::${scenario.daypass.bootstrap.accountId}:group/team`;
    for (const arn of [PolicyArn, group]) {
      const JobId = await jobFor(arn);
      expect((await details(JobId)).ServicesLastAccessed).toMatchObject([
        { ServiceNamespace: 'sts', TotalAuthenticatedEntities: 1, LastAuthenticatedEntity: userArn('bert') },
      ]);
      const { EntityDetailsList } = await iam.send(
        new GetServiceLastAccessedDetailsWithEntitiesCommand({ JobId, ServiceNamespace: 'sts' }),
      );
      expect(EntityDetailsList).toEqual([
        {
          EntityInfo: {
            Arn: userArn('bert'),
            Name: 'bert',
            Type: 'USER',
            Id: expect.stringMatching(/^AIDA/),
            Path: '/',
          },
          LastAuthenticated: expect.any(Date),
        },
      ]);
    }
  });

  test('what does not exist, and who may not ask, are refused', async () => {
    const { accountId } = scenario.daypass.bootstrap;
    expect(await codeOf(jobFor(userArn('nobody')))).toBe('NoSuchEntityException');
    expect(await codeOf(jobFor(`arn:aws:iam::${accountId}:policy/none`))).toBe('NoSuchEntityException');
    expect(await codeOf(jobFor('arn:aws:iam::999999999999:user/alice'))).toBe('AccessDenied');
    expect(await codeOf(jobFor(`arn:aws:iam::${accountId}:mfa/device`))).toBe('InvalidInputException');
    expect(await codeOf(details('00000000-0000-4000-8000-000000000000'))).toBe('NoSuchEntityException');
    const Arn = userArn('alice');
    const asked = scenario.daypass.iam(alice).send(new GenerateServiceLastAccessedDetailsCommand({ Arn }));
    expect(await codeOf(asked)).toBe('AccessDenied');
  });
});
