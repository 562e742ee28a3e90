import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { jsonOf } from '../../helpers/json.ts';

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass({ setup: null });
});

afterAll(() => daypass.stop());

const setUp = async (token: string | null, body: string, method = 'POST') => {
  const headers: Record<string, string> = token === null ? {} : { authorization: token };
  const answer = await daypass.fetch('/setup', { method, headers, ...(method === 'POST' && { body }) });
  return { status: answer.status, body: await jsonOf(answer), headers: answer.headers };
};
const right = () => `Bearer ${daypass.secrets.DAYPASS_SETUP_TOKEN}`;
const GOOD = JSON.stringify({ email: 'root@example.com', accountAlias: 'acme' });

describe('before setup', () => {
  test('the broker is alive and not ready, and signs nothing', async () => {
    expect((await daypass.fetch('/healthz')).status).toBe(200);
    expect((await daypass.fetch('/readyz')).status).toBe(503);
    expect((await daypass.fetch('/.well-known/jwks.json')).status).toBe(503);
    const token = await daypass.fetch('/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: 'a.b.c',
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: 'arn:aws:iam::111122223333:role/x',
      }),
    });
    expect(token.status).toBeGreaterThanOrEqual(400);
  });

  test.each<[string, () => string | null]>([
    ['no token', () => null],
    ['an empty one', () => 'Bearer '],
    ['another', () => `Bearer ${'x'.repeat(43)}`],
    ['a shorter one', () => right().slice(0, -1)],
    ['a longer one', () => `${right()}x`],
    ['another scheme', () => right().replace('Bearer', 'Basic')],
  ])('%s sets nothing up', async (_what, token) => {
    const answer = await setUp(token(), GOOD);
    expect([answer.status, answer.body.error, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'missing_authentication',
      'Bearer',
    ]);
  });

  test.each([
    '',
    '{',
    '[]',
    '{}',
    '{"email":1}',
    '{"email":"x"}',
    '{"email":"a b@c"}',
    '{"email":"a@b","accountAlias":"A"}',
    '{"email":"a@b","accountAlias":"a--b"}',
  ])('the body %j sets nothing up', async (body) => {
    const answer = await setUp(right(), body);
    expect([answer.status, answer.body.error]).toEqual([400, 'validation_error']);
  });

  test('nor does a body too large, or another method', async () => {
    expect((await setUp(right(), 'x'.repeat(5000))).status).toBe(413);
    expect((await setUp(right(), '', 'GET')).status).toBe(405);
    expect((await daypass.fetch('/readyz')).status).toBe(503);
  });
});

test('of twenty at once exactly one sets up, and its keys work; every later one is 409, with or without a token', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => setUp(right(), GOOD)));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  const winner = answers.find(({ status }) => status === 200)?.body;
  expect(winner).toEqual({
    endpoint: daypass.url,
    accountId: expect.stringMatching(/^[1-9]\d{11}$/),
    root: { email: 'root@example.com', password: expect.stringMatching(/^[\w-]{32}$/) },
    admin: {
      userName: 'admin',
      accessKeyId: expect.stringMatching(/^AKIA/),
      secretAccessKey: expect.stringMatching(/^[\w/+]{40}$/),
    },
  });
  expect((await daypass.fetch('/readyz')).status).toBe(200);
  expect([(await setUp(right(), GOOD)).status, (await setUp(null, GOOD)).status]).toEqual([409, 409]);
  const count = async (sql: string) => (await daypass.d1.prepare(sql).first<{ n: number }>())?.n;
  expect(await count("SELECT count(*) n FROM keys WHERE state = 'active'")).toBe(6);
  expect(await count('SELECT count(*) n FROM accounts')).toBe(1);
  expect(await count("SELECT count(*) n FROM audit_events WHERE event_name = 'SetUp'")).toBe(1);
});
