/** What a key made dies with the key, whatever an isolate holds of it. */
import { GetUserCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refusal } from '../doors/aws/iam/support.ts';
import { exchange } from '../helpers/exchange.ts';
import { credentialsFrom, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;

beforeEach(async () => {
  scenario = await startScenario();
});
afterEach(() => scenario.stop());

/** As an emergency does it: the key is forgotten, and the change log says so. */
async function forget(purpose: string): Promise<void> {
  const { d1 } = scenario.daypass;
  const now = scenario.daypass.nowSeconds();
  await d1.batch([
    d1.prepare('UPDATE keys SET forgotten_at_seconds = ? WHERE purpose = ?').bind(now, purpose),
    d1
      .prepare(
        "INSERT INTO change_log (account_id, entity, at_seconds) VALUES ('deployment', 'keyring:all', ?)",
      )
      .bind(now),
  ]);
  await scenario.daypass.advance(6); // past the freshness bound
}

const gone = { name: 'InvalidClientTokenId', status: 403 };

test('a long-term key ends with the key that seals its secret, also where it has just signed', async () => {
  const iam = scenario.daypass.iam();
  await iam.send(new GetUserCommand({}));
  await forget('storage');
  expect(await refusal(iam.send(new GetUserCommand({})))).toMatchObject(gone);
});

test('temporary credentials end with the key that seals their tokens, also where theirs was open', async () => {
  const made = await scenario.daypass.sts({ accessKeyId: 'none', secretAccessKey: 'none' }).send(
    new AssumeRoleWithWebIdentityCommand({
      ...{ RoleArn: scenario.roleArn, RoleSessionName: 'alice' },
      WebIdentityToken: await scenario.idToken(),
    }),
  );
  const sts = scenario.daypass.sts(credentialsFrom(made.Credentials));
  await sts.send(new GetCallerIdentityCommand({}));
  await forget('session-token');
  expect(await refusal(sts.send(new GetCallerIdentityCommand({})))).toMatchObject(gone);
});

test('access tokens end with the key that signed them, and its public key is served no more', async () => {
  const { body } = await exchange(scenario.daypass, {
    ...{ subject_token: await scenario.idToken(), resource: scenario.roleArn },
  });
  const ask = async () => {
    const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
      method: 'POST',
      body: JSON.stringify({
        subject: { type: 'access_token', id: body.access_token },
        action: { name: 's3:GetObject' },
        resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
      }),
    });
    return ((await answer.json()) as { decision: boolean }).decision;
  };
  expect(await ask()).toBe(true);
  await forget('jwt');
  expect(await ask()).toBe(false);
  const keys = await (await scenario.daypass.fetch('/.well-known/jwks.json')).json();
  expect(keys).toEqual({ keys: [] });
});

test('a forgotten key whose key-encryption key is gone harms nobody', async () => {
  const { d1 } = scenario.daypass;
  const row = await d1.prepare("SELECT * FROM keys WHERE purpose = 'session-token'").first();
  const copy = {
    ...row,
    key_id: 'ab'.repeat(8),
    state: 'retired',
    kek_id: 'long-gone',
    forgotten_at_seconds: 1,
  };
  const columns = Object.keys(copy);
  await d1.batch([
    d1
      .prepare(`INSERT INTO keys (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
      .bind(...Object.values(copy)),
    d1.prepare(
      "INSERT INTO change_log (account_id, entity, at_seconds) VALUES ('deployment', 'keyring:all', 1)",
    ),
  ]);
  await scenario.daypass.advance(6);
  const { User } = await scenario.daypass.iam().send(new GetUserCommand({}));
  expect(User?.UserName).toBe('admin');
});
