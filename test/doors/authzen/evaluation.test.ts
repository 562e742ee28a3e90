import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { exchange } from '../../helpers/exchange.ts';
import { jsonOf } from '../../helpers/json.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../helpers/scenario.ts';
import { postSigned } from '../../helpers/signed-json.ts';

let scenario: Scenario;
let account: string;
let token: string;
let session: Required<Credentials>;

const PATH = '/access/v1/evaluation';
const READ = { name: 's3:GetObject' };
const REPORT = { type: 'arn', id: 'arn:aws:s3:::reports/q1' };

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  const subject_token = await scenario.idToken();
  token = String(
    (await exchange(scenario.daypass, { subject_token, resource: scenario.roleArn })).body.access_token,
  );
  const answer = await scenario.daypass.sts().send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: scenario.roleArn,
      RoleSessionName: 'alice',
      WebIdentityToken: subject_token,
    }),
  );
  session = credentialsFrom(answer.Credentials);
});

afterAll(() => scenario.stop());

interface Question {
  readonly subject?: unknown;
  readonly action?: unknown;
  readonly resource?: unknown;
  readonly context?: unknown;
}

const question = (over: Question = {}) => ({
  subject: { type: 'access_token', id: token },
  action: READ,
  resource: REPORT,
  ...over,
});

async function ask(over: Question = {}, headers: Record<string, string> = {}) {
  const answer = await scenario.daypass.fetch(PATH, {
    method: 'POST',
    headers,
    body: JSON.stringify(question(over)),
  });
  return { status: answer.status, headers: answer.headers, body: await jsonOf(answer) };
}

const askSigned = (over: Question, credentials?: Credentials) =>
  postSigned(scenario.daypass, PATH, question(over), credentials);

describe('an access token', () => {
  test('asks about itself, and learns yes or no and nothing of policies', async () => {
    expect((await ask()).body).toEqual({
      decision: true,
      context: { reason_user: { en: 'You may perform s3:GetObject on arn:aws:s3:::reports/q1.' } },
    });
    const no = await ask({ action: { name: 's3:PutObject' } });
    expect([no.status, no.body.decision]).toEqual([200, false]);
    expect(JSON.stringify(no.body)).not.toMatch(/policy|statement/);
  });

  test('that cannot be believed is a no, with status 200', async () => {
    const [head, body, signature] = token.split('.');
    const idToken = await scenario.idToken();
    for (const id of [
      'x',
      'a.b.c',
      `${head}.${body}.`,
      `${head}.${body}.${signature?.slice(0, -4)}AAAA`,
      idToken,
      session.sessionToken,
    ]) {
      const answer = await ask({ subject: { type: 'access_token', id } });
      expect([answer.status, answer.body]).toEqual([
        200,
        { decision: false, context: { reason_user: { en: 'The subject could not be verified.' } } },
      ]);
    }
  });

  test('for another audience is a subject, but no caller', async () => {
    const { body } = await exchange(scenario.daypass, {
      subject_token: await scenario.idToken(),
      resource: scenario.roleArn,
      audience: 'https://api.example.com',
    });
    const id = String(body.access_token);
    expect((await ask({ subject: { type: 'access_token', id } })).body.decision).toBe(true);
    expect((await ask({}, { authorization: `Bearer ${id}` })).status).toBe(401);
    expect((await ask({}, { authorization: `Basic ${id}` })).status).toBe(401);
    expect((await ask({}, { authorization: `Bearer ${token}` })).status).toBe(200);
  });
});

describe('another subject', () => {
  const principal = () => ({ subject: { type: 'principal', id: `arn:aws:iam::${account}:role/reader` } });
  const sessionToken = () => ({ subject: { type: 'session_token', id: session.sessionToken } });

  test('is asked about by who has daypass:Evaluate', async () => {
    for (const over of [principal(), sessionToken()]) {
      expect((await askSigned(over)).body.decision).toBe(true);
      expect((await askSigned({ ...over, action: { name: 's3:PutObject' } })).body.decision).toBe(false);
    }
  });

  test('is not asked about without authentication or permission', async () => {
    const stranger = await scenario.makeUser('stranger', { Effect: 'Allow', Action: 's3:*', Resource: '*' });
    for (const over of [principal(), sessionToken()]) {
      const anonymous = await ask(over);
      expect([anonymous.status, anonymous.body.error]).toEqual([401, 'missing_authentication']);
      expect(anonymous.headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs="ES256 /);
      const unable = await askSigned(over, stranger);
      expect([unable.status, unable.body.error]).toEqual([403, 'access_denied']);
    }
  });

  test('that is not there, is another account’s, or is a token changed by one character is a no', async () => {
    const wrong = [
      { type: 'principal', id: `arn:aws:iam::${account}:role/none` },
      { type: 'principal', id: `arn:aws:iam::${account}:user/none` },
      { type: 'principal', id: 'x' },
      { type: 'session_token', id: 'x' },
      { type: 'session_token', id: `${session.sessionToken.slice(0, -8)}AAAAAAAA` },
      { type: 'session_token', id: token },
    ];
    for (const subject of wrong)
      expect((await askSigned({ subject })).body.decision, JSON.stringify(subject)).toBe(false);
    const foreign = await askSigned({
      subject: { type: 'principal', id: 'arn:aws:iam::111122223333:role/reader' },
    });
    expect(foreign.body.decision ?? false).toBe(false);
  });
});

test('reasons for administrators are for who has daypass:Explain', async () => {
  const over = { action: { name: 's3:PutObject' } };
  expect((await askSigned(over)).body).toMatchObject({
    decision: false,
    context: {
      reason_admin: {
        en: 'implicitly denied: no identity policy allows it',
        explanation: {
          policies: [
            { layer: 'identity', statements: [{ matched: false, failures: [{ element: 'Action' }] }] },
          ],
        },
      },
    },
  });
  const evaluator = await scenario.makeUser('evaluator', {
    Effect: 'Allow',
    Action: 'daypass:Evaluate',
    Resource: '*',
  });
  const { body } = await askSigned(over, evaluator);
  expect(body).toEqual({ decision: false, context: { reason_user: expect.anything() } });
});

describe('context', () => {
  const roleFor = async (name: string, Condition: object) => {
    const resource = await scenario.makeRole(name, {});
    await scenario.allow(name, { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition });
    const { body } = await exchange(scenario.daypass, { subject_token: await scenario.idToken(), resource });
    return { type: 'access_token', id: String(body.access_token) };
  };

  test.each([
    ['aws:username', 'root'],
    ['aws:PrincipalArn', 'arn:aws:iam::111122223333:root'],
    ['aws:PrincipalTag/team', 'x'],
    ['aws:userid', 'x'],
    ['aws:MultiFactorAuthPresent', 'true'],
    ['aws:MultiFactorAuthAge', '1'],
    ['aws:SourceIdentity', 'x'],
    ['aws:FederatedProvider', 'x'],
    ['aws:CurrentTime', '2000-01-01T00:00:00Z'],
    ['aws:TokenIssueTime', '2000-01-01T00:00:00Z'],
    ['accounts.google.com:sub', 'x'],
    ['SAML:sub', 'x'],
    ['sts:ExternalId', 'x'],
  ])('cannot say %s, in any spelling', async (key, value) => {
    const subject = await roleFor(`r${key.replaceAll(/\W/g, '-')}`.slice(0, 60), {
      StringEquals: { [key]: value },
    });
    for (const spelled of [key, key.toLowerCase(), key.toUpperCase(), ` ${key}`]) {
      expect((await ask({ subject, context: { [spelled]: value } })).body.decision, spelled).toBe(false);
    }
  });

  test('says where the served request came from, in any form of the address; without it the key is absent', async () => {
    const subject = await roleFor('by-address', {
      IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] },
    });
    const decisions: Record<string, unknown> = {};
    for (const ip of [
      '10.1.2.3',
      '::ffff:10.1.2.3',
      '2001:DB8:0:0::1',
      '11.1.2.3',
      '::ffff:11.1.2.3',
      '2001:db9::1',
    ]) {
      decisions[ip] = (await ask({ subject, context: { 'aws:SourceIp': ip } })).body.decision;
    }
    expect(decisions).toEqual({
      '10.1.2.3': true,
      '::ffff:10.1.2.3': true,
      '2001:DB8:0:0::1': true,
      '11.1.2.3': false,
      '::ffff:11.1.2.3': false,
      '2001:db9::1': false,
    });
    expect((await ask({ subject })).body.decision).toBe(false);
    // What is no address would escape a Deny: it is refused, not decided.
    for (const ip of ['010.1.2.3', '10.1.2', '10.1.2.3, 11.1.2.3']) {
      expect(await ask({ subject, context: { 'aws:SourceIp': ip } })).toMatchObject({ status: 400 });
    }
  });

  test('takes numbers, booleans and lists', async () => {
    const subject = await roleFor('typed', {
      NumericLessThan: { 's3:max-keys': '10' },
      Bool: { 'app:internal': 'true' },
      'ForAllValues:StringEquals': { 'app:labels': ['a', 'b'] },
    });
    const context = { 's3:max-keys': 9, 'app:internal': true, 'app:labels': ['a'] };
    expect((await ask({ subject, context })).body.decision).toBe(true);
    expect((await ask({ subject, context: { ...context, 's3:max-keys': 10 } })).body.decision).toBe(false);
  });
});

test.each<[string, Question | string]>([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['no subject', { subject: undefined }],
  ['a subject of another type', { subject: { type: 'user', id: 'x' } }],
  ['a subject without id', { subject: { type: 'access_token' } }],
  ['an action that is none', { action: { name: 'read' } }],
  ['an action with a wildcard', { action: { name: 's3:*' } }],
  ['a resource of another type', { resource: { type: 'file', id: 'x' } }],
  ['a resource that is no ARN', { resource: { type: 'arn', id: 'arn:aws:s3' } }],
  ['a context that is no object', { context: [] }],
  ['a context value that is an object', { context: { 'app:x': {} } }],
  ['a context key too long', { context: { ['x'.repeat(257)]: '1' } }],
  [
    'too many context keys',
    { context: Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`app:${index}`, '1'])) },
  ],
])('%s is refused with 400', async (_what, over) => {
  const body = typeof over === 'string' ? over : JSON.stringify(question(over));
  const answer = await scenario.daypass.fetch(PATH, { method: 'POST', body });
  expect([answer.status, (await jsonOf(answer)).error]).toEqual([400, 'validation_error']);
});

test('gives the asker’s request id back, and its own beside it', async () => {
  const { headers } = await ask({}, { 'x-request-id': 'bfe9eb29-ab87' });
  expect(headers.get('x-request-id')).toBe('bfe9eb29-ab87');
  expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect((await ask({}, { 'x-request-id': 'no spaces' })).headers.get('x-request-id')).toMatch(
    /^[0-9a-f-]{36}$/,
  );
});

test('metadata names this very broker', async () => {
  const answer = await scenario.daypass.fetch('/.well-known/authzen-configuration');
  expect(await jsonOf(answer)).toEqual({
    policy_decision_point: scenario.daypass.url,
    access_evaluation_endpoint: `${scenario.daypass.url}/access/v1/evaluation`,
    access_evaluations_endpoint: `${scenario.daypass.url}/access/v1/evaluations`,
  });
});

test('taking a role is decided with its trust policy, as the live call does', async () => {
  const here = (name: string) => ({
    Principal: { AWS: `arn:aws:iam::${account}:${name}` },
    Action: 'sts:AssumeRole',
  });
  await scenario.makeUser('taker', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
  const trusting = await scenario.makeRole('trusts-all-here', here('root'));
  const closed = await scenario.makeRole('trusts-admin', here('user/admin'));
  const may = async (id: string) =>
    (
      await askSigned({
        subject: { type: 'principal', id: `arn:aws:iam::${account}:user/taker` },
        action: { name: 'sts:AssumeRole' },
        resource: { type: 'arn', id },
      })
    ).body.decision;
  expect([await may(trusting), await may(closed), await may(`${closed}x`)]).toEqual([true, false, false]);
});
