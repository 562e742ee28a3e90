/** What IAM tells of last uses: of keys and roles, in the credential report, and service by service. */
import {
  CreateRoleCommand,
  CreateUserCommand,
  GenerateCredentialReportCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetCredentialReportCommand,
  GetRoleCommand,
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
const soon = <T>(look: () => Promise<T>): Promise<T> => vi.waitFor(look, { timeout: 10_000, interval: 100 });

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
