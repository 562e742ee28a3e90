/**
 * How clusters know who calls: the client signs GetCallerIdentity as a URL for the cluster named in a signed header, the cluster
 * fetches it and believes the answer (aws-iam-authenticator, `aws eks get-token`).
 */
import { DeleteRoleCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetFederationTokenCommand,
  GetScopedCredentialsCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allow } from '../doors/aws/iam/support.ts';
import type { Credentials } from '../helpers/daypass.ts';
import { credentialsFrom, type Scenario, startScenario } from '../helpers/scenario.ts';
import { Sha256 } from '../helpers/sha256.ts';

let scenario: Scenario;
let account: string;
let anna: Credentials;

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  anna = await scenario.makeUser('anna', allow('sts:*'));
});
afterAll(() => scenario.stop());

/** The client's side: a bearer token for one cluster. */
async function clusterToken(credentials: Credentials, cluster: string, expiresIn = 900): Promise<string> {
  const url = new URL(scenario.daypass.url);
  const signer = new SignatureV4({ credentials, service: 'sts', region: 'us-east-1', sha256: Sha256 });
  const { query } = await signer.presign(
    {
      method: 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: url.host, 'x-k8s-aws-id': cluster },
    },
    { expiresIn, signingDate: new Date(scenario.daypass.nowSeconds() * 1000) },
  );
  const signed = `${scenario.daypass.url}/?${new URLSearchParams(query as Record<string, string>)}`;
  return `k8s-aws-v1.${Buffer.from(signed).toString('base64url')}`;
}

/** The cluster's side. @returns the caller's ARN, or the code of the refusal */
async function whoHolds(token: string, cluster: string): Promise<string> {
  const url = Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString();
  const answer = await fetch(url, { headers: { 'x-k8s-aws-id': cluster } });
  const text = await answer.text();
  const element = answer.ok ? 'Arn' : 'Code';
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(text)?.[1] ?? text;
}

async function takeRole(name: string): Promise<Required<Credentials>> {
  const RoleArn = await scenario.makeRole(name, {
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
  });
  const input = { RoleArn, RoleSessionName: 'pod' };
  return credentialsFrom((await scenario.daypass.sts(anna).send(new AssumeRoleCommand(input))).Credentials);
}

test('holds for every kind of credential, long-term or temporary', async () => {
  const sts = scenario.daypass.sts(anna);
  const role = await takeRole('node');
  await scenario.allow('node', allow('sts:GetScopedCredentials'));
  const scoped = scenario.daypass.sts(role).send(new GetScopedCredentialsCommand({ DurationSeconds: 900 }));
  const own = await sts.send(new GetSessionTokenCommand({}));
  const federated = await sts.send(new GetFederationTokenCommand({ Name: 'bob' }));
  for (const [credentials, arn] of [
    [anna, `arn:aws:iam::${account}:user/anna`],
    [role, `arn:aws:sts::${account}:assumed-role/node/pod`],
    [credentialsFrom((await scoped).Credentials), `arn:aws:sts::${account}:assumed-role/node/pod`],
    [credentialsFrom(own.Credentials), `arn:aws:iam::${account}:user/anna`],
    [credentialsFrom(federated.Credentials), `arn:aws:sts::${account}:federated-user/bob`],
  ] as const) {
    expect(await whoHolds(await clusterToken(credentials, 'blue'), 'blue')).toBe(arn);
  }
});

test('holds for the cluster that was signed for alone', async () => {
  const token = await clusterToken(await takeRole('one-cluster'), 'blue');
  expect(await whoHolds(token, 'green')).toBe('SignatureDoesNotMatch');
  expect(await whoHolds(token, 'blue')).toContain('/one-cluster/pod');
});

test("does not hold with another session's token in the URL", async () => {
  const [mine, theirs] = [await takeRole('mine'), await takeRole('theirs')];
  const token = await clusterToken({ ...mine, sessionToken: theirs.sessionToken }, 'blue');
  expect(await whoHolds(token, 'blue')).toBe('InvalidClientTokenId');
  const { sessionToken: _, ...without } = mine;
  expect(await whoHolds(await clusterToken(without, 'blue'), 'blue')).toBe('InvalidClientTokenId');
});

test('ends with its session: a role that is gone has no pods', async () => {
  const token = await clusterToken(await takeRole('gone'), 'blue');
  await scenario.daypass.iam().send(new DeleteRoleCommand({ RoleName: 'gone' }));
  expect(await whoHolds(token, 'blue')).toBe('InvalidClientTokenId');
});

test('ends by itself after the quarter of an hour it may last', async () => {
  const token = await clusterToken(await takeRole('late'), 'blue', 900);
  await scenario.daypass.advance(899);
  expect(await whoHolds(token, 'blue')).toContain('/late/pod');
  await scenario.daypass.advance(3);
  expect(await whoHolds(token, 'blue')).toBe('RequestExpired');
  expect(await whoHolds(await clusterToken(anna, 'blue', 901), 'blue')).toBe('IncompleteSignature');
});
