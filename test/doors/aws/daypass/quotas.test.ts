import {
  AttachUserPolicyCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  GetAccountSummaryCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { daypassQuery } from '../../../helpers/daypass-query.ts';
import { accessKeyOf, refusal, userWith } from '../iam/support.ts';

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
});
afterAll(() => daypass.stop());

const setQuota = (Name: string, Value: string | null) =>
  daypassQuery(daypass, 'UpdateAccountQuotas', {
    'Quotas.member.1.Name': Name,
    ...(Value !== null && { 'Quotas.member.1.Value': Value }),
  });

const quotas = async () => {
  const { all } = await daypassQuery(daypass, 'GetAccountQuotas');
  const values = all('Value');
  return new Map(all('Name').map((name, index) => [name, values[index]]));
};

test('an account has AWS’s numbers until it has its own, and again when they are taken away', async () => {
  expect((await quotas()).get('Users')).toBe('5000');
  expect((await setQuota('Users', '7000')).status).toBe(200);
  expect((await quotas()).get('Users')).toBe('7000');
  expect((await quotas()).get('Groups')).toBe('300');
  const { SummaryMap } = await daypass.iam().send(new GetAccountSummaryCommand({}));
  expect(SummaryMap).toMatchObject({ UsersQuota: 7000, GroupsQuota: 300 });
  await setQuota('Users', null);
  expect((await quotas()).get('Users')).toBe('5000');
});

test('a quota holds under 50 parallel requests, and its refusal says the number that holds', async () => {
  const iam = daypass.iam();
  await setQuota('Groups', '3');
  const made = await Promise.allSettled(
    Array.from({ length: 50 }, (_, i) => iam.send(new CreateGroupCommand({ GroupName: `g${i}` }))),
  );
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  expect(await refusal(iam.send(new CreateGroupCommand({ GroupName: 'more' })))).toEqual({
    name: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for GroupsPerAccount: 3',
  });
  await setQuota('Groups', '4');
  await iam.send(new CreateGroupCommand({ GroupName: 'more' }));
  await iam.send(new DeleteGroupCommand({ GroupName: 'more' }));
  await setQuota('Groups', null);
});

test('so does a quota of each owner', async () => {
  const iam = daypass.iam();
  await userWith(daypass, 'attached');
  await setQuota('AttachedPoliciesPerUser', '1');
  const attach = (name: string) =>
    iam.send(
      new AttachUserPolicyCommand({ UserName: 'attached', PolicyArn: `arn:aws:iam::aws:policy/${name}` }),
    );
  await attach('ReadOnlyAccess');
  await attach('ReadOnlyAccess');
  expect(await refusal(attach('SecurityAudit'))).toMatchObject({
    name: 'LimitExceededException',
    message: 'Cannot exceed quota for PoliciesPerUser: 1',
  });
  await setQuota('AttachedPoliciesPerUser', null);
  await attach('SecurityAudit');
});

test('what is no quota is refused', async () => {
  expect(await setQuota('Nonesuch', '1')).toMatchObject({ status: 400, code: 'ValidationError' });
  expect(await setQuota('__proto__', '1')).toMatchObject({ status: 400, code: 'ValidationError' });
  expect(await setQuota('Users', '-1')).toMatchObject({ status: 400, code: 'ValidationError' });
  expect(await setQuota('Users', '10000001')).toMatchObject({ status: 400, code: 'ValidationError' });
  const twice = { 'Quotas.member.1.Name': 'Users', 'Quotas.member.2.Name': 'Users' };
  expect(await daypassQuery(daypass, 'UpdateAccountQuotas', twice)).toMatchObject({ code: 'InvalidInput' });
  expect(await daypassQuery(daypass, 'UpdateAccountQuotas')).toMatchObject({ code: 'ValidationError' });
  expect((await quotas()).get('Users')).toBe('5000');
});

test('quotas are changed and read by permission alone', async () => {
  await userWith(daypass, 'nobody');
  const nobody = await accessKeyOf(daypass.iam(), 'nobody');
  for (const action of ['GetAccountQuotas', 'UpdateAccountQuotas']) {
    const asked = await daypassQuery(daypass, action, { 'Quotas.member.1.Name': 'Users' }, nobody);
    expect(asked).toMatchObject({ status: 403, code: 'AccessDenied' });
  }
});
