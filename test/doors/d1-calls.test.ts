/** The database on the request path: none when warm, one batch when cold, and refusal when it is gone for too long. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../helpers/daypass.ts';
import { exchange } from '../helpers/exchange.ts';
import { jsonOf } from '../helpers/json.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let alice: Credentials;
let session: Credentials;
let accessToken: string;
let plainRole: string;
let idToken: string;

beforeAll(async () => {
  scenario = await startScenario();
  alice = await scenario.makeUser('alice', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  plainRole = await scenario.makeRole('plain', {
    Principal: { AWS: `arn:aws:iam::${scenario.daypass.bootstrap.accountId}:root` },
    Action: 'sts:AssumeRole',
  });
  idToken = await scenario.idToken({ exp: scenario.daypass.nowSeconds() + 86_000 });
  session = credentialsFrom((await federate()).Credentials);
  accessToken = String(
    (await exchange(scenario.daypass, { subject_token: idToken, resource: scenario.roleArn })).body
      .access_token,
  );
});

afterAll(() => scenario.stop());

const federate = () =>
  scenario.daypass.sts().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: scenario.roleArn,
      RoleSessionName: 'alice',
      WebIdentityToken: idToken,
    }),
  );

const OPERATIONS: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['AssumeRoleWithWebIdentity', federate],
  [
    'AssumeRole',
    () =>
      scenario.daypass.sts(alice).send(new AssumeRoleCommand({ RoleArn: plainRole, RoleSessionName: 'al' })),
  ],
  ['GetCallerIdentity by a user', () => scenario.daypass.sts(alice).send(new GetCallerIdentityCommand({}))],
  [
    'GetCallerIdentity by a session',
    () => scenario.daypass.sts(session).send(new GetCallerIdentityCommand({})),
  ],
  [
    'token exchange',
    async () => {
      const { status } = await exchange(scenario.daypass, {
        subject_token: idToken,
        resource: scenario.roleArn,
      });
      expect(status).toBe(200);
    },
  ],
  ['evaluation', async () => expect(await mayRead()).toBe(true)],
];

async function mayRead(): Promise<unknown> {
  const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id: accessToken },
      action: { name: 's3:GetObject' },
      resource: { type: 'arn', id: 'arn:aws:s3:::reports/q1' },
    }),
  });
  return answer.status === 200 ? (await jsonOf(answer)).decision : answer.status;
}

describe.each(OPERATIONS)('%s', (_name, operation) => {
  test('asks the database once when cold, and not at all when warm', async () => {
    await scenario.daypass.restart();
    await scenario.daypass.fetch('/.well-known/jwks.json'); // the isolate's own start: its keyring
    const cold = await scenario.daypass.countD1(operation);
    expect(cold).toHaveLength(1);
    expect(await scenario.daypass.countD1(operation)).toEqual([]);
    expect(
      await scenario.daypass.countD1(() => Promise.all([operation(), operation(), operation()])),
    ).toEqual([]);
  });
});

test('a policy change binds at once in the isolate that wrote it', async () => {
  const iam = scenario.daypass.iam();
  expect(await mayRead()).toBe(true);
  const deny = policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' });
  await iam.send(new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'stop', PolicyDocument: deny }));
  expect(await mayRead()).toBe(false);
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'reader',
      PolicyName: 'stop',
      PolicyDocument: policy({ Effect: 'Allow', Action: 's3:List*', Resource: '*' }),
    }),
  );
  expect(await mayRead()).toBe(true);
});

test('a change that another isolate made binds within the freshness bound', async () => {
  const { daypass } = scenario;
  expect(await mayRead()).toBe(true);
  const { accountId } = daypass.bootstrap;
  // As another isolate's batch leaves it: the row and its line in the change log.
  await daypass.d1.batch([
    daypass.d1
      .prepare(
        "UPDATE inline_policies SET document = ? WHERE name = 'inline' AND owner_type = 'role' AND owner_id = (SELECT role_id FROM roles WHERE name = 'reader')",
      )
      .bind(policy({ Effect: 'Deny', Action: 's3:*', Resource: '*' })),
    daypass.d1
      .prepare(
        "INSERT INTO change_log (account_id, entity, at_seconds) SELECT ?, 'role:' || role_id, 0 FROM roles WHERE name = 'reader'",
      )
      .bind(accountId),
  ]);
  await daypass.advance(6);
  expect(await mayRead()).toBe(false);
  await scenario.allow('reader', {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::reports/*',
  });
  expect(await mayRead()).toBe(true);
});

test('with the database gone, requests are served within the bound and refused past it, never allowed', async () => {
  const { daypass } = scenario;
  expect(await mayRead()).toBe(true);
  await daypass.setD1Reachable(false);
  expect(await mayRead()).toBe(true);
  expect((await daypass.fetch('/readyz')).status).toBe(503);
  expect((await daypass.fetch('/healthz')).status).toBe(200);
  await daypass.advance(6);
  expect(await mayRead()).toBe(503);
  await expect(daypass.sts(alice).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'ServiceUnavailable',
  });
  await daypass.setD1Reachable(true);
  expect(await mayRead()).toBe(true);
});
