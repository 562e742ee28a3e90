import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { accessKeyOf, allow, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
});
afterAll(() => daypass.stop());

test('a user has two keys at most, however many ask at once', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'two' }));
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, () => iam.send(new CreateAccessKeyCommand({ UserName: 'two' }))),
  );
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'two' }));
  expect(AccessKeyMetadata).toHaveLength(2);
  expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName: 'two' })))).toEqual({
    name: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  });
});

test('a list never tells a secret', async () => {
  const { AccessKeyMetadata, IsTruncated } = await iam.send(new ListAccessKeysCommand({}));
  expect(IsTruncated).toBe(false);
  expect(AccessKeyMetadata).toEqual([
    {
      UserName: 'admin',
      AccessKeyId: daypass.bootstrap.admin.accessKeyId,
      Status: 'Active',
      CreateDate: expect.any(Date),
    },
  ]);
});

test('a key that is switched off signs nothing until it is switched on', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'off' }));
  const key = await accessKeyOf(iam, 'off');
  const own = daypass.iam(key);
  const set = (Status: 'Active' | 'Inactive') =>
    iam.send(new UpdateAccessKeyCommand({ UserName: 'off', AccessKeyId: key.accessKeyId, Status }));
  await set('Inactive');
  expect(await refusal(own.send(new GetUserCommand({})))).toMatchObject({ name: 'InvalidClientTokenId' });
  await set('Active');
  expect(await refusal(own.send(new GetUserCommand({})))).toMatchObject({ name: 'AccessDenied' });
});

test('a deleted key signs nothing, and cannot be deleted again', async () => {
  await iam.send(new CreateUserCommand({ UserName: 'gone' }));
  const key = await accessKeyOf(iam, 'gone');
  const remove = () =>
    iam.send(new DeleteAccessKeyCommand({ UserName: 'gone', AccessKeyId: key.accessKeyId }));
  await remove();
  expect(await refusal(daypass.iam(key).send(new GetUserCommand({})))).toMatchObject({
    name: 'InvalidClientTokenId',
  });
  expect(await refusal(remove())).toEqual({
    name: 'NoSuchEntityException',
    status: 404,
    message: `The Access Key with id ${key.accessKeyId} cannot be found.`,
  });
});

test("a key is changed only under its own user's name", async () => {
  await iam.send(new CreateUserCommand({ UserName: 'other' }));
  const AccessKeyId = daypass.bootstrap.admin.accessKeyId;
  const call = iam.send(new UpdateAccessKeyCommand({ UserName: 'other', AccessKeyId, Status: 'Inactive' }));
  expect(await refusal(call)).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
});

test('a user may look after its own keys where policy says so, and nobody else may', async () => {
  const own = await userWith(
    daypass,
    'self',
    allow('iam:*AccessKey*', `arn:aws:iam::${daypass.bootstrap.accountId}:user/\${aws:username}`),
  );
  const made = await own.send(new CreateAccessKeyCommand({}));
  expect(made.AccessKey?.UserName).toBe('self');
  const call = own.send(new CreateAccessKeyCommand({ UserName: 'admin' }));
  expect(await refusal(call)).toMatchObject({ name: 'AccessDenied', status: 403 });
});

test.for(['Expired', 'active', ''])('the status `%s` is refused', async (Status) => {
  const AccessKeyId = daypass.bootstrap.admin.accessKeyId;
  // A status that the model does not have: the SDK sends it as it is.
  const input = { AccessKeyId, Status: Status as 'Active' };
  expect(await refusal(iam.send(new UpdateAccessKeyCommand(input)))).toMatchObject({
    name: 'ValidationError',
    status: 400,
  });
});
