/** The JWT form of a session at Daypass's own doors: which tokens are believed, for how long, and what they may do there. */
import { DeleteRoleCommand, DeleteRolePolicyCommand } from '@aws-sdk/client-iam';
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exchange } from '../helpers/exchange.ts';
import { type JsonObject, jsonOf } from '../helpers/json.ts';
import { assembleToken } from '../helpers/oidc-provider.ts';
import { presigned, send } from '../helpers/raw-http.ts';
import { policy, type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;
let account: string;
let token: string;

const MAY_READ_TRAIL = { Effect: 'Allow', Action: 'daypass:LookupEvents', Resource: '*' };

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  await scenario.allow('reader', MAY_READ_TRAIL, {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::reports/*',
  });
  token = await tokenFor();
});

afterAll(() => scenario.stop());

async function tokenFor(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  const { body } = await exchange(scenario.daypass, {
    subject_token: await scenario.idToken(),
    resource: scenario.roleArn,
    ...parameters,
  });
  expect(body).toHaveProperty('access_token');
  return String(body.access_token);
}

/** The trail as a bearer reads it. */
async function trail(bearer: string, scheme = 'Bearer') {
  const answer = await scenario.daypass.fetch('/v1/events?limit=1', {
    headers: { authorization: `${scheme} ${bearer}` },
  });
  return { status: answer.status, body: await jsonOf(answer) };
}

/** What AuthZEN decides of the token's holder. */
async function mayRead(id: string): Promise<unknown> {
  const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id },
      action: { name: 's3:GetObject' },
      resource: { type: 'arn', id: 'arn:aws:s3:::reports/q1' },
    }),
  });
  expect(answer.status).toBe(200);
  return (await jsonOf(answer)).decision;
}

const refused = { status: 401, body: expect.objectContaining({ error: 'missing_authentication' }) };

/** Both doors must say the same of a token. */
async function believed(bearer: string): Promise<boolean> {
  const [asCaller, asSubject] = await Promise.all([trail(bearer), mayRead(bearer)]);
  if (asSubject !== true) expect(asCaller).toEqual(refused);
  else expect(asCaller.status).toBe(200);
  return asSubject === true;
}

const claimsOf = (text: string): JsonObject & JWTPayload =>
  JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString());

test('a token opens the doors that its role may enter, and the answer says who came', async () => {
  expect(await believed(token)).toBe(true);
  expect((await trail(token, 'bearer')).status).toBe(200); // RFC 9110 section 11.1: the scheme ignores case
});

test.each(['Basic', 'DPoP', 'Token', 'Bearer Bearer', ''])(
  'under the scheme `%s` it is no authentication',
  async (scheme) => {
    const answer = await trail(token, scheme);
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatch(/^(missing_authentication|incomplete_signature|invalid_dpop_proof)$/);
  },
);

describe('a token that was made elsewhere is not believed', () => {
  test('signed by another key under our key id', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const header = { alg: 'ES256', typ: 'at+jwt', kid: decodeProtectedHeader(token).kid ?? '' };
    const forged = await new SignJWT(claimsOf(token)).setProtectedHeader(header).sign(privateKey);
    expect(await believed(forged)).toBe(false);
  });

  test('by a key of its own in the header', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const header of [
      { alg: 'ES256', typ: 'at+jwt', jwk },
      { alg: 'ES256', typ: 'at+jwt', jwk, kid: decodeProtectedHeader(token).kid ?? '' },
    ]) {
      const forged = await new SignJWT(claimsOf(token)).setProtectedHeader(header).sign(privateKey);
      expect(await believed(forged)).toBe(false);
    }
  });

  test('without a signature, or with HMAC by our public key', async () => {
    const { kid = '' } = decodeProtectedHeader(token);
    for (const alg of ['none', 'None']) {
      expect(await believed(assembleToken({ alg, typ: 'at+jwt', kid }, claimsOf(token)))).toBe(false);
    }
    const { keys } = await jsonOf(await scenario.daypass.fetch('/.well-known/jwks.json'));
    const secret = Buffer.from(JSON.stringify((keys as JsonObject[])[0]));
    const hmac = await new SignJWT(claimsOf(token))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
      .sign(secret);
    expect(await believed(hmac)).toBe(false);
  });

  test('an ID token of the trusted provider, whoever it is for', async () => {
    expect(await believed(await scenario.idToken())).toBe(false);
    expect(await believed(await scenario.idToken({ aud: scenario.daypass.url }))).toBe(false);
  });

  test('with claims or a header changed, or parts left out', async () => {
    const [head = '', body = '', signature = ''] = token.split('.');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = claimsOf(token);
    const header = decodeProtectedHeader(token);
    for (const changed of [
      `${head}.${part({ ...claims, exp: 9_999_999_999 })}.${signature}`,
      `${head}.${part({ ...claims, sub: 'fed_other' })}.${signature}`,
      `${part({ ...header, typ: 'JWT' })}.${body}.${signature}`,
      `${part({ ...header, kid: 'other' })}.${body}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${head}..${signature}`,
      `${head}.${body}.${signature}A`,
    ]) {
      expect(await believed(changed), changed.slice(0, 40)).toBe(false);
    }
  });
});

test('a token for another audience authenticates nobody here', async () => {
  const other = await tokenFor({ audience: 'https://api.example.com' });
  expect(await trail(other)).toEqual(refused);
  expect(await mayRead(other)).toBe(true); // the API that it is for may ask about it
});

test('a session policy narrows a bearer as it narrows keys', async () => {
  const narrow = await tokenFor({
    policy: policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' }),
  });
  const answer = await trail(narrow);
  expect([answer.status, answer.body.error]).toEqual([403, 'access_denied']);
  expect(answer.body.message).toContain(
    `User: arn:aws:sts::${account}:assumed-role/reader/alice is not authorized to perform: daypass:LookupEvents`,
  );
  expect(await mayRead(narrow)).toBe(true);
});

test('beside a signature in the query the bearer alone counts', async () => {
  const { daypass } = scenario;
  const events = { method: 'GET', target: '/v1/events?limit=1', headers: {}, body: '' };
  const request = presigned(daypass, events, { service: 'daypass' });
  expect((await send(daypass, request)).status).toBe(200);
  const headers = { ...request.headers, authorization: 'Bearer a.b.c' };
  expect((await send(daypass, { ...request, headers })).status).toBe(401);
});

test('the keys of a token are those of its role as it stands now', async () => {
  await scenario.allow('reader', MAY_READ_TRAIL);
  expect(await mayRead(token)).toBe(false);
  expect((await trail(token)).status).toBe(200);
  await scenario.allow('reader', { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
  expect(await mayRead(token)).toBe(true);
  expect((await trail(token)).status).toBe(403);
});

test('a token ends with its role, also when another takes the name', async () => {
  const trust = { Condition: { StringEquals: { [`${scenario.prefix}:sub`]: 'alice' } } };
  const resource = await scenario.makeRole('brief', trust);
  const rights = { Effect: 'Allow', Action: ['s3:*', 'daypass:*'], Resource: '*' };
  await scenario.allow('brief', rights);
  const brief = await tokenFor({ resource });
  expect(await believed(brief)).toBe(true);
  const iam = scenario.daypass.iam();
  await iam.send(new DeleteRolePolicyCommand({ RoleName: 'brief', PolicyName: 'inline' }));
  await iam.send(new DeleteRoleCommand({ RoleName: 'brief' }));
  expect(await believed(brief)).toBe(false);
  await scenario.makeRole('brief', trust);
  await scenario.allow('brief', rights);
  expect(await believed(brief)).toBe(false);
});

// Last: it moves the clock.
test('a token ends when it says', async () => {
  await scenario.allow('reader', { Effect: 'Allow', Action: ['s3:*', 'daypass:*'], Resource: '*' });
  const fresh = await tokenFor();
  const { exp = 0 } = claimsOf(fresh);
  await scenario.daypass.advance(exp - scenario.daypass.nowSeconds() - 5);
  expect(await believed(fresh)).toBe(true);
  await scenario.daypass.advance(6);
  expect(await believed(fresh)).toBe(false);
});
