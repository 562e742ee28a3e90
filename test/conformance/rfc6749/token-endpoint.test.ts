/** RFC 6749 sections 3.2 and 5, and RFC 9700 section 2: what holds of the token endpoint whatever the grant. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
  registerScope,
} from '../../helpers/oauth-clients.ts';

let daypass: Daypass;
let client: RegisteredClient;
beforeAll(async () => {
  daypass = await startDaypass();
  await registerScope(daypass, 'read', { Action: 's3:GetObject' });
  client = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'client_credentials',
    'Scopes.member.1': 'read',
    RoleArn: await makeClientRole(daypass, 'worker', { Action: 's3:*' }),
  });
});
afterAll(() => daypass.stop());

type Fields = Readonly<Record<string, string>>;

const MINT = { grant_type: 'client_credentials' };
const ask = (fields: Fields, headers: Fields = basicOf(client)) =>
  postForm(daypass, '/oauth/token', fields, headers);
const errorOf = async (answer: ReturnType<typeof ask>) => {
  const { status, body } = await answer;
  return [status, body.error];
};

describe('section 3.2: a request', () => {
  test('is made by POST alone', async () => {
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE']) {
      const answer = await daypass.fetch('/oauth/token', { method, headers: basicOf(client) });
      expect([method, answer.status]).toEqual([method, 405]);
    }
  });

  test('has no parameter in its address, where secrets would be logged', async () => {
    const query = new URLSearchParams(MINT).toString();
    for (const path of [`/oauth/token?${query}`, '/oauth/token?x=1'])
      expect(await errorOf(postForm(daypass, path, MINT, basicOf(client)))).toEqual([400, 'invalid_request']);
  });

  test('with a parameter that has no value is one without it', async () => {
    expect((await ask({ ...MINT, scope: '' })).status).toBe(200);
    expect(await errorOf(ask({ grant_type: '' }))).toEqual([400, 'invalid_request']);
  });

  test('with a parameter that nobody knows is as one without it', async () => {
    for (const name of ['x', '__proto__', 'constructor', 'toString'])
      expect([name, (await ask({ ...MINT, [name]: '1' })).status]).toEqual([name, 200]);
  });

  test('with a parameter that stands twice is refused, also with the same value', async () => {
    const body = new URLSearchParams(MINT);
    body.append('grant_type', 'client_credentials');
    const answer = await daypass.fetch('/oauth/token', { method: 'POST', headers: basicOf(client), body });
    expect([answer.status, Object(await answer.json()).error]).toEqual([400, 'invalid_request']);
  });
});

describe('section 5.1: an answer', () => {
  test('is JSON that nobody keeps, with the members of the section', async () => {
    const { status, body, headers } = await ask(MINT);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
    expect([headers.get('cache-control'), headers.get('pragma')]).toEqual(['no-store', 'no-cache']);
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: 'read',
    });
  });

  test('names the scope that was given where none was asked for, section 3.3', async () => {
    expect((await ask(MINT)).body.scope).toBe('read');
    expect((await ask({ ...MINT, scope: 'read' })).body.scope).toBe('read');
  });
});

describe('section 5.2: a refusal has its code and its status', () => {
  test.each<[string, Fields, Fields | null, number, string]>([
    ['no grant type', {}, null, 400, 'invalid_request'],
    ['no client', MINT, {}, 401, 'invalid_client'],
    ['a wrong secret', MINT, { authorization: 'Basic eDp5' }, 401, 'invalid_client'],
    [
      'a code that is none',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      null,
      400,
      'unauthorized_client',
    ],
    [
      'a grant that is not the client’s',
      { grant_type: 'authorization_code' },
      null,
      400,
      'unauthorized_client',
    ],
    ['a grant that nobody serves', { grant_type: 'password' }, null, 400, 'unsupported_grant_type'],
    ['a scope that is not the client’s', { ...MINT, scope: 'write' }, null, 400, 'invalid_scope'],
    ['a malformed scope', { ...MINT, scope: 'a"b' }, null, 400, 'invalid_scope'],
    [
      'an audience that is not the client’s',
      { ...MINT, resource: 'https://x.example' },
      null,
      400,
      'invalid_target',
    ],
  ])('%s', async (_what, fields, headers, status, error) => {
    const answer = await ask(fields, headers ?? basicOf(client));
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
  });

  test('401 names the scheme by which the client tried', async () => {
    const { headers } = await ask(MINT, { authorization: 'Basic eDp5' });
    expect(headers.get('www-authenticate')).toMatch(/^Basic realm="/);
  });

  test('a description has no character that the section forbids, whatever was sent', async () => {
    for (const odd of ['"', '\\', '\u007f', 'é', '\r\nx: y', '<script>']) {
      for (const fields of [{ grant_type: odd }, { ...MINT, scope: odd }, { ...MINT, resource: odd }]) {
        const { body } = await ask(fields);
        expect(String(body.error)).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
        expect(String(body.error_description)).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/);
      }
    }
  });

  test('of a secret never says how it was wrong', async () => {
    const { clientId } = client;
    const wrongs = [
      basicOf({ clientId, secret: 'x' }),
      basicOf({ clientId, secret: `${client.secret}x` }),
      basicOf({ clientId: clientId.replace(/.$/, '_'), secret: client.secret }),
    ];
    const answers = await Promise.all(wrongs.map((headers) => ask(MINT, headers)));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
  });
});

test('RFC 9700 section 2.4: there is no grant that takes a person’s password', async () => {
  const fields = { grant_type: 'password', username: 'root@example.com', password: 'x' };
  expect(await errorOf(ask(fields))).toEqual([400, 'unsupported_grant_type']);
});
