import { describe, expect, test } from 'vitest';
import { HttpGetError } from '../../src/platform/http.ts';
import { createFacebookGraph } from '../../src/providers/facebook-graph.ts';

const NOW = 1_700_000_000;
const APP = { clientId: '4711', clientSecret: 'the-app-secret' };
const GOOD = { app_id: '4711', type: 'USER', is_valid: true, user_id: '10', expires_at: NOW + 60 };

/** A Graph that answers these; an Error is thrown. @returns what an inspection says, and what was asked */
async function inspect(data: unknown, me: unknown = { id: '10' }, apps = [APP]) {
  const asked: URL[] = [];
  const http = {
    getJson: async (address: string) => {
      const url = new URL(address);
      asked.push(url);
      const answer = url.pathname.endsWith('/debug_token') ? data : me;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const result = await createFacebookGraph(http, 'https://graph.test/v1').inspect('tok', apps, NOW);
  return { result, asked };
}

test('the Graph is asked with the app’s own secret, and its proof for the person’s token', async () => {
  const { result, asked } = await inspect({ data: GOOD });
  expect(result).toEqual({ ok: true, value: { clientId: '4711', subject: '10' } });
  expect(asked.map((url) => [url.pathname, Object.fromEntries(url.searchParams)])).toEqual([
    ['/v1/debug_token', { input_token: 'tok', access_token: '4711|the-app-secret' }],
    [
      '/v1/me',
      {
        fields: 'id',
        access_token: 'tok',
        // HMAC-SHA256 of `tok` under `the-app-secret`, by openssl
        appsecret_proof: 'bdb1fb173cb813f43fc12c1acb0201725eb48a43f1b5686d56ff2ff0053745e9',
      },
    ],
  ]);
});

test.for([
  { ...GOOD, app_id: 4711 },
  { ...GOOD, expires_at: 0 },
  { ...GOOD, type: undefined },
])('it vouches for %j', async (data) => {
  expect((await inspect({ data })).result).toMatchObject({ ok: true });
});

describe('it does not vouch for', () => {
  test.for<[string, unknown]>([
    ['another app', { ...GOOD, app_id: '666' }],
    ['no app', { ...GOOD, app_id: undefined }],
    ['an app that merely begins alike', { ...GOOD, app_id: '47110' }],
    ['what it calls invalid', { ...GOOD, is_valid: false }],
    ['what it nearly calls valid', { ...GOOD, is_valid: 'true' }],
    ['a page', { ...GOOD, type: 'PAGE' }],
    ['an app', { ...GOOD, type: 'APP' }],
    ['an expired token', { ...GOOD, expires_at: NOW }],
    ['a token without an end', { ...GOOD, expires_at: undefined }],
    ['a token whose end is text', { ...GOOD, expires_at: String(NOW + 60) }],
    ['nobody', { ...GOOD, user_id: undefined }],
    ['an empty id', { ...GOOD, user_id: '' }],
    ['another person than `me`', { ...GOOD, user_id: '11' }],
    ['nothing', undefined],
    ['a list', []],
    ['text', 'valid'],
  ])('%s', async ([, data]) => {
    expect((await inspect({ data })).result).toMatchObject({ ok: false, failure: { why: 'not_valid' } });
  });

  test.for([null, 'text', 5, [], { data: null }])('an answer of %j', async (answer) => {
    expect((await inspect(answer)).result).toMatchObject({ failure: { why: 'not_valid' } });
  });

  test('anybody, without an app of ours', async () => {
    const { result, asked } = await inspect({ data: GOOD }, { id: '10' }, []);
    expect([result.ok, asked]).toEqual([false, []]);
  });
});

test.for<[string, Error, string]>([
  ['400', new HttpGetError('status', 'x', 400), 'not_valid'],
  ['403', new HttpGetError('status', 'x', 403), 'not_valid'],
  ['429', new HttpGetError('status', 'x', 429), 'unreachable'],
  ['500', new HttpGetError('status', 'x', 500), 'unreachable'],
  ['302', new HttpGetError('status', 'x', 302), 'unreachable'],
  ['silence', new HttpGetError('late', 'x'), 'unreachable'],
  ['a broken line', new HttpGetError('no_answer', 'x'), 'unreachable'],
  ['anything else', new Error('https://graph.test?access_token=secret'), 'unreachable'],
])('%s means %s', async ([, error, why]) => {
  for (const { result } of [await inspect(error), await inspect({ data: GOOD }, error)]) {
    expect(result).toMatchObject({ ok: false, failure: { why } });
    expect(JSON.stringify(result)).not.toContain('secret');
  }
});
