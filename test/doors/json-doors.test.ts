/** What the doors that speak JSON have in common: methods, sizes, broken bodies, and answers that tell nothing of the inside. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { type RawRequest, send, signed } from '../helpers/raw-http.ts';

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
});

afterAll(() => daypass.stop());

async function ask(method: string, target: string, over: Partial<RawRequest> = {}) {
  const answer = await send(daypass, { method, target, headers: {}, body: '', ...over });
  const body: unknown = answer.text === '' ? null : JSON.parse(answer.text);
  return { status: answer.status, headers: answer.headers, body };
}

const EVALUATION = '/access/v1/evaluation';

describe.each([
  ['/.well-known/openid-configuration', ['POST', 'PUT', 'DELETE']],
  ['/.well-known/oauth-authorization-server', ['POST', 'PUT', 'DELETE']],
  ['/.well-known/jwks.json', ['POST', 'PUT', 'DELETE']],
  ['/.well-known/authzen-configuration', ['POST', 'PUT', 'DELETE']],
  ['/oauth/token', ['GET', 'PUT', 'DELETE']],
  ['/oauth/introspect', ['GET', 'PUT', 'DELETE']],
  ['/oauth/revoke', ['GET', 'PUT', 'DELETE']],
  [EVALUATION, ['GET', 'PUT', 'DELETE']],
  ['/access/v1/evaluations', ['GET', 'PUT', 'DELETE']],
  ['/v1/events', ['POST', 'PUT', 'DELETE']],
  ['/setup', ['GET', 'PUT', 'DELETE']],
  ['/healthz', ['POST', 'DELETE']],
  ['/readyz', ['POST', 'DELETE']],
])('%s', (path, methods) => {
  test.each(methods)('is not called by %s', async (method) => {
    const { status, headers, body } = await ask(method, path);
    expect([status, body]).toEqual([405, expect.objectContaining({ error: expect.any(String) })]);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(['/', '/x', '%2f', '.json', ' ', '%00'])('has nothing at its path and `%s`', async (more) => {
    const { status, body } = await ask('GET', encodeURI(path) + more.replace(' ', '%20'));
    expect([status, body]).toEqual([404, { error: 'not_found' }]);
  });
});

test.each(['/oauth', '/access', '/access/v1', '/v1', '/console/', '/__test', '/favicon.ico'])(
  '%s is not there yet, or never',
  async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status, body } = await ask(method, path);
      expect([status, body]).toEqual([404, { error: 'not_found' }]);
    }
  },
);

test.each([EVALUATION, '/access/v1/evaluations'])(
  '%s takes 256 KiB and no more, however framed',
  async (path) => {
    const body = JSON.stringify({ padding: 'x'.repeat(256 * 1024) });
    for (const over of [{ body }, { body, chunked: true }, { headers: { 'content-length': '300000' } }]) {
      const answer = await ask('POST', path, over);
      expect([answer.status, answer.body]).toEqual([
        413,
        {
          error: 'request_too_large',
          message: 'the body of the request is larger than 262144 bytes',
          request_id: answer.headers['x-amzn-requestid'],
        },
      ]);
    }
  },
);

test.each<[string, string | Buffer]>([
  ['nothing', ''],
  ['half an object', '{"subject":'],
  ['a list', '[]'],
  ['a text', '"x"'],
  ['null', 'null'],
  ['two objects', '{}{}'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['depth without end', '['.repeat(100_000)],
  ['depth with an end', `{"subject":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ['a prototype', '{"__proto__":{"subject":{}}}'],
  ['a constructor', '{"constructor":{"prototype":{}}}'],
])('a body of %s is refused with 400', async (_what, body) => {
  const answer = await ask('POST', EVALUATION, { body });
  expect([answer.status, answer.body]).toEqual([
    400,
    {
      error: 'validation_error',
      message: expect.stringMatching(/^(the body must be a JSON object|`\w+` must be an object|`action.*)$/),
      request_id: answer.headers['x-amzn-requestid'],
    },
  ]);
});

test('members that objects inherit are no members of a question', async () => {
  const question = {
    action: { name: 's3:GetObject' },
    resource: { type: 'arn', id: 'arn:aws:s3:::b/k' },
    context: {},
  };
  const body = JSON.stringify(question).replace(
    '"context":{}',
    '"__proto__":{"subject":{"type":"access_token","id":"x"}}',
  );
  expect((await ask('POST', EVALUATION, { body })).body).toMatchObject({
    message: '`subject` must be an object',
  });
});

test('a signature for another service opens no JSON door', async () => {
  const events = { method: 'GET', target: '/v1/events?limit=1', headers: {}, body: '' };
  const status = async (service: string) =>
    (await send(daypass, signed(daypass, events, { service }))).status;
  expect([await status('daypass'), await status('sts'), await status('iam')]).toEqual([200, 401, 401]);
});

test('a body that was changed after signing is refused, and so is a query', async () => {
  const question = { method: 'POST', target: EVALUATION, headers: {}, body: '{"a":1}' };
  const request = signed(daypass, question, { service: 'daypass' });
  for (const changed of [
    { ...request, body: '{"a":2}' },
    { ...request, target: `${EVALUATION}?x=1` },
    { ...request, target: '/access/v1/evaluations' },
  ]) {
    const { status, text } = await send(daypass, changed);
    expect([status, JSON.parse(text).error]).toEqual([401, 'signature_does_not_match']);
  }
});
