/**
 * `npm run demo`: the README's story by itself, against a fresh broker and its stand-in provider, with the AWS SDK as it comes.
 * Exits with 1 as soon as an answer is not the one that the story tells.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startBroker } from './local-broker.ts';
import { findFreePorts } from './loopback.ts';
import { oidc } from './peers/oidc.ts';

const CLIENT_ID = 'daypass-demo';
const ROLE = 'report-reader';
const REPORTS = 'arn:aws:s3:::reports';

const say = (text: string): void => console.log(text);
const show = (label: string, value: unknown): void =>
  console.log(`   ${label.padEnd(14)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);

function expect(what: string, holds: boolean): void {
  if (!holds) throw new Error(`the demo expected: ${what}`);
}

const port = await findFreePorts(5);
const peerPort = port + 1;
const broker = await startBroker({ port, stateDir: null });
const peer = await oidc.start({ port: peerPort, stateDir: null });
const folder = await mkdtemp(join(tmpdir(), 'daypass-demo-'));
try {
  await tellTheStory(`http://localhost:${peerPort}`);
  say('\nThat was the whole way: a login became credentials, and every use of them was decided.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
  await peer.stop();
  await broker.stop();
}

async function tellTheStory(issuer: string): Promise<void> {
  say(
    `1. A fresh broker at ${broker.url}, an OpenID provider at ${issuer}; setup gives the administrator a key.`,
  );
  const { accountId, admin } = await broker.setup({ email: 'root@example.com' });
  show('account', accountId);
  const credentials = { accessKeyId: admin.accessKeyId, secretAccessKey: admin.secretAccessKey };
  const clientOptions = { endpoint: broker.url, region: 'us-east-1' };
  const iam = new IAMClient({ ...clientOptions, credentials });

  say(
    '\n2. The administrator trusts the provider, and makes a role for alice that may read reports and its own role.',
  );
  const provider = await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: [CLIENT_ID] }),
  );
  const role = await iam.send(
    new CreateRoleCommand({
      RoleName: ROLE,
      AssumeRolePolicyDocument: trustPolicy(provider.OpenIDConnectProviderArn, issuer),
    }),
  );
  await iam.send(
    new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: 'read', PolicyDocument: permissionPolicy() }),
  );
  const roleArn = role.Role?.Arn ?? '';
  show('role', roleArn);

  say('\n3. Alice signs in at the provider; her ID token becomes temporary AWS keys.');
  const idToken = await fetchIdToken(issuer, 'alice');
  const sts = new STSClient({ ...clientOptions, credentials });
  const assumed = await sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: roleArn,
      RoleSessionName: 'alice',
      WebIdentityToken: idToken,
    }),
  );
  show('access key', assumed.Credentials?.AccessKeyId);
  show('until', assumed.Credentials?.Expiration);
  const whoami = await new STSClient({
    ...clientOptions,
    credentials: sdkCredentials(assumed.Credentials),
  }).send(new GetCallerIdentityCommand({}));
  show('who am I', whoami.Arn);
  expect('the session is alice', whoami.Arn === `arn:aws:sts::${accountId}:assumed-role/${ROLE}/alice`);

  say('\n4. The same login as an OAuth token exchange (RFC 8693): a JWT that anybody can verify.');
  const exchanged = await exchange(idToken, roleArn);
  show(
    'access token',
    `${String(exchanged.access_token).slice(0, 40)}… (${exchanged.token_type}, ${exchanged.expires_in} s)`,
  );

  say('\n5. A resource server asks what that session may do.');
  const may = await evaluate(String(exchanged.access_token), 's3:GetObject', `${REPORTS}/2026/q1.csv`);
  show('read report', may);
  const mayNot = await evaluate(String(exchanged.access_token), 's3:DeleteObject', `${REPORTS}/2026/q1.csv`);
  show('delete report', mayNot);
  expect('reading is allowed and deleting is not', may.decision === true && mayNot.decision === false);
  const why = await evaluateAs(credentials, String(exchanged.access_token));
  show('and why not', why);

  say('\n6. Bob has a login too, but the trust policy names alice.');
  const refused = await sts
    .send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: roleArn,
        RoleSessionName: 'bob',
        WebIdentityToken: await fetchIdToken(issuer, 'bob'),
      }),
    )
    .then(
      () => 'a session',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  show('bob gets', refused);
  expect('bob is refused', refused.startsWith('AccessDenied'));

  say(
    '\n7. A program without any keys: only AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE. The SDK federates by itself.',
  );
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, idToken, { mode: 0o600 });
  const lines = await runUnmodifiedProgram(roleArn, tokenFile);
  for (const line of lines) say(`   ${line}`);
  expect(
    'GetRole is allowed and CreateUser refused',
    lines.length === 2 && lines[1]?.includes('AccessDenied') === true,
  );
}

function trustPolicy(providerArn: string | undefined, issuer: string): string {
  const prefix = issuer.replace(/^https?:\/\//, '');
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${prefix}:aud`]: CLIENT_ID, [`${prefix}:sub`]: 'alice' } },
    },
  });
}

function permissionPolicy(): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'ReadReports', Effect: 'Allow', Action: 's3:GetObject', Resource: `${REPORTS}/*` },
      { Sid: 'SeeOwnRole', Effect: 'Allow', Action: 'iam:GetRole', Resource: `arn:aws:iam::*:role/${ROLE}` },
    ],
  });
}

async function fetchIdToken(issuer: string, subject: string): Promise<string> {
  const body = new URLSearchParams({ sub: subject, aud: CLIENT_ID });
  return (await (await fetch(`${issuer}/id-token`, { method: 'POST', body })).text()).trim();
}

async function exchange(idToken: string, roleArn: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${broker.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: idToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource: roleArn,
    }),
  });
  return (await response.json()) as Record<string, unknown>; // printed and checked by the story
}

interface Answer {
  readonly decision?: boolean;
  readonly context?: { readonly reason_admin?: { readonly en?: string } };
}

async function evaluate(token: string, action: string, resource: string): Promise<Answer> {
  const response = await fetch(`${broker.url}/access/v1/evaluation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: question(token, action, resource),
  });
  return (await response.json()) as Answer; // as the door's own tests check
}

function question(token: string, action: string, resource: string): string {
  return JSON.stringify({
    subject: { type: 'access_token', id: token },
    action: { name: action },
    resource: { type: 'arn', id: resource },
  });
}

/** The administrator asks the same and, with `daypass:Explain`, sees the reason. */
async function evaluateAs(
  credentials: { accessKeyId: string; secretAccessKey: string },
  token: string,
): Promise<string> {
  const { signedFetch } = await import('./demo/signed-fetch.ts');
  const response = await signedFetch(
    `${broker.url}/access/v1/evaluation`,
    question(token, 's3:DeleteObject', `${REPORTS}/2026/q1.csv`),
    credentials,
  );
  const answer = (await response.json()) as Answer;
  return answer.context?.reason_admin?.en ?? 'no reason given';
}

interface AnsweredCredentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

function sdkCredentials(from: AnsweredCredentials | undefined) {
  return {
    accessKeyId: from?.AccessKeyId ?? '',
    secretAccessKey: from?.SecretAccessKey ?? '',
    sessionToken: from?.SessionToken ?? '',
  };
}

/** Runs dev/demo/program.ts with the four variables and no keys. @returns its lines */
function runUnmodifiedProgram(roleArn: string, tokenFile: string): Promise<string[]> {
  const program = join(import.meta.dirname, 'demo', 'program.ts');
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['--no-warnings', program, ROLE], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...(PATH !== undefined && { PATH }),
      ...(HOME !== undefined && { HOME }),
      AWS_REGION: 'us-east-1',
      AWS_ROLE_ARN: roleArn,
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ENDPOINT_URL_STS: broker.url,
      AWS_ENDPOINT_URL_IAM: broker.url,
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(output.trim().split('\n')));
  });
}
