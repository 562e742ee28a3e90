/** The device simulator and the helper, on real processes, against the broker. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromContainerMetadata, fromHttp, fromProcess } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runHelper, startDevice } from '../../dev/device/simulator.ts';
import { authority, deviceCertificate, pemOf } from '../helpers/certificates.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { associate, makeProfile } from '../helpers/instances.ts';

let daypass: Daypass;
let account: string;
const folder = mkdtempSync(join(tmpdir(), 'daypass-device-'));

beforeAll(async () => {
  daypass = await startDaypass();
  account = daypass.bootstrap.accountId;
  await makeProfile(daypass, 'sensors');
  await makeProfile(daypass, 'meters');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await daypass.stop();
});

/** The SDK warns that it finds a token in the environment too. */
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const call = (action: string, parameters: Record<string, string>) =>
  daypassQuery(daypass, action, parameters);
const sessionOf = (role: string, id: string) => `arn:aws:sts::${account}:assumed-role/${role}/${id}`;

/** Enrols a device as its installer would. @returns its folder and id */
async function enrolled(name: string): Promise<{ state: string; id: string }> {
  const made = await call('CreateEnrolmentCode', { InstanceProfileName: 'sensors' });
  const state = join(folder, name);
  const arn = await runHelper(state, ['enrol', '--endpoint', daypass.url], {
    DAYPASS_ENROLMENT_CODE: made.all('Code')[0] ?? '',
  });
  return { state, id: arn.split('/')[1] ?? '' };
}

test('a device enrols, refreshes, survives a role change, and ends with a detach or when it is disabled', async () => {
  const { state, id } = await enrolled('field');
  expect(statSync(join(state, 'key.pem')).mode & 0o777).toBe(0o600);
  const turn = startDevice(state);
  expect(await turn()).toEqual({ arn: sessionOf('sensors', id) });
  const shown = await call('DescribeInstances', { 'InstanceIds.member.1': id });
  const replaced = await call('ReplaceInstanceProfileAssociation', {
    AssociationId: shown.all('AssociationId')[0] ?? '',
    InstanceProfileName: 'meters',
  });
  expect(await turn()).toEqual({ arn: sessionOf('meters', id) });
  await call('DisassociateInstanceProfile', { AssociationId: replaced.all('AssociationId')[0] ?? '' });
  expect(await turn()).toEqual({ refused: 'no role is attached to the instance' });
  await associate(daypass, id, 'sensors');
  expect(await turn()).toEqual({ arn: sessionOf('sensors', id) });
  await call('DisableInstance', { InstanceId: id });
  expect(await turn()).toMatchObject({ refused: expect.stringContaining('the instance is disabled') });
  await call('EnableInstance', { InstanceId: id });
  expect(await turn()).toEqual({ arn: sessionOf('sensors', id) });
});

test('the SDK’s own providers fetch credentials: credential_process, and the container’s endpoint with its token file', async () => {
  const { state, id } = await enrolled('sdk');
  const config = join(folder, 'config');
  const helper = join(import.meta.dirname, '../../dev/device/daypass-credentials.mjs');
  writeFileSync(
    config,
    `[profile device]\ncredential_process = ${process.execPath} ${helper} --state ${state}\n`,
  );
  const tokenFile = join(state, 'token');
  await runHelper(state, ['token', '--out', tokenFile]);
  expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
  const uri = `${daypass.url}/credentials`;
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = uri;
  process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = readFileSync(tokenFile, 'utf8');
  try {
    const providers = {
      fromProcess: fromProcess({ profile: 'device', configFilepath: config, filepath: join(folder, 'none') }),
      fromContainerMetadata: fromContainerMetadata({ maxRetries: 0 }),
      fromHttp: fromHttp({
        awsContainerCredentialsFullUri: uri,
        awsContainerAuthorizationTokenFile: tokenFile,
        maxRetries: 0,
        logger: silent,
      }),
    };
    for (const [name, credentials] of Object.entries(providers)) {
      const sts = new STSClient({ endpoint: daypass.url, region: 'us-east-1', credentials });
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      expect([name, Arn]).toEqual([name, sessionOf('sensors', id)]);
      expect([name, (await credentials()).expiration]).toEqual([name, expect.any(Date)]);
      sts.destroy();
    }
    await call('DisableInstance', { InstanceId: id });
    await expect(providers.fromHttp()).rejects.toMatchObject({
      Code: 'AccessDenied',
      Message: 'the instance is disabled',
    });
    await expect(providers.fromContainerMetadata()).rejects.toThrow();
    await expect(providers.fromProcess()).rejects.toThrow('the instance is disabled');
  } finally {
    delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    delete process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  }
});

test('a key made on the device is registered by an administrator', async () => {
  const state = join(folder, 'registered');
  const PublicKey = await runHelper(state, ['key']);
  expect(await runHelper(state, ['key'])).toBe(PublicKey);
  expect(PublicKey).not.toContain('"d"');
  const made = await call('RegisterInstance', { PublicKey });
  const [id = ''] = made.all('InstanceId');
  await associate(daypass, id, 'sensors');
  await runHelper(state, ['use', '--endpoint', daypass.url, '--instance', made.all('Arn')[0] ?? '']);
  const printed = JSON.parse(await runHelper(state, []));
  expect(printed).toEqual({
    Version: 1,
    AccessKeyId: expect.stringMatching(/^ASIA/),
    SecretAccessKey: expect.any(String),
    SessionToken: expect.any(String),
    Expiration: expect.any(String),
  });
});

test('a device with a certificate proves itself with that, and with authorities between', async () => {
  const root = await authority();
  const sub = await authority({ by: root, subject: 'CN=Sub' });
  const own = await deviceCertificate(sub, { subject: 'CN=sensor-9', rsa: true });
  const anchor = await call('CreateTrustAnchor', { Name: 'factory', X509CertificateData: pemOf(root) });
  const made = await call('RegisterInstance', {
    'Certificate.TrustAnchorId': anchor.all('TrustAnchorId')[0] ?? '',
    'Certificate.Subject': 'CN=sensor-9',
  });
  await associate(daypass, made.all('InstanceId')[0] ?? '', 'sensors');
  const [certificate, key] = [join(folder, 'own.pem'), join(folder, 'own.key')];
  writeFileSync(certificate, pemOf(own, sub));
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', own.keys.privateKey)).toString('base64');
  writeFileSync(key, `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`);
  const state = join(folder, 'certificate');
  const use = ['use', '--endpoint', daypass.url, '--instance', made.all('Arn')[0] ?? ''];
  await runHelper(state, [...use, '--certificate', certificate, '--private-key', key]);
  expect(JSON.parse(await runHelper(state, [])).AccessKeyId).toMatch(/^ASIA/);
});

test('the helper says what is wrong, and never the code', async () => {
  const state = join(folder, 'wrong');
  await expect(runHelper(state, [])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not enrolled'),
  });
  await expect(runHelper(state, ['dance'])).rejects.toMatchObject({ code: 1 });
  const http = runHelper(state, ['enrol', '--endpoint', 'http://example.com'], {
    DAYPASS_ENROLMENT_CODE: 'x',
  });
  await expect(http).rejects.toMatchObject({ stderr: expect.stringContaining('https') });
  const DAYPASS_ENROLMENT_CODE = `dpe-${account}-${'A'.repeat(32)}`;
  const enrolling = runHelper(state, ['enrol', '--endpoint', daypass.url], { DAYPASS_ENROLMENT_CODE });
  await expect(enrolling).rejects.toMatchObject({
    stderr: expect.stringMatching(/^daypass-credentials: AccessDenied: the enrolment code is not valid/),
  });
  await enrolling.catch((error: { stderr: string }) => expect(error.stderr).not.toContain('AAAA'));
});
