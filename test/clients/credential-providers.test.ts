/** The SDK's own credential providers, as programs use them, against an endpoint that is not AWS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTemporaryCredentials, fromTokenFile, fromWebToken } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let account: string;
const folder = mkdtempSync(join(tmpdir(), 'daypass-token-'));

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  await scenario.allow('reader', { Effect: 'Allow', Action: 'iam:GetRole', Resource: scenario.roleArn });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await scenario.stop();
});

const clientConfig = () => ({ endpoint: scenario.daypass.url, region: 'us-east-1' });

test('fromWebToken', async () => {
  const credentials = fromWebToken({
    roleArn: scenario.roleArn,
    roleSessionName: 'web',
    webIdentityToken: await scenario.idToken(),
    clientConfig: clientConfig(),
  });
  const sts = new STSClient({ ...clientConfig(), credentials });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
    `arn:aws:sts::${account}:assumed-role/reader/web`,
  );
});

test('fromTokenFile, then allowed or refused by policy', async () => {
  const webIdentityTokenFile = join(folder, 'token');
  writeFileSync(webIdentityTokenFile, await scenario.idToken());
  const credentials = fromTokenFile({
    webIdentityTokenFile,
    roleArn: scenario.roleArn,
    roleSessionName: 'file',
    clientConfig: clientConfig(),
  });
  const iam = new IAMClient({ ...clientConfig(), credentials });
  expect((await iam.send(new GetRoleCommand({ RoleName: 'reader' }))).Role?.Arn).toBe(scenario.roleArn);
  await expect(iam.send(new GetRoleCommand({ RoleName: 'other' }))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});

test('fromTemporaryCredentials, from a user’s keys', async () => {
  const masterCredentials = await scenario.makeUser('builder', {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: '*',
  });
  const RoleArn = await scenario.makeRole('build', {
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': 'ci' } },
  });
  const credentials = (ExternalId: string) =>
    fromTemporaryCredentials({
      masterCredentials,
      params: { RoleArn, RoleSessionName: 'ci', ExternalId },
      clientConfig: clientConfig(),
    });
  const sts = new STSClient({ ...clientConfig(), credentials: credentials('ci') });
  expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
    `arn:aws:sts::${account}:assumed-role/build/ci`,
  );
  const refused = new STSClient({ ...clientConfig(), credentials: credentials('other') });
  await expect(refused.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
