import {
  CreateAccountAliasCommand,
  CreateGroupCommand,
  CreateUserCommand,
  DeleteAccountAliasCommand,
  DeleteUserCommand,
  GetAccountSummaryCommand,
  type IAMClient,
  ListAccountAliasesCommand,
  SetSecurityTokenServicePreferencesCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
});
afterAll(() => daypass.stop());

describe('the alias', () => {
  const create = (AccountAlias: string) => iam.send(new CreateAccountAliasCommand({ AccountAlias }));
  const remove = (AccountAlias: string) => iam.send(new DeleteAccountAliasCommand({ AccountAlias }));
  const list = async () => (await iam.send(new ListAccountAliasesCommand({}))).AccountAliases;

  test('is one: a new one takes the place of the old', async () => {
    expect(await list()).toEqual([]);
    await create('first-alias');
    await create('second');
    expect(await list()).toEqual(['second']);
    expect(await refusal(remove('first-alias'))).toEqual({
      name: 'NoSuchEntityException',
      status: 404,
      message: 'The account alias first-alias cannot be found.',
    });
    await remove('second');
    expect(await list()).toEqual([]);
  });

  test.for(['ab', 'Upper', '-a-', 'a--b', 'x'.repeat(64), 'with space', 'ä-b'])(
    'cannot be `%s`',
    async (alias) => {
      expect(await refusal(create(alias))).toMatchObject({ name: 'ValidationError', status: 400 });
    },
  );

  test('cannot look like an account id', async () => {
    expect(await refusal(create('123456789012'))).toMatchObject({ name: 'InvalidInputException' });
  });

  test('that another account has is taken', async () => {
    await daypass.d1
      .prepare(
        "INSERT INTO accounts (account_id, alias, root_email, root_password_hash, created_at_seconds, quotas) VALUES ('999988887777', 'theirs', 'r@example.com', 'x', 1, '{}')",
      )
      .run();
    expect(await refusal(create('theirs'))).toEqual({
      name: 'EntityAlreadyExistsException',
      status: 409,
      message: 'The account alias theirs already exists.',
    });
  });
});

describe('the summary', () => {
  const summary = async () => (await iam.send(new GetAccountSummaryCommand({}))).SummaryMap ?? {};

  test('counts what there is, with the quotas', async () => {
    const before = await summary();
    expect(before).toMatchObject({ Users: 1, UsersQuota: 5000, Groups: 0, RolesQuota: 1000, Providers: 0 });
    await iam.send(new CreateUserCommand({ UserName: 'one' }));
    await iam.send(new CreateUserCommand({ UserName: 'two' }));
    await iam.send(new DeleteUserCommand({ UserName: 'two' }));
    await iam.send(new CreateGroupCommand({ GroupName: 'one' }));
    await refusal(iam.send(new CreateUserCommand({ UserName: 'ONE' })));
    expect(await summary()).toEqual({ ...before, Users: 2, Groups: 1 });
  });

  test('tells which tokens the global endpoint was set to give', async () => {
    const set = (GlobalEndpointTokenVersion: 'v1Token' | 'v2Token') =>
      iam.send(new SetSecurityTokenServicePreferencesCommand({ GlobalEndpointTokenVersion }));
    expect((await summary()).GlobalEndpointTokenVersion).toBe(1);
    await set('v2Token');
    expect((await summary()).GlobalEndpointTokenVersion).toBe(2);
    expect(await refusal(set('v3Token' as never))).toMatchObject({ name: 'ValidationError', status: 400 });
    await set('v1Token');
    expect((await summary()).GlobalEndpointTokenVersion).toBe(1);
  });

  test("shows the account's own quotas, and they bind", async () => {
    const { accountId } = daypass.bootstrap;
    await daypass.d1
      .prepare(`UPDATE accounts SET quotas = '{"Groups":2}' WHERE account_id = ?`)
      .bind(accountId)
      .run();
    expect(await summary()).toMatchObject({ Groups: 1, GroupsQuota: 2 });
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        iam.send(new CreateGroupCommand({ GroupName: `race-${index}` })),
      ),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reason = all.find((each) => each.status === 'rejected')?.reason;
    expect(reason).toMatchObject({ name: 'LimitExceededException' });
    expect(await summary()).toMatchObject({ Groups: 2 });
  });

  test('is not for everybody', async () => {
    const own = await userWith(daypass, 'nosy');
    for (const command of [new GetAccountSummaryCommand({}), new ListAccountAliasesCommand({})]) {
      const call = own.send(command as GetAccountSummaryCommand); // the two differ in their answers alone
      expect(await refusal(call)).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
  });
});
