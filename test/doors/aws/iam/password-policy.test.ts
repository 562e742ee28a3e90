import {
  DeleteAccountPasswordPolicyCommand,
  GetAccountPasswordPolicyCommand,
  type IAMClient,
  UpdateAccountPasswordPolicyCommand,
  type UpdateAccountPasswordPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, eventNames, refusal, signedForm, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
});
afterAll(() => daypass.stop());
beforeEach(() => daypass.d1.exec('DELETE FROM password_policies'));

const update = (input: UpdateAccountPasswordPolicyCommandInput = {}) =>
  iam.send(new UpdateAccountPasswordPolicyCommand(input));
const get = async (client = iam) =>
  (await client.send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy;
const remove = () => iam.send(new DeleteAccountPasswordPolicyCommand({}));

const DEFAULTS = {
  MinimumPasswordLength: 6,
  RequireSymbols: false,
  RequireNumbers: false,
  RequireUppercaseCharacters: false,
  RequireLowercaseCharacters: false,
  AllowUsersToChangePassword: false,
  ExpirePasswords: false,
  HardExpiry: false,
};
const FULL = {
  MinimumPasswordLength: 128,
  RequireSymbols: true,
  RequireNumbers: true,
  RequireUppercaseCharacters: true,
  RequireLowercaseCharacters: true,
  AllowUsersToChangePassword: true,
  MaxPasswordAge: 1095,
  PasswordReusePrevention: 24,
  HardExpiry: true,
};

test('a fresh account has none, and none to delete', async () => {
  const none = {
    name: 'NoSuchEntityException',
    status: 404,
    message: `The Password Policy with domain name ${daypass.bootstrap.accountId} cannot be found.`,
  };
  expect(await refusal(get())).toEqual(none);
  expect(await refusal(remove())).toEqual(none);
});

test('each setting is kept as it was sent', async () => {
  await update(FULL);
  expect(await get()).toEqual({ ...FULL, ExpirePasswords: true });
});

test.for(Object.keys(FULL) as (keyof typeof FULL)[])('%s can be set alone', async (name) => {
  await update({ [name]: FULL[name] });
  expect(await get()).toEqual({
    ...DEFAULTS,
    [name]: FULL[name],
    ...(name === 'MaxPasswordAge' && { ExpirePasswords: true }),
  });
});

test('what an update does not send goes back to its default', async () => {
  await update(FULL);
  await update({ MinimumPasswordLength: 6, MaxPasswordAge: 1, PasswordReusePrevention: 1 });
  expect(await get()).toEqual({
    ...DEFAULTS,
    ExpirePasswords: true,
    MaxPasswordAge: 1,
    PasswordReusePrevention: 1,
  });
  await update();
  expect(await get()).toEqual(DEFAULTS);
});

test.for([
  ['MinimumPasswordLength', '5'],
  ['MinimumPasswordLength', '129'],
  ['MinimumPasswordLength', ''],
  ['MinimumPasswordLength', '8.0'],
  ['MaxPasswordAge', '0'],
  ['MaxPasswordAge', '1096'],
  ['PasswordReusePrevention', '0'],
  ['PasswordReusePrevention', '25'],
  ['RequireSymbols', 'yes'],
  ['HardExpiry', '1'],
] as const)('%s cannot be `%s`', async ([name, value]) => {
  const form = new URLSearchParams({
    ...{ Action: 'UpdateAccountPasswordPolicy', Version: '2010-05-08', [name]: value },
  });
  const answer = await signedForm(daypass, daypass.bootstrap.admin, form);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('<Code>ValidationError</Code>');
  expect(await refusal(get())).toMatchObject({ name: 'NoSuchEntityException' });
});

test('a deleted one is gone, and each change is in the trail', async () => {
  const before = (await eventNames(daypass)).length;
  await update();
  await remove();
  await refusal(remove());
  expect(await refusal(get())).toMatchObject({ name: 'NoSuchEntityException' });
  expect((await eventNames(daypass)).slice(before)).toEqual([
    'UpdateAccountPasswordPolicy',
    'DeleteAccountPasswordPolicy',
  ]);
});

test('an account does not see the policy of another', async () => {
  await daypass.d1.exec(
    "INSERT INTO password_policies VALUES ('999988887777', 9, 1, 1, 1, 1, 1, NULL, NULL, 0)",
  );
  expect(await refusal(get())).toMatchObject({ name: 'NoSuchEntityException' });
  expect(await refusal(remove())).toMatchObject({ name: 'NoSuchEntityException' });
  await update({ MinimumPasswordLength: 20 });
  await remove();
  const left = await daypass.d1.prepare('SELECT minimum_length AS n FROM password_policies').all();
  expect(left.results).toEqual([{ n: 9 }]);
});

test('who may read it may not change it', async () => {
  await update();
  const reader = await userWith(daypass, 'reader', allow('iam:GetAccountPasswordPolicy'));
  expect(await get(reader)).toEqual(DEFAULTS);
  for (const command of [
    new UpdateAccountPasswordPolicyCommand({}),
    new DeleteAccountPasswordPolicyCommand({}),
  ]) {
    const call = reader.send(command as UpdateAccountPasswordPolicyCommand); // the two differ in their input alone
    expect(await refusal(call)).toMatchObject({ name: 'AccessDenied', status: 403 });
  }
  expect(await get()).toEqual(DEFAULTS);
});
