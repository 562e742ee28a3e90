import {
  CreatePolicyCommand,
  GetPolicyCommand,
  type IAMClient,
  ListPolicyTagsCommand,
  TagPolicyCommand,
  UntagPolicyCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../../helpers/daypass.ts';
import { allow, eventNames, policy, refusal, userWith } from './support.ts';

let daypass: Daypass;
let iam: IAMClient;

beforeAll(async () => {
  daypass = await startDaypass();
  iam = daypass.iam();
});
afterAll(() => daypass.stop());

async function make(PolicyName: string, tags: Readonly<Record<string, string>> = {}): Promise<string> {
  const { Policy } = await iam.send(
    new CreatePolicyCommand({
      PolicyName,
      PolicyDocument: policy(allow('s3:*')),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return Policy?.Arn ?? '';
}

const tag = (PolicyArn: string, Key: string, Value: string, client = iam) =>
  client.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key, Value }] }));
const untag = (PolicyArn: string, ...TagKeys: string[]) =>
  iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys }));
const tagsOf = async (PolicyArn: string) => (await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags;

test('tags are added, replaced without regard to case, and taken away', async () => {
  const arn = await make('Tagged', { team: 'a' });
  const before = (await eventNames(daypass)).length;
  await tag(arn, 'TEAM', 'b');
  await tag(arn, 'cost', '');
  expect(await tagsOf(arn)).toEqual([
    { Key: 'TEAM', Value: 'b' },
    { Key: 'cost', Value: '' },
  ]);
  expect((await iam.send(new GetPolicyCommand({ PolicyArn: arn }))).Policy?.Tags).toEqual(await tagsOf(arn));
  await untag(arn, 'team', 'never-there');
  expect(await tagsOf(arn)).toEqual([{ Key: 'cost', Value: '' }]);
  expect((await eventNames(daypass)).slice(before)).toEqual(['TagPolicy', 'TagPolicy', 'UntagPolicy']);
});

test('the tags are paged', async () => {
  const arn = await make('Paged', { a: '1', b: '2', c: '3' });
  const first = await iam.send(new ListPolicyTagsCommand({ PolicyArn: arn, MaxItems: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, Tags: [{ Key: 'a' }, { Key: 'b' }] });
  const second = await iam.send(new ListPolicyTagsCommand({ PolicyArn: arn, Marker: first.Marker }));
  expect(second).toMatchObject({ IsTruncated: false, Tags: [{ Key: 'c', Value: '3' }] });
  const stray = iam.send(new ListPolicyTagsCommand({ PolicyArn: arn, Marker: 'stray' }));
  expect(await refusal(stray)).toMatchObject({ name: 'ValidationError', status: 400 });
});

test.for([
  ['aws:team', 'x', 'InvalidInputException'],
  ['a', 'x'.repeat(257), 'ValidationError'],
  ['x'.repeat(129), '', 'ValidationError'],
  ['', '', 'ValidationError'],
] as const)('a tag `%s` may not be', async ([key, value, name]) => {
  const arn = await make(`Refused-${name}-${key.length}`);
  expect(await refusal(tag(arn, key, value))).toMatchObject({ name });
  expect(await tagsOf(arn)).toEqual([]);
});

test('a policy has fifty tags at most', async () => {
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'v']));
  const arn = await make('Full', fifty);
  await tag(arn, 'K0', 'again');
  expect(await refusal(tag(arn, 'one-more', ''))).toEqual({
    name: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for TagsPerResource: 50',
  });
});

test("neither a policy that is not there nor one of AWS's own can be tagged", async () => {
  for (const arn of [
    `arn:aws:iam::${daypass.bootstrap.accountId}:policy/Nothing`,
    'arn:aws:iam::aws:policy/ReadOnlyAccess',
  ]) {
    const missing = { name: 'NoSuchEntityException', status: 404, message: `Policy ${arn} was not found.` };
    expect(await refusal(tag(arn, 'a', 'b'))).toEqual(missing);
    expect(await refusal(untag(arn, 'a'))).toEqual(missing);
  }
  expect(await tagsOf('arn:aws:iam::aws:policy/ReadOnlyAccess')).toEqual([]);
});

test('policies see the tags of the policy, the tags that are asked for and their keys', async () => {
  const mine = await make('Mine', { owner: 'clerk' });
  const theirs = await make('Theirs', { owner: 'boss' });
  const clerk = await userWith(daypass, 'clerk', {
    ...allow('iam:TagPolicy'),
    Condition: {
      StringEquals: { 'aws:ResourceTag/owner': 'clerk', 'aws:RequestTag/stage': ['dev', 'test'] },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['stage'] },
    },
  });
  await tag(mine, 'stage', 'dev', clerk);
  for (const [arn, key, value] of [
    [theirs, 'stage', 'dev'],
    [mine, 'stage', 'prod'],
    [mine, 'owner', 'dev'],
  ] as const) {
    expect(await refusal(tag(arn, key, value, clerk))).toMatchObject({ name: 'AccessDenied', status: 403 });
  }
  await tag(mine, 'owner', 'boss');
  expect(await refusal(tag(mine, 'stage', 'test', clerk))).toMatchObject({ name: 'AccessDenied' });
});
