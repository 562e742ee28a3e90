/** An AWS session becomes an access token, in a request that the session itself signs. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { exchange } from '../../helpers/exchange.ts';
import { jsonOf } from '../../helpers/json.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../helpers/scenario.ts';
import { postSignedForm, type SigningOptions } from '../../helpers/signed-form.ts';

const AWS_SESSION = 'urn:daypass:token-type:aws-session';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

let scenario: Scenario;
let admin: Required<Credentials>;
let alice: Required<Credentials>;
let account: string;
beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  const user = await scenario.makeUser('user', { Effect: 'Allow', Action: 'sts:*', Resource: '*' });
  const RoleArn = await scenario.makeRole('worker', {
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  });
  await scenario.allow('worker', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  const assumed = await scenario.daypass
    .sts(user)
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'job', DurationSeconds: 1000 }));
  admin = credentialsFrom(assumed.Credentials);
  const federated = await scenario.daypass.sts({ accessKeyId: 'none', secretAccessKey: 'none' }).send(
    new AssumeRoleWithWebIdentityCommand({
      ...{ RoleArn: scenario.roleArn, RoleSessionName: 'chosen' },
      WebIdentityToken: await scenario.idToken(),
    }),
  );
  alice = credentialsFrom(federated.Credentials);
});
afterAll(() => scenario.stop());

const form = (session: Required<Credentials>, over: Readonly<Record<string, string>> = {}) => ({
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: session.sessionToken,
  subject_token_type: AWS_SESSION,
  ...over,
});

async function ask(
  session: Required<Credentials>,
  over: Readonly<Record<string, string>> = {},
  options: SigningOptions = { credentials: session },
) {
  const all = { path: '/oauth/token', ...options };
  const answer = await postSignedForm(scenario.daypass, form(session, over), all);
  return { status: answer.status, body: await jsonOf(answer) };
}

const decision = async (token: unknown, action: string) => {
  const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id: token },
      action: { name: action },
      resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
    }),
  });
  return (await jsonOf(answer)).decision;
};

describe('a signed exchange', () => {
  test('gives an access token of the same session, which ends with it', async () => {
    const { status, body } = await ask(admin);
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: expect.any(Number),
    });
    expect(body.expires_in).toBeLessThanOrEqual(1000);
    const keys = createRemoteJWKSet(new URL(`${scenario.daypass.url}/.well-known/jwks.json`));
    const issuer = scenario.daypass.url;
    const { payload } = await jwtVerify(String(body.access_token), keys, { issuer, audience: issuer });
    expect(payload.sub).toMatch(/^AROA[A-Z0-9]{17}$/);
    expect(payload).toMatchObject({
      client_id: payload.sub,
      daypass: { account, arn: `arn:aws:sts::${account}:assumed-role/worker/job` },
    });
    expect(await decision(body.access_token, 's3:PutObject')).toBe(true);
    expect(await decision(body.access_token, 'iam:ListUsers')).toBe(false);
  });

  test('names a federated person as the exchange of the ID token does, whatever the session is called', async () => {
    const { body } = await ask(alice);
    const direct = await exchange(scenario.daypass, {
      ...{ subject_token: await scenario.idToken(), resource: scenario.roleArn },
    });
    const [own, other] = [body, direct.body].map((each) => decodeJwt(String(each.access_token)));
    expect([own?.sub, own?.client_id]).toEqual([other?.sub, other?.client_id]);
    expect(own?.sub).toMatch(/^fed_/);
  });

  test('is for a registered audience alone', async () => {
    const { body } = await ask(admin, { audience: 'https://api.example.com' });
    expect(decodeJwt(String(body.access_token)).aud).toBe('https://api.example.com'); // local mode admits https
    expect((await ask(admin, { audience: 'unregistered' })).body.error).toBe('invalid_target');
  });

  test('is in the trail under the name of the session', async () => {
    await ask(admin);
    await expect
      .poll(
        async () => {
          const { results } = await scenario.daypass.d1
            .prepare("SELECT body FROM audit_events WHERE event_name = 'TokenExchange' AND principal_arn = ?")
            .bind(`arn:aws:sts::${account}:assumed-role/worker/job`)
            .all<{ body: string }>();
          return results.filter(({ body }) => body.includes('tokenId')).length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    const { results } = await scenario.daypass.d1
      .prepare('SELECT body FROM audit_events')
      .all<{ body: string }>();
    for (const { body } of results) expect(body).not.toContain(admin.sessionToken.slice(100));
  });
});

describe('half a credential gives nothing', () => {
  test('a session token without a signature', async () => {
    const { status, body } = await exchange(scenario.daypass, {
      ...{ subject_token: admin.sessionToken, subject_token_type: AWS_SESSION },
    });
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  test('a session token as a bearer', async () => {
    const answer = await scenario.daypass.fetch('/oauth/token', {
      method: 'POST',
      headers: { authorization: `Bearer ${admin.sessionToken}` },
      body: new URLSearchParams(form(admin)),
    });
    expect([answer.status, (await jsonOf(answer)).error]).toEqual([401, 'invalid_client']);
  });

  test.for<[string, () => SigningOptions]>([
    ['a wrong secret', () => ({ credentials: { ...admin, secretAccessKey: 'x'.repeat(40) } })],
    [
      'the secret of another session',
      () => ({ credentials: { ...admin, secretAccessKey: alice.secretAccessKey } }),
    ],
    ['another session', () => ({ credentials: alice })],
    ['a long-term key', () => ({ credentials: scenario.daypass.bootstrap.admin })],
    ['a signature for another service', () => ({ credentials: admin, service: 'sts' })],
  ])('the session token with %s', async ([, signing]) => {
    const { status, body } = await ask(admin, {}, signing());
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  test('a signature over another body', async () => {
    const signed = await postSignedForm(scenario.daypass, form(admin), {
      ...{ credentials: admin, path: '/oauth/token' },
      sentInstead: { ...form(admin), audience: 'https://evil.example.com' },
    });
    expect([signed.status, (await jsonOf(signed)).error]).toEqual([401, 'invalid_client']);
  });
});

describe('what a session cannot be exchanged for', () => {
  test.for<[string, Readonly<Record<string, string>>, string]>([
    ['another role', { resource: 'arn:aws:iam::111122223333:role/other' }, 'invalid_target'],
    ['another policy', { policy: policy() }, 'invalid_request'],
    ['other keys', { requested_token_type: 'urn:daypass:token-type:aws-credentials' }, 'invalid_request'],
    ['a scope', { scope: 'read' }, 'invalid_scope'],
    ['the name of another', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
    ['an unknown type', { subject_token_type: 'urn:daypass:token-type:aws-session2' }, 'invalid_client'],
    [
      'the type of an ID token',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' },
      'invalid_client',
    ],
    ['a client that is none', { client_secret: 'x' }, 'invalid_client'],
  ])('%s', async ([, over, error]) => {
    expect((await ask(admin, over)).body.error).toBe(error);
  });

  test('anything, where a policy denies it', async () => {
    await scenario.daypass.iam().send(
      new PutRolePolicyCommand({
        ...{ RoleName: 'worker', PolicyName: 'no-tokens' },
        PolicyDocument: policy({ Effect: 'Deny', Action: 'daypass:ExchangeSession', Resource: '*' }),
      }),
    );
    const { status, body } = await ask(admin);
    expect([status, body.error]).toEqual([400, 'invalid_target']);
  });

  test('anything, once it has ended', async () => {
    await scenario.daypass.advance(3601);
    const { status, body } = await ask(alice);
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });
});
