/** RFC 6749 sections 2.3, 3.3, 4.4 and 5, with clients that others wrote. */
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
  registerScope,
} from '../../helpers/oauth-clients.ts';
import { postSigned } from '../../helpers/signed-json.ts';

let daypass: Daypass;
let roleArn: string;
let basic: RegisteredClient;
let post: RegisteredClient;
let keyed: RegisteredClient;
let privateKey: CryptoKey;

const machine = (method: string): Record<string, string> => ({
  TokenEndpointAuthMethod: method,
  'GrantTypes.member.1': 'client_credentials',
  RoleArn: roleArn,
});

beforeAll(async () => {
  daypass = await startDaypass();
  roleArn = await makeClientRole(daypass, 'nightly', { Action: ['s3:GetObject', 's3:PutObject'] });
  await registerScope(daypass, 'read', { Action: 's3:GetObject' });
  await registerScope(daypass, 'write', { Action: ['s3:PutObject', 's3:DeleteObject'] });
  const pair = await generateKeyPair('ES256');
  privateKey = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
  const scopes = { 'Scopes.member.1': 'read', 'Scopes.member.2': 'write' };
  [basic, post, keyed] = await Promise.all([
    registerClient(daypass, { ...machine('client_secret_basic'), ...scopes }),
    registerClient(daypass, machine('client_secret_post')),
    registerClient(daypass, { ...machine('private_key_jwt'), JWKS: JSON.stringify({ keys: [jwk] }) }),
  ]);
});

afterAll(() => daypass.stop());

const grant = { grant_type: 'client_credentials' };
const token = (parameters: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>) =>
  postForm(daypass, '/oauth/token', { ...grant, ...parameters }, headers);
const inForm = ({ clientId, secret }: RegisteredClient) => ({ client_id: clientId, client_secret: secret });

async function assertion(over: Readonly<Record<string, unknown>> = {}, header: object = {}): Promise<string> {
  const nowSeconds = daypass.nowSeconds();
  const { clientId } = keyed;
  return new SignJWT({
    ...{ iss: clientId, sub: clientId, aud: daypass.url, iat: nowSeconds, exp: nowSeconds + 60 },
    jti: crypto.randomUUID(),
    ...over,
  })
    .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
    .sign(privateKey);
}
const withAssertion = (text: string) => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: text,
});

const may = async (accessToken: unknown, action: string): Promise<unknown> => {
  const { body } = await postSigned(daypass, '/access/v1/evaluation', {
    subject: { type: 'access_token', id: String(accessToken) },
    action: { name: action },
    resource: { type: 'arn', id: 'arn:aws:s3:::bucket/x' },
  });
  return body.decision;
};

describe('RFC 6749 section 4.4: client credentials', () => {
  test('give a token of the role that is registered with the client', async () => {
    const { status, body, headers } = await token({}, basicOf(basic));
    expect([status, headers.get('cache-control'), headers.get('pragma')]).toEqual([
      200,
      'no-store',
      'no-cache',
    ]);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read write',
    });
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      iss: daypass.url,
      aud: daypass.url,
      sub: basic.clientId,
      client_id: basic.clientId,
      scope: 'read write',
      daypass: {
        account: daypass.bootstrap.accountId,
        arn: `arn:aws:sts::${daypass.bootstrap.accountId}:assumed-role/nightly/${basic.clientId}`,
      },
    });
  });

  test('permit what both role and scope permit, and nothing else', async () => {
    const all = (await token({}, basicOf(basic))).body.access_token;
    const read = (await token({ scope: 'read' }, basicOf(basic))).body;
    expect(read.scope).toBe('read');
    const permitted = async (text: unknown) =>
      Promise.all(
        ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket'].map((action) =>
          may(text, action),
        ),
      );
    expect(await permitted(all)).toEqual([true, true, false, false]);
    expect(await permitted(read.access_token)).toEqual([true, false, false, false]);
    const unscoped = (await token(inForm(post))).body;
    expect([unscoped.scope, await permitted(unscoped.access_token)]).toEqual([
      undefined,
      [true, true, false, false],
    ]);
  });

  test('are refused a scope, an audience or a grant that is not registered with the client', async () => {
    for (const scope of ['read admin', 'read  write', ' read', 'openid', '__proto__', 'read"'])
      expect((await token({ scope }, basicOf(basic))).body.error, scope).toBe('invalid_scope');
    expect((await token({ audience: 'https://api.example' }, basicOf(basic))).body.error).toBe(
      'invalid_target',
    );
    const code = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': 'authorization_code',
      'RedirectUris.member.1': 'https://app.example/cb',
    });
    expect(await token({}, basicOf(code))).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });

  test('give no plain bearer token to a client whose tokens must be bound to a key', async () => {
    const bound = await registerClient(daypass, {
      ...machine('client_secret_post'),
      DPoPBoundAccessTokens: 'true',
    });
    expect(await token(inForm(bound))).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('need the trust of the role, which can be limited to one client', async () => {
    const onlyArn = await makeClientRole(
      daypass,
      'only',
      { Action: 's3:GetObject' },
      {
        Condition: {
          ArnEquals: { 'aws:SourceArn': `arn:aws:daypass::${daypass.bootstrap.accountId}:client/other` },
        },
      },
    );
    const other = await registerClient(daypass, { ...machine('client_secret_post'), RoleArn: onlyArn });
    expect((await token(inForm(other))).status).toBe(400);
  });

  test('work for openid-client with each method', async () => {
    const options = { execute: [client.allowInsecureRequests] };
    for (const [registered, method] of [
      [basic, client.ClientSecretBasic(basic.secret)],
      [post, client.ClientSecretPost(post.secret)],
      [keyed, client.PrivateKeyJwt({ key: privateKey, kid: 'one' })],
    ] as const) {
      const config = await client.discovery(
        new URL(daypass.url),
        registered.clientId,
        undefined,
        method,
        options,
      );
      const tokens = await client.clientCredentialsGrant(config);
      expect(decodeJwt(tokens.access_token).client_id).toBe(registered.clientId);
    }
  });
});

describe('RFC 6749 section 2.3: client authentication', () => {
  test('fails alike for whatever is not the registered secret in the registered place', async () => {
    const unknown = basic.clientId.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const cases: Readonly<
      Record<string, readonly [Record<string, string>, Readonly<Record<string, string>>?]>
    > = {
      'no client': [{}],
      'no secret': [{ client_id: basic.clientId }],
      'wrong secret': [{}, basicOf({ ...basic, secret: `${basic.secret}x` })],
      'empty secret': [{}, basicOf({ ...basic, secret: '' })],
      'secret of another': [{}, basicOf({ ...basic, secret: post.secret })],
      'unknown client': [{}, basicOf({ ...basic, clientId: unknown })],
      'other method': [inForm(basic)],
      'not base64': [{}, { authorization: 'Basic %%%' }],
      'two ids': [{ client_id: post.clientId }, basicOf(basic)],
      bearer: [{ client_id: post.clientId, client_secret: post.secret }, { authorization: 'Bearer x' }],
    };
    for (const [why, [parameters, headers]] of Object.entries(cases)) {
      const answer = await token(parameters, headers);
      expect([answer.status, answer.body.error], why).toEqual([401, 'invalid_client']);
      expect(answer.headers.get('www-authenticate'), why).toMatch(/^Basic /);
    }
  });

  test('takes one method in a request and no more', async () => {
    const both = await token({ ...inForm(post) }, basicOf(post));
    expect([both.status, both.body.error]).toEqual([400, 'invalid_request']);
  });

  test('takes both secrets while they overlap, and only the new one after', async () => {
    const rotating = await registerClient(daypass, machine('client_secret_post'));
    const rotated = await daypassQuery(daypass, 'RotateClientSecret', { ClientId: rotating.clientId });
    const next = { ...rotating, secret: rotated.all('ClientSecret')[0] ?? '' };
    expect((await token(inForm(rotating))).status).toBe(200);
    expect((await token(inForm(next))).status).toBe(200);
    await daypassQuery(daypass, 'RotateClientSecret', { ClientId: rotating.clientId, OverlapSeconds: '0' });
    expect((await token(inForm(next))).status).toBe(401);
    expect((await token(inForm(rotating))).status).toBe(401);
  });

  test('ends with the client', async () => {
    const gone = await registerClient(daypass, machine('client_secret_post'));
    expect((await token(inForm(gone))).status).toBe(200);
    await daypassQuery(daypass, 'DeleteClient', { ClientId: gone.clientId });
    expect((await token(inForm(gone))).status).toBe(401);
  });

  test('ends with the client, and so do the tokens that it has had; those of others do not', async () => {
    const gone = await registerClient(daypass, machine('client_secret_post'));
    const [lost, kept] = await Promise.all([token(inForm(gone)), token(inForm(post))]);
    expect(await may(lost.body.access_token, 's3:GetObject')).toBe(true);
    await daypassQuery(daypass, 'DeleteClient', { ClientId: gone.clientId });
    expect(await may(lost.body.access_token, 's3:GetObject')).toBe(false);
    expect(await may(kept.body.access_token, 's3:GetObject')).toBe(true);
    const asBearer = await daypass.fetch('/v1/sessions', {
      headers: { authorization: `Bearer ${String(lost.body.access_token)}` },
    });
    expect(asBearer.status).toBe(401);
  });
});

describe('RFC 7523 section 3: private_key_jwt', () => {
  test('takes an assertion once, whoever races', async () => {
    const text = await assertion();
    const answers = await Promise.all(Array.from({ length: 20 }, () => token(withAssertion(text))));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_client')).toHaveLength(19);
  });

  test('refuses an assertion that is not exactly for this server, from this client, now', async () => {
    const nowSeconds = daypass.nowSeconds();
    const stranger = (await generateKeyPair('ES256')).privateKey;
    const cases: Readonly<Record<string, string>> = {
      'audience in a list': await assertion({ aud: [daypass.url] }),
      'audience beside another': await assertion({ aud: [daypass.url, 'https://other.example'] }),
      'audience token endpoint': await assertion({ aud: `${daypass.url}/oauth/token` }),
      'another issuer': await assertion({ iss: basic.clientId }),
      'another subject': await assertion({ sub: basic.clientId }),
      'no jti': await assertion({ jti: undefined }),
      'no expiry': await assertion({ exp: undefined }),
      expired: await assertion({ exp: nowSeconds - 120 }),
      'too long a life': await assertion({ exp: nowSeconds + 3600 }),
      'issued tomorrow': await assertion({ iat: nowSeconds + 86_400 }),
      'another kind of token': await assertion({}, { typ: 'at+jwt' }),
      'unknown kid': await assertion({}, { kid: 'two' }),
      'foreign key': await new SignJWT({
        iss: keyed.clientId,
        sub: keyed.clientId,
        aud: daypass.url,
        jti: 'x',
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setExpirationTime(nowSeconds + 60)
        .sign(stranger),
      'no JWT': 'x.y.z',
    };
    for (const [why, text] of Object.entries(cases))
      expect((await token(withAssertion(text))).body.error, why).toBe('invalid_client');
    expect((await token(withAssertion(await assertion()))).status).toBe(200);
  });
});
