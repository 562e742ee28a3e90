import { CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { postSigned } from '../../helpers/signed-json.ts';

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
  await daypass.iam().send(new CreateUserCommand({ UserName: 'alice' }));
  await daypass.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'read',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
      }),
    }),
  );
});

afterAll(() => daypass.stop());

const alice = () => ({ type: 'principal', id: `arn:aws:iam::${daypass.bootstrap.accountId}:user/alice` });
const object = (key: string) => ({ type: 'arn', id: `arn:aws:s3:::b/${key}` });
const get = { name: 's3:GetObject' };
const put = { name: 's3:PutObject' };

const ask = (body: unknown) => postSigned(daypass, '/access/v1/evaluations', body);
const decisions = ({ body }: { body: Record<string, unknown> }) =>
  (body.evaluations as { decision: boolean }[]).map(({ decision }) => decision);

test('each question takes what it leaves out from the top level', async () => {
  const answer = await ask({
    subject: alice(),
    action: get,
    resource: object('default'),
    evaluations: [
      {},
      { action: put },
      { resource: object('other') },
      { action: put, resource: object('other') },
    ],
  });
  expect(answer.status).toBe(200);
  expect(decisions(answer)).toEqual([true, false, true, false]);
});

test.each([
  ['execute_all', [true, false, true]],
  ['deny_on_first_deny', [true, false]],
  ['permit_on_first_permit', [true]],
])('%s answers as many as it needs', async (evaluations_semantic, expected) => {
  const answer = await ask({
    subject: alice(),
    resource: object('k'),
    evaluations: [{ action: get }, { action: put }, { action: get }],
    options: { evaluations_semantic },
  });
  expect(decisions(answer)).toEqual(expected);
});

test('permit_on_first_permit goes past denies, deny_on_first_deny past permits', async () => {
  const ordered = (first: unknown, evaluations_semantic: string) =>
    ask({
      subject: alice(),
      resource: object('k'),
      evaluations: [
        { action: first },
        { action: first },
        { action: first === get ? put : get },
        { action: get },
      ],
      options: { evaluations_semantic },
    });
  expect(decisions(await ordered(put, 'permit_on_first_permit'))).toEqual([false, false, true]);
  expect(decisions(await ordered(get, 'deny_on_first_deny'))).toEqual([true, true, false]);
});

test('one bad question is a no with its error, and the others are answered', async () => {
  const answer = await ask({
    subject: alice(),
    action: get,
    evaluations: [{ resource: object('k') }, {}, { resource: { type: 'arn', id: 'x' } }],
  });
  expect(answer.body.evaluations).toEqual([
    expect.objectContaining({ decision: true }),
    { decision: false, context: { error: { status: 400, message: '`resource` must be an object' } } },
    { decision: false, context: { error: { status: 400, message: '`resource.id` must be an ARN' } } },
  ]);
});

test('without questions of its own a batch is one question', async () => {
  const answer = await ask({ subject: alice(), action: get, resource: object('k') });
  expect(answer.body).toMatchObject({ decision: true });
});

test.each([
  ['an unknown semantic', { options: { evaluations_semantic: 'first' }, evaluations: [{}] }],
  ['too many questions', { evaluations: Array.from({ length: 201 }, () => ({})) }],
])('%s is refused as a whole', async (_what, part) => {
  const answer = await ask({ subject: alice(), action: get, resource: object('k'), ...part });
  expect([answer.status, answer.body.error]).toEqual([400, 'validation_error']);
});

test('who may not evaluate gets no answers at all', async () => {
  const anonymous = await daypass.fetch('/access/v1/evaluations', {
    method: 'POST',
    body: JSON.stringify({ subject: alice(), action: get, evaluations: [{ resource: object('k') }] }),
  });
  expect(await anonymous.json()).toEqual({
    evaluations: [{ decision: false, context: { error: { status: 401, message: expect.any(String) } } }],
  });
});
