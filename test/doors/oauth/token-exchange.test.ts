/** Token exchange (RFC 8693) and discovery, by clients that others wrote. */

import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { exchange } from '../../helpers/exchange.ts';
import { jsonOf } from '../../helpers/json.ts';
import { CLIENT_ID, type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let account: string;
let issuer: string;

beforeAll(async () => {
  scenario = await startScenario();
  account = scenario.daypass.bootstrap.accountId;
  issuer = scenario.daypass.url;
});

afterAll(() => scenario.stop());

const ask = async (parameters: Readonly<Record<string, string | null>> = {}) =>
  exchange(scenario.daypass, {
    subject_token: await scenario.idToken(),
    resource: scenario.roleArn,
    ...parameters,
  });

const verify = (token: unknown, audience = issuer) =>
  jwtVerify(String(token), createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)), {
    issuer,
    audience,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  });

describe('an exchange', () => {
  test('gives an access token with exactly the claims of its kind, verified by our published keys', async () => {
    const { status, headers, body } = await ask();
    expect([status, headers.get('cache-control'), headers.get('content-type')]).toEqual([
      200,
      'no-store',
      'application/json',
    ]);
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      token_type: 'Bearer',
      expires_in: 3600,
    });
    const { payload } = await verify(body.access_token);
    const { 'urn:daypass:session': session, ...claims } = payload;
    expect(claims).toEqual({
      iss: issuer,
      aud: issuer,
      client_id: CLIENT_ID,
      sub: expect.stringMatching(/^fed_[\w-]{32}$/),
      jti: expect.stringMatching(/^[\w-]{43}$/),
      iat: expect.any(Number),
      exp: expect.any(Number),
      daypass: {
        account,
        arn: `arn:aws:sts::${account}:assumed-role/reader/alice`,
        session: expect.stringMatching(/^ses_/),
        // Of its role, its provider and its subject: what the revocation feed may name it by.
        marks: Array.from({ length: 3 }, () => expect.stringMatching(/^[\w-]{22}$/)),
      },
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(session).toBeDefined();
  });

  test('names the same subject each time, and another for another person', async () => {
    const subjects = await Promise.all(
      [{}, {}].map(async () => (await verify((await ask()).body.access_token)).payload),
    );
    expect(subjects[0]?.sub).toBe(subjects[1]?.sub);
    expect(subjects[0]?.jti).not.toBe(subjects[1]?.jti);
    const roleArn = await scenario.makeRole('anybody', {});
    const bob = await ask({ subject_token: await scenario.idToken({ sub: 'bob' }), resource: roleArn });
    expect((await verify(bob.body.access_token)).payload.sub).not.toBe(subjects[0]?.sub);
  });

  test('names the client that the upstream token was issued to', async () => {
    const { body } = await ask({ subject_token: await scenario.idToken({ azp: 'mobile-app' }) });
    expect((await verify(body.access_token)).payload.client_id).toBe('mobile-app');
  });

  test('never names a client of ours that did not ask, whatever the upstream token says', async () => {
    const { status, body } = await ask({
      subject_token: await scenario.idToken({ azp: `dpc-${account}-AAAAAAAAAAAAAAAAAAAAAA` }),
    });
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  });

  test('gives AWS keys that work', async () => {
    const { status, body } = await ask({ requested_token_type: 'urn:daypass:token-type:aws-credentials' });
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.any(String),
      session_token: body.access_token,
      access_key_id: expect.stringMatching(/^ASIA/),
      secret_access_key: expect.stringMatching(/^[\w/+]{40}$/),
      expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      expires_in: 3600,
      issued_token_type: 'urn:daypass:token-type:aws-credentials',
      token_type: 'N_A',
    });
    const credentials = {
      accessKeyId: String(body.access_key_id),
      secretAccessKey: String(body.secret_access_key),
      sessionToken: String(body.session_token),
    };
    expect(await scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:sts::${account}:assumed-role/reader/alice`,
    });
  });

  test('with a session policy is narrowed by it', async () => {
    const none = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:List*', Resource: '*' }],
    });
    const { body } = await ask({ policy: none });
    const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
      method: 'POST',
      body: JSON.stringify({
        subject: { type: 'access_token', id: body.access_token },
        action: { name: 's3:GetObject' },
        resource: { type: 'arn', id: 'arn:aws:s3:::reports/q1' },
      }),
    });
    expect((await jsonOf(answer)).decision).toBe(false);
    expect((await ask({ policy: '{' })).body.error).toBe('invalid_request');
  });
});

describe('an audience', () => {
  test('may be the issuer, and in local mode any https one', async () => {
    expect((await ask({ audience: issuer })).status).toBe(200);
    const { body } = await ask({ audience: 'https://api.example.com' });
    expect((await verify(body.access_token, 'https://api.example.com')).payload.aud).toBe(
      'https://api.example.com',
    );
  });

  test.each(['http://api.example.com', 'reports', 'x'.repeat(1001), 'javascript:alert(1)'])(
    '%s is not admitted by itself',
    async (audience) => {
      const { status, body } = await ask({ audience });
      expect([status, body.error]).toEqual([400, 'invalid_target']);
    },
  );

  test('is admitted once it is registered, and no longer when it is deregistered', async () => {
    await query('RegisterAudience', { Audience: 'reports-api' });
    expect((await ask({ audience: 'reports-api' })).status).toBe(200);
    expect(await query('ListAudiences', {})).toContain('<Audience>reports-api</Audience>');
    await query('DeregisterAudience', { Audience: 'reports-api' });
    expect((await ask({ audience: 'reports-api' })).body.error).toBe('invalid_target');
  });

  async function query(action: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const { status, text } = await daypassQuery(scenario.daypass, action, parameters);
    expect(status).toBe(200);
    return text;
  }
});

describe('a request is refused with the protocol’s own error', () => {
  test.each<[string, Readonly<Record<string, string | null>>, number, string]>([
    ['without a grant type', { grant_type: null }, 400, 'invalid_request'],
    ['of another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['of a grant that objects inherit', { grant_type: 'constructor' }, 400, 'unsupported_grant_type'],
    ['without a subject token', { subject_token: null }, 400, 'invalid_request'],
    ['with an empty one', { subject_token: '' }, 400, 'invalid_request'],
    ['without its type', { subject_token_type: null }, 400, 'invalid_request'],
    [
      'of another type',
      { subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      400,
      'invalid_request',
    ],
    ['for no role', { resource: null }, 400, 'invalid_target'],
    ['for what is no role', { resource: 'https://api.example.com' }, 400, 'invalid_target'],
    ['for a user', { resource: 'arn:aws:iam::111122223333:user/alice' }, 400, 'invalid_target'],
    ['for a scope', { scope: 'openid' }, 400, 'invalid_scope'],
    ['with an actor', { actor_token: 'x', actor_token_type: 'y' }, 400, 'invalid_request'],
    [
      'for a token that is not issued',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:saml2' },
      400,
      'invalid_request',
    ],
    ['with a client secret', { client_id: 'app', client_secret: 'x' }, 401, 'invalid_client'],
    ['with a client assertion', { client_assertion: 'x', client_assertion_type: 'y' }, 401, 'invalid_client'],
  ])('%s', async (_what, parameters, status, error) => {
    const answer = await ask(parameters);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('with a parameter twice, in the query string, by GET, or too large', async () => {
    const { daypass } = scenario;
    const form = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' });
    form.append('subject_token', 'a');
    form.append('subject_token', 'b');
    const error = async (path: string, init: RequestInit) => {
      const answer = await daypass.fetch(path, init);
      return [answer.status, (await jsonOf(answer)).error];
    };
    expect(await error('/oauth/token', { method: 'POST', body: form })).toEqual([400, 'invalid_request']);
    expect(await error('/oauth/token?grant_type=x', { method: 'POST' })).toEqual([400, 'invalid_request']);
    expect(await error('/oauth/token', {})).toEqual([405, 'invalid_request']);
    expect(await error('/oauth/token', { method: 'POST', body: 'x'.repeat(300_000) })).toEqual([
      413,
      'invalid_request',
    ]);
    const basic = await daypass.fetch('/oauth/token', {
      method: 'POST',
      headers: { authorization: 'Basic eDp5' },
      body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }),
    });
    expect([basic.status, basic.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="daypass"']);
  });
});

describe('discovery', () => {
  test('leads openid-client to an exchange', async () => {
    const config = await client.discovery(new URL(issuer), 'anything', undefined, client.None(), {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });
    const tokens = await client.genericGrantRequest(
      config,
      'urn:ietf:params:oauth:grant-type:token-exchange',
      {
        subject_token: await scenario.idToken(),
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: scenario.roleArn,
      },
    );
    expect((await verify(tokens.access_token)).payload.iss).toBe(issuer);
    await client.discovery(new URL(issuer), 'anything', undefined, client.None(), {
      execute: [client.allowInsecureRequests],
    });
  });

  test('publishes public keys alone', async () => {
    const answer = await scenario.daypass.fetch('/.well-known/jwks.json');
    const { keys } = await jsonOf(answer);
    const some = expect.any(String);
    expect(keys).toEqual([
      { kty: 'EC', crv: 'P-256', x: some, y: some, kid: some, use: 'sig', alg: 'ES256' },
      { kty: 'EC', crv: 'P-384', x: some, y: some, kid: some, use: 'sig', alg: 'ES384' },
      { kty: 'RSA', n: some, e: 'AQAB', kid: some, use: 'sig', alg: 'RS256' },
    ]);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const { body } = await ask();
    expect(decodeProtectedHeader(String(body.access_token))).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: (keys as { kid: string }[])[0]?.kid,
    });
  });
});
