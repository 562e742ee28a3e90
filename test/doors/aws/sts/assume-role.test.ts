import { randomBytes } from 'node:crypto';
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetRoleCommand,
  ListUsersCommand,
  PutRolePermissionsBoundaryCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../../helpers/daypass.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../../helpers/scenario.ts';

let scenario: Scenario;
let account: string;
let alice: Credentials;
let open: string;

/** Who may assume, whatever else is asked. */
const MAY_ASSUME = {
  Effect: 'Allow',
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  Resource: '*',
};
const everyoneHere = () => ({
  Principal: { AWS: `arn:aws:iam::${account}:root` },
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
});

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  alice = await scenario.makeUser('alice', MAY_ASSUME);
  open = await scenario.makeRole('open', everyoneHere());
  await scenario.allow('open', MAY_ASSUME, { Effect: 'Allow', Action: 'iam:List*', Resource: '*' });
});

afterAll(() => scenario.stop());

const assume = (input: Partial<AssumeRoleCommandInput> = {}, credentials: Credentials = alice) =>
  scenario.daypass
    .sts(credentials)
    .send(new AssumeRoleCommand({ RoleArn: open, RoleSessionName: 'al', ...input }));

const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'allowed',
    (error: Error) => error.name,
  );
const whoIs = (credentials: Credentials) =>
  scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
const mayList = (credentials: Credentials) =>
  outcome(scenario.daypass.iam(credentials).send(new ListUsersCommand({})));

test('answers keys, role user and sizes, and the keys are the session', async () => {
  const answer = await assume();
  const { Role } = await scenario.daypass.iam().send(new GetRoleCommand({ RoleName: 'open' }));
  const userArn = `arn:aws:sts::${account}:assumed-role/open/al`;
  expect(answer.AssumedRoleUser).toEqual({ AssumedRoleId: `${Role?.RoleId}:al`, Arn: userArn });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  expect([AccessKeyId, SecretAccessKey]).toEqual([
    expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
    expect.stringMatching(/^[A-Za-z0-9/+]{40}$/),
  ]);
  expect(SessionToken?.length).toBeLessThan(4096);
  const seconds = (Expiration?.getTime() ?? 0) / 1000 - scenario.daypass.nowSeconds();
  expect(Math.abs(seconds - 3600)).toBeLessThan(5);
  expect(await whoIs(credentialsFrom(answer.Credentials))).toMatchObject({
    Account: account,
    Arn: userArn,
    UserId: `${Role?.RoleId}:al`,
  });
});

describe('trust', () => {
  test('by the exact user is enough by itself, and is that user’s alone', async () => {
    const bob = await scenario.makeUser('bob');
    const carol = await scenario.makeUser('carol');
    const RoleArn = await scenario.makeRole('for-bob', {
      Principal: { AWS: `arn:aws:iam::${account}:user/bob` },
      Action: 'sts:AssumeRole',
    });
    expect(await outcome(assume({ RoleArn }, bob))).toBe('allowed');
    expect(await outcome(assume({ RoleArn }, carol))).toBe('AccessDenied');
    expect(await outcome(assume({ RoleArn }, alice))).toBe('AccessDenied');
  });

  test('by the account delegates: the caller’s own policy must allow', async () => {
    const dave = await scenario.makeUser('dave');
    expect(await outcome(assume({}, dave))).toBe('AccessDenied');
    expect(await outcome(assume({}, alice))).toBe('allowed');
  });

  test('an explicit deny of the caller beats it', async () => {
    const erin = await scenario.makeUser('erin', MAY_ASSUME, {
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: open,
    });
    expect(await outcome(assume({}, erin))).toBe('AccessDenied');
  });

  test('by an external id wants exactly that id', async () => {
    const RoleArn = await scenario.makeRole('partner', {
      ...everyoneHere(),
      Condition: { StringEquals: { 'sts:ExternalId': 'x:42' } },
    });
    expect(await outcome(assume({ RoleArn, ExternalId: 'x:42' }))).toBe('allowed');
    for (const ExternalId of ['x:43', 'X:42', undefined])
      expect(await outcome(assume({ RoleArn, ExternalId }))).toBe('AccessDenied');
  });

  test('a role that is not there answers as one that does not trust', async () => {
    const message = (RoleArn: string) =>
      assume({ RoleArn }).catch((error: Error) => error.message.replace(/ Encoded.*$/, ''));
    const absent = `arn:aws:iam::${account}:role/absent`;
    const closed = await scenario.makeRole('closed', {
      Principal: { AWS: `arn:aws:iam::${account}:user/bob` },
      Action: 'sts:AssumeRole',
    });
    expect(await message(absent)).toBe(String(await message(closed)).replace('role/closed', 'role/absent'));
    expect(await outcome(assume({ RoleArn: 'arn:aws:iam::111122223333:role/open' }))).toBe('AccessDenied');
  });
});

describe('session policies', () => {
  const only = (Action: string) => policy({ Effect: 'Allow', Action, Resource: '*' });

  test('intersect with the role’s, and never widen it', async () => {
    expect(await mayList(credentialsFrom((await assume()).Credentials))).toBe('allowed');
    expect(
      await mayList(credentialsFrom((await assume({ Policy: only('iam:ListUsers') })).Credentials)),
    ).toBe('allowed');
    expect(await mayList(credentialsFrom((await assume({ Policy: only('s3:*') })).Credentials))).toBe(
      'AccessDenied',
    );
    const wide = credentialsFrom((await assume({ Policy: only('*') })).Credentials);
    expect(await outcome(scenario.daypass.iam(wide).send(new DeleteUserCommand({ UserName: 'alice' })))).toBe(
      'AccessDenied',
    );
  });

  test('of managed kind unite with the inline one', async () => {
    const made = await scenario.daypass
      .iam()
      .send(new CreatePolicyCommand({ PolicyName: 'list', PolicyDocument: only('iam:List*') }));
    const PolicyArns = [{ arn: made.Policy?.Arn ?? '' }];
    expect(await mayList(credentialsFrom((await assume({ PolicyArns })).Credentials))).toBe('allowed');
    expect(
      await mayList(credentialsFrom((await assume({ PolicyArns, Policy: only('s3:*') })).Credentials)),
    ).toBe('allowed');
    expect(await outcome(assume({ PolicyArns: [{ arn: `arn:aws:iam::${account}:policy/none` }] }))).toMatch(
      /NoSuchEntity/,
    );
    const readOnly = [{ arn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' }];
    expect(await mayList(credentialsFrom((await assume({ PolicyArns: readOnly })).Credentials))).toBe(
      'allowed',
    );
  });

  test('bind the keys that a session makes for itself', async () => {
    const session = credentialsFrom((await assume({ Policy: only('sts:*') })).Credentials);
    const next = credentialsFrom((await assume({}, session)).Credentials);
    expect(await mayList(session)).toBe('AccessDenied');
    expect(await mayList(next)).toBe('allowed'); // a new session of the role, which the first was allowed to begin
  });

  test.each([
    ['{', 'MalformedPolicyDocumentException'],
    [
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*"}]}',
      'MalformedPolicyDocumentException',
    ],
    [
      policy({
        Effect: 'Allow',
        Action: 's3:*',
        Resource: Array.from({ length: 100 }, (_, index) => `arn:aws:s3:::bucket-number-${index}/*`),
      }),
      'PackedPolicyTooLargeException',
    ],
  ])('%s is refused', async (Policy, code) => {
    expect(await outcome(assume({ Policy }))).toBe(code);
  });

  test('and tags that do not fit a token are refused', async () => {
    const Tags = Array.from({ length: 50 }, (_, index) => ({
      Key: `tag-${index}`,
      Value: randomBytes(180).toString('hex').slice(0, 256),
    }));
    expect(await outcome(assume({ Tags }))).toBe('PackedPolicyTooLargeException');
  });
});

describe('tags and source identity', () => {
  const Tags = [
    { Key: 'team', Value: 'blue' },
    { Key: 'cost', Value: '42' },
  ];

  test('need the trust policy’s leave', async () => {
    const RoleArn = await scenario.makeRole('untagged', { ...everyoneHere(), Action: 'sts:AssumeRole' });
    expect(await outcome(assume({ RoleArn }))).toBe('allowed');
    expect(await outcome(assume({ RoleArn, Tags }))).toBe('AccessDenied');
    expect(await outcome(assume({ RoleArn, SourceIdentity: 'alice' }))).toBe('AccessDenied');
  });

  test('that are transitive go down the chain, and cannot be passed again', async () => {
    const RoleArn = await scenario.makeRole('team-blue', {
      ...everyoneHere(),
      Condition: { StringEquals: { 'aws:PrincipalTag/team': 'blue' } },
    });
    const first = credentialsFrom((await assume({ Tags, TransitiveTagKeys: ['team'] })).Credentials);
    const second = credentialsFrom((await assume({ RoleArn }, first)).Credentials);
    await scenario.allow('team-blue', MAY_ASSUME);
    expect(await outcome(assume({ RoleArn }, second))).toBe('allowed');
    expect(await outcome(assume({ RoleArn }))).toBe('AccessDenied');
    expect(await outcome(assume({ RoleArn, Tags: [{ Key: 'TEAM', Value: 'red' }] }, first))).toBe(
      'ValidationError',
    );
    const plain = credentialsFrom((await assume({ Tags })).Credentials);
    expect(
      await outcome(
        assume(
          {
            RoleArn: await scenario.makeRole('next', {
              ...everyoneHere(),
              Condition: { StringEquals: { 'aws:PrincipalTag/cost': '42' } },
            }),
          },
          plain,
        ),
      ),
    ).toBe('allowed');
  });

  test('a source identity stays for the whole chain', async () => {
    const first = await assume({ SourceIdentity: 'alice' });
    expect(first.SourceIdentity).toBe('alice');
    const session = credentialsFrom(first.Credentials);
    expect((await assume({}, session)).SourceIdentity).toBe('alice');
    expect(await outcome(assume({ SourceIdentity: 'mallory' }, session))).toBe('AccessDenied');
  });

  test.each([
    [
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      },
    ],
    [{ Tags: [{ Key: 'aws:x', Value: '1' }] }],
    [{ TransitiveTagKeys: ['nothing'] }],
    [{ Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }],
    [{ Tags: [{ Key: 'k', Value: 'x'.repeat(257) }] }],
    [{ SourceIdentity: 'x' }],
    [{ RoleSessionName: 's p' }],
    [{ RoleSessionName: 'x' }],
    [{ RoleSessionName: 'x'.repeat(65) }],
    [{ RoleArn: 'x' }],
    [{ RoleArn: 'arn:aws:iam::111122223333:user/alice' }],
    [{ DurationSeconds: 899 }],
    [{ DurationSeconds: 43_201 }],
    [{ ExternalId: '1' }],
    [{ RoleArn: undefined }],
  ] as [Partial<AssumeRoleCommandInput>][])('%j is refused', async (input) => {
    expect(await outcome(assume(input))).toBe('ValidationError');
  });
});

describe('duration', () => {
  test('is bound by the role, and an hour for a chain', async () => {
    const RoleArn = await scenario.makeRole('long', everyoneHere(), { maxSeconds: 7200 });
    await scenario.allow('long', MAY_ASSUME);
    expect(await outcome(assume({ RoleArn, DurationSeconds: 7200 }))).toBe('allowed');
    expect(await outcome(assume({ RoleArn, DurationSeconds: 7201 }))).toBe('ValidationError');
    expect(await outcome(assume({ DurationSeconds: 3601 }))).toBe('ValidationError');
    const session = credentialsFrom((await assume()).Credentials);
    expect(await outcome(assume({ RoleArn, DurationSeconds: 3600 }, session))).toBe('allowed');
    expect(await outcome(assume({ RoleArn, DurationSeconds: 3601 }, session))).toBe('ValidationError');
  });
});

describe('a session ends', () => {
  test('with its time: the next request is ExpiredToken', async () => {
    const session = credentialsFrom((await assume({ DurationSeconds: 900 })).Credentials);
    await scenario.daypass.advance(890);
    expect(await outcome(whoIs(session))).toBe('allowed');
    await scenario.daypass.advance(20);
    expect(await outcome(whoIs(session))).toBe('ExpiredToken');
  });

  test('with its role: one made again under the name inherits nothing', async () => {
    const { daypass } = scenario;
    const RoleArn = await scenario.makeRole('short-lived', everyoneHere());
    await scenario.allow('short-lived', MAY_ASSUME);
    const session = credentialsFrom((await assume({ RoleArn })).Credentials);
    const trusting = await scenario.makeRole('trusts-the-first', {
      Principal: { AWS: RoleArn },
      Action: 'sts:AssumeRole',
    });
    expect(await outcome(assume({ RoleArn: trusting }, session))).toBe('allowed');
    await daypass.iam().send(new DeleteRolePolicyCommand({ RoleName: 'short-lived', PolicyName: 'inline' }));
    await daypass.iam().send(new DeleteRoleCommand({ RoleName: 'short-lived' }));
    expect(await outcome(whoIs(session))).toBe('InvalidClientTokenId');
    await scenario.makeRole('short-lived', everyoneHere());
    await scenario.allow('short-lived', MAY_ASSUME);
    expect(await outcome(whoIs(session))).toBe('InvalidClientTokenId');
    const fresh = credentialsFrom((await assume({ RoleArn })).Credentials);
    expect(await outcome(assume({ RoleArn: trusting }, fresh))).toBe('AccessDenied');
  });

  test('and so does a user’s trust, when the user is made again', async () => {
    const { daypass } = scenario;
    const frank = await scenario.makeUser('frank', MAY_ASSUME);
    const RoleArn = await scenario.makeRole('for-frank', {
      Principal: { AWS: `arn:aws:iam::${account}:user/frank` },
      Action: 'sts:AssumeRole',
    });
    expect(await outcome(assume({ RoleArn }, frank))).toBe('allowed');
    await daypass.iam().send(new DeleteUserPolicyCommand({ UserName: 'frank', PolicyName: 'inline' }));
    await daypass
      .iam()
      .send(new DeleteAccessKeyCommand({ UserName: 'frank', AccessKeyId: frank.accessKeyId }));
    await daypass.iam().send(new DeleteUserCommand({ UserName: 'frank' }));
    expect(await outcome(whoIs(frank))).toBe('InvalidClientTokenId');
    const again = await scenario.makeUser('frank', MAY_ASSUME);
    expect(await outcome(assume({ RoleArn }, again))).toBe('AccessDenied');
  });

  test('a key that is switched off stops at once, and goes on when switched on', async () => {
    const grace = await scenario.makeUser('grace');
    const set = (Status: 'Active' | 'Inactive') =>
      scenario.daypass
        .iam()
        .send(new UpdateAccessKeyCommand({ UserName: 'grace', AccessKeyId: grace.accessKeyId, Status }));
    expect(await outcome(whoIs(grace))).toBe('allowed');
    await set('Inactive');
    expect(await outcome(whoIs(grace))).toBe('InvalidClientTokenId');
    await set('Active');
    expect(await outcome(whoIs(grace))).toBe('allowed');
  });
});

test('a permissions boundary bounds the role’s sessions', async () => {
  const RoleArn = await scenario.makeRole('bounded', everyoneHere());
  await scenario.allow('bounded', { Effect: 'Allow', Action: 'iam:*', Resource: '*' });
  const session = credentialsFrom((await assume({ RoleArn })).Credentials);
  expect(await mayList(session)).toBe('allowed');
  const boundary = await scenario.daypass.iam().send(
    new CreatePolicyCommand({
      PolicyName: 'boundary',
      PolicyDocument: policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
    }),
  );
  await scenario.daypass.iam().send(
    new PutRolePermissionsBoundaryCommand({
      RoleName: 'bounded',
      PermissionsBoundary: boundary.Policy?.Arn ?? '',
    }),
  );
  expect(await mayList(session)).toBe('AccessDenied');
});

describe('temporary keys', () => {
  const bend = async (change: (session: Required<Credentials>) => Credentials) =>
    outcome(whoIs(change(credentialsFrom((await assume()).Credentials))));

  test('with a token changed at any place do not open', async () => {
    const session = credentialsFrom((await assume()).Credentials);
    const { sessionToken } = session;
    for (let place = 0; place < sessionToken.length; place += 23) {
      const other = sessionToken[place] === 'A' ? 'B' : 'A';
      const changed = sessionToken.slice(0, place) + other + sessionToken.slice(place + 1);
      expect(await outcome(whoIs({ ...session, sessionToken: changed })), `at ${place}`).toBe(
        'InvalidClientTokenId',
      );
    }
  });

  test('belong to their token, and the token to them', async () => {
    const other = credentialsFrom((await assume()).Credentials);
    expect(await bend((session) => ({ ...session, sessionToken: other.sessionToken }))).toBe(
      'InvalidClientTokenId',
    );
    expect(await bend((session) => ({ ...session, accessKeyId: other.accessKeyId }))).toBe(
      'InvalidClientTokenId',
    );
    expect(await bend((session) => ({ ...session, secretAccessKey: other.secretAccessKey }))).toBe(
      'SignatureDoesNotMatch',
    );
    expect(await bend(({ accessKeyId, secretAccessKey }) => ({ accessKeyId, secretAccessKey }))).toBe(
      'InvalidClientTokenId',
    );
    expect(await bend((session) => ({ ...session, sessionToken: session.sessionToken.slice(0, -8) }))).toBe(
      'InvalidClientTokenId',
    );
  });

  test('of interleaved calls never cross', async () => {
    const sessions = await Promise.all(
      ['one', 'two', 'three', 'four'].map(async (RoleSessionName) =>
        credentialsFrom((await assume({ RoleSessionName })).Credentials),
      ),
    );
    const arns = await Promise.all(
      Array.from({ length: 200 }, async (_, index) =>
        (await whoIs(sessions[index % 4] ?? alice)).Arn?.split('/').at(-1),
      ),
    );
    expect(arns).toEqual(
      Array.from({ length: 200 }, (_, index) => ['one', 'two', 'three', 'four'][index % 4]),
    );
  });
});

test('a document that names a user or role that is not there is refused when saved', async () => {
  const AssumeRolePolicyDocument = policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${account}:user/ghost` },
    Action: 'sts:AssumeRole',
  });
  await expect(
    scenario.daypass.iam().send(new CreateRoleCommand({ RoleName: 'ghostly', AssumeRolePolicyDocument })),
  ).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
});
