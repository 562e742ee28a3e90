/** What local mode admits and production does not: issuers without TLS, issuers on this machine, unregistered audiences, a caller's own word about its address. */
import { CreateOpenIDConnectProviderCommand, ListUsersCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { exchange } from '../helpers/exchange.ts';
import { jsonOf } from '../helpers/json.ts';
import { startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { call, tag, whoAmI } from '../helpers/raw-http.ts';
import { policy } from '../helpers/scenario.ts';
import { accessKeyOf, refusal, userWith } from './aws/iam/support.ts';

let daypass: Daypass;
let account: string;
let issuer: TestIssuer;

const ISSUER = 'https://daypass.example.com';
const CLIENT_ID = 'app';

beforeAll(async () => {
  [daypass, issuer] = await Promise.all([
    startDaypass({ vars: { DAYPASS_MODE: 'production', DAYPASS_ISSUER: ISSUER } }),
    startOidcProvider(),
  ]);
  account = daypass.bootstrap.accountId;
});

afterAll(async () => {
  await daypass.stop();
  await issuer.stop();
});

/** Puts an issuer into the database that the API would not take, with a role that trusts it. */
async function forceProvider(issuerUrl: string, name: string): Promise<string> {
  const url = issuerUrl.replace(/^https?:\/\//, '');
  const arn = `arn:aws:iam::${account}:oidc-provider/${url}`;
  await insert('oidc_providers', {
    account_id: account,
    provider_id: `prv-${name}`,
    issuer: issuerUrl,
    url,
    client_ids: JSON.stringify([CLIENT_ID]),
    thumbprints: '[]',
    tags: '[]',
    created_at_seconds: 0,
  });
  await insert('roles', {
    account_id: account,
    role_id: `AROA${name.toUpperCase()}`,
    name,
    name_key: name,
    path: '/',
    description: '',
    trust_document: policy({
      Effect: 'Allow',
      Principal: { Federated: arn },
      Action: 'sts:AssumeRoleWithWebIdentity',
    }),
    trust_pins: '{}',
    max_session_seconds: 3600,
    tags: '[]',
    created_at_seconds: 0,
  });
  return `arn:aws:iam::${account}:role/${name}`;
}

async function insert(table: string, row: Readonly<Record<string, string | number>>): Promise<void> {
  const columns = Object.keys(row);
  await daypass.d1
    .prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`)
    .bind(...Object.values(row))
    .run();
}

describe('an issuer', () => {
  test.each([
    'http://idp.example.com',
    'http://localhost:8788',
    'http://127.0.0.1:8788',
    'http://[::1]:8788',
    'ftp://idp.example.com',
    'https://user:secret@idp.example.com',
    'https://idp.example.com/?a=1',
    'https://idp.example.com/#a',
    'HTTPS://idp.example.com',
  ])('%s is not taken', async (Url) => {
    expect(
      await refusal(
        daypass.iam().send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: [CLIENT_ID] })),
      ),
    ).toMatchObject({ name: expect.stringMatching(/^(ValidationError|InvalidInput)/), status: 400 });
  });

  test('on this machine or inside a network is not asked, even where a row names it', async () => {
    const { port } = new URL(issuer.url);
    const addresses = [
      issuer.issuer,
      'https://localhost',
      `https://127.0.0.1:${port}`,
      `https://[::1]:${port}`,
      `https://2130706433:${port}`,
      `https://0x7f.1:${port}`,
      `https://127.0.0.1.:${port}`,
      `https://[::ffff:127.0.0.1]:${port}`,
      'https://169.254.169.254',
      'https://metadata.google.internal',
      'https://router.lan',
      'https://idp',
    ];
    for (const [index, address] of addresses.entries()) {
      const RoleArn = await forceProvider(address, `inside${index}`);
      const token = await issuer.signIdToken({ iss: address, sub: 'alice', aud: CLIENT_ID });
      const answer = await refusal(
        daypass
          .sts()
          .send(
            new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'al', WebIdentityToken: token }),
          ),
      );
      expect([address, answer.name]).toEqual([address, 'IDPCommunicationErrorException']);
      expect(answer.message).toBe('the identity provider could not be reached to verify the token');
    }
    // Refused, not tried: the log says which.
    const refusedAddresses = () =>
      daypass.logs.filter((line) => line.includes('the address may not be asked'));
    await expect.poll(refusedAddresses, { timeout: 20_000 }).toHaveLength(addresses.length);
    expect(issuer.hits()).toBe(0);
  });
});

test('an https audience must be registered, and the token names the configured issuer', async () => {
  const document = await jsonOf(await daypass.fetch('/.well-known/openid-configuration'));
  expect(document).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/oauth/token` });
  const { status, body } = await exchange(daypass, {
    subject_token: await issuer.signIdToken({ sub: 'alice', aud: CLIENT_ID }),
    resource: `arn:aws:iam::${account}:role/inside0`,
    audience: 'https://api.example.com',
  });
  expect([status, body.error]).toEqual([400, 'invalid_target']);
});

test('the address is what Cloudflare says; what a caller says otherwise counts for nothing', async () => {
  await userWith(daypass, 'indoors', {
    Effect: 'Allow',
    Action: 'iam:ListUsers',
    Resource: '*',
    Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  });
  const credentials = await accessKeyOf(daypass.iam(), 'indoors');
  const list = (headers: Readonly<Record<string, string>>) =>
    call(
      daypass,
      whoAmI({
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: 'Action=ListUsers&Version=2010-05-08',
      }),
      { credentials, service: 'iam' },
    );
  expect((await list({ 'cf-connecting-ip': '203.0.113.9' })).status).toBe(200);
  for (const headers of [
    { 'cf-connecting-ip': '198.51.100.1' },
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-real-ip': '203.0.113.9' },
    { forwarded: 'for=203.0.113.9' },
    { 'true-client-ip': '203.0.113.9' },
  ]) {
    const answer = await list(headers);
    expect([answer.status, tag(answer.text, 'Code')], JSON.stringify(headers)).toEqual([403, 'AccessDenied']);
  }
  await expect(daypass.iam(credentials).send(new ListUsersCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
  });
});
