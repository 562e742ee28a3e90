import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { DecodeAuthorizationMessageCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Credentials, type Daypass, startDaypass } from '../../../helpers/daypass.ts';

let daypass: Daypass;
let alice: Credentials;

beforeAll(async () => {
  daypass = await startDaypass();
  await daypass.iam().send(new CreateUserCommand({ UserName: 'alice' }));
  const { AccessKey } = await daypass.iam().send(new CreateAccessKeyCommand({ UserName: 'alice' }));
  alice = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  await daypass.iam().send(
    new PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'no-listing',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Sid: 'NoListing', Effect: 'Deny', Action: 'iam:List*', Resource: '*' }],
      }),
    }),
  );
});

afterAll(() => daypass.stop());

async function refusedMessage(): Promise<string> {
  const error: Error = await daypass
    .iam(alice)
    .send(new ListUsersCommand({}))
    .then(
      () => new Error('it was allowed'),
      (reason: Error) => reason,
    );
  expect(error.message).toContain('with an explicit deny in an identity-based policy');
  return / Encoded authorization failure message: (\S+)$/.exec(error.message)?.[1] ?? '';
}

const decode = (EncodedMessage: string, credentials?: Credentials) =>
  daypass.sts(credentials).send(new DecodeAuthorizationMessageCommand({ EncodedMessage }));

test('a refusal’s message opens into the decision, the request and the whole explanation', async () => {
  const { DecodedMessage } = await decode(await refusedMessage());
  const { accountId } = daypass.bootstrap;
  const message = JSON.parse(DecodedMessage ?? '');
  expect(message).toMatchObject({
    allowed: false,
    explicitDeny: true,
    matchedStatements: {
      items: [
        {
          layer: 'identity',
          source: 'inline policy no-listing of the user',
          sid: 'NoListing',
          effect: 'Deny',
        },
      ],
    },
    context: { action: 'iam:ListUsers', principal: { arn: `arn:aws:iam::${accountId}:user/alice` } },
    explanation: { policies: [{ statements: [{ sid: 'NoListing', matched: true }] }] },
  });
  expect(message.context.conditions.items).toContainEqual({
    key: 'aws:username',
    values: { items: [{ value: 'alice' }] },
  });
});

test('only who has sts:DecodeAuthorizationMessage reads it', async () => {
  await expect(decode(await refusedMessage(), alice)).rejects.toMatchObject({ name: 'AccessDenied' });
});

test('a message that was changed, cut or made up does not open', async () => {
  const message = await refusedMessage();
  const flipped = message.slice(0, 40) + (message[40] === 'A' ? 'B' : 'A') + message.slice(41);
  for (const bad of [
    flipped,
    message.slice(0, -4),
    `${'0'.repeat(16)}${message.slice(16)}`,
    'x',
    `${message}AAAA`,
  ]) {
    await expect(decode(bad)).rejects.toMatchObject({ name: 'InvalidAuthorizationMessageException' });
  }
});
