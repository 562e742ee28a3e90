import {
  ChangePasswordCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  type IAMClient,
  ListUsersCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, deny, eventNames, refusal, userWith } from './support.ts';

const GOOD = 'orbit-lantern-92-quarry';
const OTHER = 'velvet-harbour-31-thicket';

let daypass: Daypass;
let iam: IAMClient;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
});
afterAll(() => daypass.stop());

const makeUser = (UserName: string) => iam.send(new CreateUserCommand({ UserName }));
const make = (UserName: string, Password: string, PasswordResetRequired?: boolean) =>
  iam.send(new CreateLoginProfileCommand({ UserName, Password, PasswordResetRequired }));
const change = (client: IAMClient, OldPassword: string, NewPassword: string) =>
  client.send(new ChangePasswordCommand({ OldPassword, NewPassword }));

describe('a login profile', () => {
  test('lives from its creation to its end, each change in the trail, and no password anywhere', async () => {
    const before = (await eventNames(daypass)).length;
    await makeUser('Anna');
    const { LoginProfile } = await make('anna', GOOD, true);
    expect(LoginProfile).toEqual({
      UserName: 'Anna',
      CreateDate: expect.any(Date),
      PasswordResetRequired: true,
    });
    const UserName = 'ANNA';
    expect((await iam.send(new GetLoginProfileCommand({ UserName }))).LoginProfile).toEqual(LoginProfile);
    await iam.send(
      new UpdateLoginProfileCommand({ UserName, Password: OTHER, PasswordResetRequired: false }),
    );
    expect(
      (await iam.send(new GetLoginProfileCommand({ UserName }))).LoginProfile?.PasswordResetRequired,
    ).toBe(false);
    expect(await refusal(iam.send(new DeleteUserCommand({ UserName })))).toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete login profile first.',
    });
    await iam.send(new DeleteLoginProfileCommand({ UserName }));
    expect(await refusal(iam.send(new GetLoginProfileCommand({ UserName })))).toMatchObject({
      name: 'NoSuchEntityException',
      status: 404,
    });
    await iam.send(new DeleteUserCommand({ UserName }));
    expect((await eventNames(daypass)).slice(before)).toEqual([
      'CreateUser',
      'CreateLoginProfile',
      'UpdateLoginProfile',
      'DeleteLoginProfile',
      'DeleteUser',
    ]);
    const { results } = await daypass.d1.prepare('SELECT * FROM audit_events').all();
    const written = JSON.stringify(results) + daypass.logs.join('');
    expect([GOOD, OTHER].filter((secret) => written.includes(secret))).toEqual([]);
  });

  test('is one for each user', async () => {
    await makeUser('one');
    await make('one', GOOD);
    expect(await refusal(make('ONE', GOOD.replace('orbit', 'comet')))).toMatchObject({
      name: 'EntityAlreadyExistsException',
      status: 409,
    });
    expect(await refusal(make('nobody', GOOD))).toMatchObject({ name: 'NoSuchEntityException' });
  });

  test('takes no password that is short, common, or about its user', async () => {
    await makeUser('theodora');
    for (const [bad, message] of [
      ['kx7-vq2-ph9-zu', 'Password should have a minimum length of 15'],
      ['passwordpassword', 'Password is too common or too easily guessed'],
      ['theodora-theodora', 'Password is too common or too easily guessed'],
      ['1234567890123456', 'Password is too common or too easily guessed'],
    ] as const) {
      expect(await refusal(make('theodora', bad)), bad).toEqual({
        ...{ name: 'PasswordPolicyViolationException', status: 400, message },
      });
    }
  });
});

describe('ChangePassword', () => {
  test('needs permission, and the old password', async () => {
    const ben = await userWith(daypass, 'ben');
    await make('ben', GOOD);
    expect(await refusal(change(ben, GOOD, OTHER))).toMatchObject({ name: 'AccessDenied', status: 403 });
    const eve = await userWith(daypass, 'eve', allow('iam:ChangePassword', '*'));
    await make('eve', GOOD);
    expect(await refusal(change(eve, OTHER, OTHER))).toMatchObject({
      name: 'AccessDenied',
      message: 'The old password is not accepted',
    });
    await change(eve, GOOD, OTHER);
    expect(await refusal(change(eve, OTHER, GOOD))).toMatchObject({
      name: 'PasswordPolicyViolationException',
      message: 'Password was used before and cannot be used again',
    });
  });

  test('may be allowed by the password policy, but not against a Deny', async () => {
    const joe = await userWith(daypass, 'joe');
    const kim = await userWith(daypass, 'kim', deny('iam:ChangePassword', '*'));
    await make('joe', GOOD);
    await make('kim', GOOD);
    const settings = {
      AllowUsersToChangePassword: true,
      MinimumPasswordLength: 20,
      RequireUppercaseCharacters: true,
    };
    await iam.send(new UpdateAccountPasswordPolicyCommand(settings));
    expect(await refusal(change(kim, GOOD, OTHER))).toMatchObject({ name: 'AccessDenied' });
    expect(await refusal(change(joe, GOOD, OTHER))).toMatchObject({
      name: 'PasswordPolicyViolationException',
      message: 'Password should have at least one uppercase letter',
    });
    await change(joe, GOOD, `${OTHER}-Q`);
  });
});

test('a user tells when its password was last used, and nothing before', async () => {
  const own = await userWith(daypass, 'used', allow('iam:ChangePassword'));
  await make('used', `${GOOD}-Q`, false);
  const lastUsed = async () => {
    const { User } = await iam.send(new GetUserCommand({ UserName: 'used' }));
    const { Users } = await iam.send(new ListUsersCommand({}));
    const listed = Users?.find(({ UserName }) => UserName === 'used');
    expect(listed?.PasswordLastUsed).toEqual(User?.PasswordLastUsed);
    return User?.PasswordLastUsed;
  };
  expect(await lastUsed()).toBeUndefined();
  await change(own, `${GOOD}-Q`, `${OTHER}-Q`);
  const at = Math.floor((await lastUsed())?.getTime() ?? 0) / 1000;
  expect(Math.abs(at - daypass.nowSeconds())).toBeLessThan(30);
});
