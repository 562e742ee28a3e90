/** The authorization code grant: RFC 6749 section 4.1, RFC 7636, RFC 9126, RFC 9207, RFC 9700, and OpenID Connect Core. */
import { createHash } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import {
  makePerson,
  makeRoleFor,
  type Person,
  postForm,
  registerClient,
} from '../../helpers/oauth-person.ts';
import { type PageAnswer, PageClient } from '../../helpers/page-client.ts';
import { policy, type Scenario, startScenario } from '../../helpers/scenario.ts';

const REDIRECT = 'https://app.example/cb';
const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-here';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let clientId: string;
let role: string;
let browser: PageClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'wanda');
  role = await makeRoleFor(scenario, 'wanda', 'web');
  const document = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
  const scope = { Scope: 'reports:read', Description: 'Read reports', PolicyDocument: document };
  expect((await daypassQuery(daypass, 'RegisterScope', scope)).status).toBe(200);
  clientId = await registerClient(daypass, 'authorization_code', {
    ClientName: 'Reports <b>app</b>',
    'RedirectUris.member.1': REDIRECT,
    'RedirectUris.member.2': 'http://127.0.0.1/cb',
    'Scopes.member.1': 'reports:read',
  });
});
beforeAll(async () => {
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;

const query = (over: Fields = {}): Fields => {
  const usual = {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT,
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    scope: 'openid reports:read',
    state: 'st&te=1',
    nonce: 'n-0',
  };
  return Object.fromEntries(Object.entries({ ...usual, ...over }).filter(([, value]) => value !== ''));
};

const ask = (client: PageClient, over: Fields = {}) =>
  client.get(`/oauth/authorize?${new URLSearchParams(query(over)).toString()}`);

/** What the application is told, from the address that the browser is sent to. */
const told = ({ location }: PageAnswer): Record<string, string> =>
  Object.fromEntries(new URL(location ?? 'about:blank').searchParams);

const requestOf = (page: PageAnswer): string => /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';

async function decide(client: PageClient, over: Fields = {}, decision = 'allow', roleArn = role) {
  const page = await ask(client, over);
  expect([page.status, page.location]).toEqual([200, null]);
  return client.post('/oauth/authorize/decide', { request: requestOf(page), role: roleArn, decision });
}

async function codeFor(over: Fields = {}): Promise<string> {
  return told(await decide(browser, over)).code ?? '';
}

const redeem = (code: string, over: Fields = {}) =>
  postForm(daypass, '/oauth/token', {
    grant_type: 'authorization_code',
    code,
    client_id: clientId,
    redirect_uri: REDIRECT,
    code_verifier: VERIFIER,
    ...over,
  });

const errorOf = async (answer: ReturnType<typeof redeem>) => {
  const { status, body } = await answer;
  return `${status} ${String(body.error)}`;
};

/** Whether a token may do something, as a resource server asks. */
async function may(token: unknown, action: string): Promise<unknown> {
  const body = JSON.stringify({
    subject: { type: 'access_token', id: token },
    action: { name: action },
    resource: { type: 'arn', id: 'arn:aws:s3:::reports/a' },
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await daypass.fetch('/access/v1/evaluation', { method: 'POST', body, headers });
  return Object(await answer.json()).decision;
}

describe('the whole way', () => {
  test('a person lets the application in; it has the role within the scope, and knows who it is', async () => {
    const page = await ask(browser);
    for (const shown of ['Reports &lt;b&gt;app&lt;/b&gt;', 'Read reports', 'https://app.example', role]) {
      expect(page.text).toContain(shown);
    }
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' https://app.example;");
    const answer = await browser.post('/oauth/authorize/decide', {
      request: requestOf(page),
      role,
      decision: 'allow',
    });
    expect([answer.status, answer.headers.get('referrer-policy')]).toEqual([303, 'no-referrer']);
    expect(answer.location?.startsWith(`${REDIRECT}?`)).toBe(true);
    expect(told(answer)).toEqual({ code: expect.any(String), state: 'st&te=1', iss: daypass.url });
    const { status, body } = await redeem(told(answer).code ?? '');
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        id_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'openid reports:read',
      },
    ]);
    expect(await may(body.access_token, 's3:GetObject')).toBe(true);
    expect(await may(body.access_token, 's3:PutObject')).toBe(false);
    const keys = createRemoteJWKSet(new URL(`${daypass.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(String(body.id_token), keys, {
      issuer: daypass.url,
      audience: clientId,
      currentDate: new Date(daypass.nowSeconds() * 1000),
    });
    const half = createHash('sha256').update(String(body.access_token)).digest().subarray(0, 16);
    expect(payload).toEqual({
      iss: daypass.url,
      aud: clientId,
      sub: decodeJwt(String(body.access_token)).sub,
      iat: expect.any(Number),
      exp: expect.any(Number),
      auth_time: expect.any(Number),
      nonce: 'n-0',
      acr: 'urn:daypass:acr:mfa',
      amr: ['pwd', 'otp', 'mfa'],
      at_hash: half.toString('base64url'),
      sid: expect.stringMatching(/^sis_/),
    });
  });

  test('an ID token is no access token', async () => {
    const { body } = await redeem(await codeFor());
    expect(decodeProtectedHeader(String(body.id_token)).typ).toBe('JWT');
    expect(await may(body.id_token, 's3:GetObject')).toBe(false);
    expect(await may(body.access_token, 's3:GetObject')).toBe(true);
  });

  test('without the scope of a policy the token may nothing', async () => {
    const { body } = await redeem(await codeFor({ scope: 'openid' }));
    expect(await may(body.access_token, 's3:GetObject')).toBe(false);
  });

  test('without openid there is no ID token', async () => {
    const { body } = await redeem(await codeFor({ scope: 'reports:read' }));
    expect('id_token' in body).toBe(false);
  });

  test('who refuses is taken back with access_denied', async () => {
    expect(told(await decide(browser, {}, 'refuse'))).toEqual({
      error: 'access_denied',
      error_description: 'the person refused',
      state: 'st&te=1',
      iss: daypass.url,
    });
  });

  test('the answer can come as a form', async () => {
    const answer = await decide(browser, { response_mode: 'form_post' });
    expect([answer.status, answer.location]).toEqual([200, null]);
    expect(answer.text).toContain(`<form method="post" action="${REDIRECT}"`);
    const code = /name="code" value="([^"]+)"/.exec(answer.text)?.[1] ?? '';
    expect((await redeem(code)).status).toBe(200);
  });
});

describe('RFC 9700 section 2.1 and 4.1.1: an address that is not registered is never led to', () => {
  test.for([
    'https://app.example/cb/',
    'https://app.example/cb?x=1',
    'https://app.example/CB',
    'https://app.example:443/cb',
    'https://APP.example/cb',
    'https://app.example/a/../cb',
    'https://app.example/cb#x',
    'https://app.example@evil.example/cb',
    'https://app.example.evil.example/cb',
    'https:app.example/cb',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'http://app.example/cb',
    'http://127.0.0.1:8000/other',
    'http://localhost:8000/cb',
    'http://127.0.0.1:99999/cb',
    '',
  ])('%s', async (redirect_uri) => {
    const answer = await ask(browser, { redirect_uri });
    expect([answer.status, answer.location]).toEqual([400, null]);
  });

  test('but the port of a loopback address is free', async () => {
    const redirect_uri = 'http://127.0.0.1:53117/cb';
    const code = await codeFor({ redirect_uri });
    expect((await redeem(code, { redirect_uri: 'http://127.0.0.1/cb' })).body.error).toBe('invalid_grant');
    expect((await redeem(code, { redirect_uri })).status).toBe(200);
  });

  test.for<[string, Fields]>([
    ['an unknown client', { client_id: 'dpc-000000000000-AAAAAAAAAAAAAAAAAAAAAA' }],
    ['no client', { client_id: '' }],
  ])('%s is told on our own page', async ([, over]) => {
    const answer = await ask(browser, over);
    expect([answer.status, answer.location]).toEqual([400, null]);
  });

  test('a parameter that stands twice is told on our own page', async () => {
    const doubled = `${new URLSearchParams(query()).toString()}&redirect_uri=https%3A%2F%2Fevil.example`;
    expect((await browser.get(`/oauth/authorize?${doubled}`)).status).toBe(400);
  });
});

describe('a request by POST (OpenID Connect Core section 3.1.2.1)', () => {
  const CROSS_SITE = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' };
  /** As a browser sends the form of another site: without cookies, and then by GET with them. */
  async function post(over: Fields = {}, headers: Fields = CROSS_SITE): Promise<PageAnswer> {
    const held = new Map(browser.cookies);
    browser.cookies.clear();
    const sent = await browser.post('/oauth/authorize', query({ csrf: '', ...over }), headers);
    for (const [name, value] of held) if (!browser.cookies.has(name)) browser.cookies.set(name, value);
    return sent;
  }

  test('is kept, and asked about as one by GET', async () => {
    const sent = await post();
    expect(sent.status).toBe(303);
    expect(sent.location).toMatch(/^\/oauth\/authorize\?request=[\w-]{22}$/);
    const page = await browser.get(sent.location ?? '');
    const fields = { request: requestOf(page), role, decision: 'allow' };
    const answer = await browser.post('/oauth/authorize/decide', fields);
    expect((await redeem(told(answer).code ?? '')).status).toBe(200);
  });

  test('asks nothing where nothing may be asked', async () => {
    const sent = await post({ prompt: 'none' });
    expect(told(await browser.get(sent.location ?? '')).error).toBe('consent_required');
    const stranger = new PageClient(daypass);
    const brought = await stranger.post('/oauth/authorize', query({ csrf: '', prompt: 'none' }), CROSS_SITE);
    expect(told(await stranger.get(brought.location ?? '')).error).toBe('login_required');
  });

  test('is refused as one by GET', async () => {
    expect(told(await post({ response_type: 'token' })).error).toBe('unsupported_response_type');
    const foreign = await post({ redirect_uri: 'https://evil.example/cb' });
    expect([foreign.status, foreign.location]).toEqual([400, null]);
    const json = await daypass.fetch('/oauth/authorize', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query()),
    });
    expect([json.status, json.headers.get('location')]).toEqual([415, null]);
    const body = `${new URLSearchParams(query()).toString()}&redirect_uri=https%3A%2F%2Fevil.example`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const doubled = await daypass.fetch('/oauth/authorize', { method: 'POST', headers, body });
    expect([doubled.status, doubled.headers.get('location')]).toEqual([400, null]);
  });

  test('lets nobody in without the page, though the form comes from a signed-in browser of our own site', async () => {
    const sent = await post({}, { 'sec-fetch-site': 'same-origin' });
    expect(sent.location).toMatch(/^\/oauth\/authorize\?request=/);
    expect(requestOf(await browser.get(sent.location ?? ''))).not.toBe('');
  });
});

describe('4.1.2.1: what is wrong is told to the application', () => {
  test.for<[string, Fields, string]>([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['several', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['PKCE plain', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['PKCE without method', { code_challenge_method: '' }, 'invalid_request'],
    ['a challenge that is none', { code_challenge: 'short' }, 'invalid_request'],
    ['a scope of another client', { scope: 'admin' }, 'invalid_scope'],
    ['no scope, of a client that uses them', { scope: '' }, 'invalid_scope'],
    ['a malformed scope', { scope: 'a"b' }, 'invalid_scope'],
    ['an unknown audience', { resource: 'https://other.example' }, 'invalid_target'],
    ['prompt none with another', { prompt: 'none login' }, 'invalid_request'],
    ['an unknown prompt', { prompt: 'create' }, 'invalid_request'],
    ['a fragment answer', { response_mode: 'fragment' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['an address of one', { request_uri: 'https://app.example/request' }, 'request_uri_not_supported'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['an age that is none', { max_age: '-1' }, 'invalid_request'],
    ['prompt none', { prompt: 'none' }, 'consent_required'],
  ])('%s', async ([, over, error]) => {
    const answer = await ask(browser, over);
    expect([answer.status, told(answer).error, told(answer).iss, told(answer).state]).toEqual([
      303,
      error,
      daypass.url,
      'st&te=1',
    ]);
  });
});

/** Each a word of its own, and longer as JSON than as it is sent. */
const MANY_WORDS = Array.from({ length: 250 }, (_, at) => `"${at.toString(36)}`).join(' ');

test.for<[string, Fields]>([
  ['many words', { acr_values: MANY_WORDS, nonce: '"'.repeat(900) }],
  ['a state of control characters', { state: '\u0001'.repeat(1000) }],
  ['a state of wide characters', { state: '€'.repeat(1000) }],
])('a request that fits no cookie is told to the application: %s', async ([, over]) => {
  const answer = await ask(browser, over);
  expect([answer.status, told(answer).error]).toEqual([303, 'invalid_request']);
});

describe('4.1.3 and RFC 7636 section 4.6: redeeming', () => {
  test.for<[string, Fields, string]>([
    ['another verifier', { code_verifier: `${VERIFIER}x` }, '400 invalid_grant'],
    ['the challenge as verifier', { code_verifier: CHALLENGE }, '400 invalid_grant'],
    ['no verifier', { code_verifier: '' }, '400 invalid_request'],
    ['another address', { redirect_uri: 'http://127.0.0.1/cb' }, '400 invalid_grant'],
    ['no address', { redirect_uri: '' }, '400 invalid_request'],
    ['an unknown client', { client_id: 'dpc-000000000000-AAAAAAAAAAAAAAAAAAAAAA' }, '401 invalid_client'],
  ])('with %s gives nothing, and with everything right it does', async ([, over, refused]) => {
    const code = await codeFor();
    expect(await errorOf(redeem(code, over))).toBe(refused);
    expect((await redeem(code)).status).toBe(200);
  });

  test('by another client gives nothing', async () => {
    const other = await registerClient(daypass, 'authorization_code', { 'RedirectUris.member.1': REDIRECT });
    const code = await codeFor();
    expect(await errorOf(redeem(code, { client_id: other }))).toBe('400 invalid_grant');
    expect((await redeem(code)).status).toBe(200);
  });

  test('after a minute gives nothing', async () => {
    const code = await codeFor();
    await daypass.advance(60);
    expect(await errorOf(redeem(code))).toBe('400 invalid_grant');
  });

  test('fifty times at once gives tokens once, and whoever shows the code again ends them', async () => {
    const code = await codeFor();
    const answers = await Promise.all(Array.from({ length: 50 }, () => redeem(code)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(await may(won[0]?.body.access_token, 's3:GetObject')).toBe(false);
  });

  test('twice ends what the first gave; another session of the same person goes on', async () => {
    const { body: bystander } = await redeem(await codeFor());
    const code = await codeFor();
    const { body } = await redeem(code);
    expect(await may(body.access_token, 's3:GetObject')).toBe(true);
    expect(await errorOf(redeem(code, { code_verifier: `${VERIFIER}x` }))).toBe('400 invalid_grant');
    expect(await may(body.access_token, 's3:GetObject')).toBe(false);
    expect(await may(bystander.access_token, 's3:GetObject')).toBe(true);
  });

  test('keeps no code as it is', async () => {
    const code = await codeFor();
    const { results } = await daypass.d1.prepare('select * from authorization_codes').all();
    expect(JSON.stringify(results)).not.toContain(code);
    expect(daypass.logs.join()).not.toContain(code);
  });
});

describe('RFC 9126: pushed requests', () => {
  const push = (over: Fields = {}) => postForm(daypass, '/oauth/par', query(over));

  test('are used once, and what the browser says beside them is passed over', async () => {
    const { status, body } = await push();
    expect([status, body]).toEqual([
      201,
      {
        request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/),
        expires_in: 90,
      },
    ]);
    const brought = new URLSearchParams({
      client_id: clientId,
      request_uri: String(body.request_uri),
      redirect_uri: 'https://evil.example/cb',
      state: 'other',
    });
    const page = await browser.get(`/oauth/authorize?${brought.toString()}`);
    const answer = await browser.post('/oauth/authorize/decide', {
      request: requestOf(page),
      role,
      decision: 'allow',
    });
    expect([answer.location?.startsWith(`${REDIRECT}?`), told(answer).state]).toEqual([true, 'st&te=1']);
    expect((await redeem(told(answer).code ?? '')).status).toBe(200);
    expect((await browser.get(`/oauth/authorize?${brought.toString()}`)).status).toBe(400);
  });

  test('of one client that floods take no place of another’s', async () => {
    const flooding = await registerClient(daypass, 'authorization_code', {
      'RedirectUris.member.1': REDIRECT,
    });
    await daypass.d1
      .prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1000)
         insert into pushed_requests select ?, 'h' || i, ?, '[]', ? from n`,
      )
      .bind(daypass.bootstrap.accountId, flooding, daypass.nowSeconds() + 90)
      .run();
    const own = { client_id: flooding, scope: '' };
    expect([(await push(own)).status, (await push()).status]).toEqual([429, 201]);
    await daypass.advance(91);
    expect((await push(own)).status).toBe(201);
  });

  test('belong to their client, and end', async () => {
    const other = await registerClient(daypass, 'authorization_code', { 'RedirectUris.member.1': REDIRECT });
    const { body } = await push();
    const request_uri = String(body.request_uri);
    const with_ = (client_id: string) =>
      browser.get(`/oauth/authorize?${new URLSearchParams({ client_id, request_uri }).toString()}`);
    expect((await with_(other)).status).toBe(400);
    await daypass.advance(90);
    expect((await with_(clientId)).status).toBe(400);
  });

  test('of a client with a secret are its own alone, and the secret is not kept', async () => {
    const answer = await daypassQuery(daypass, 'RegisterClient', {
      ClientName: 'Back end',
      TokenEndpointAuthMethod: 'client_secret_post',
      'GrantTypes.member.1': 'authorization_code',
      'RedirectUris.member.1': REDIRECT,
    });
    const [client_id = '', client_secret = ''] = [...answer.all('ClientId'), ...answer.all('ClientSecret')];
    const own = { client_id, client_secret, scope: '' };
    expect((await push({ ...own, client_secret: '' })).body.error).toBe('invalid_client');
    expect((await push({ ...own, client_secret: 'wrong' })).body.error).toBe('invalid_client');
    expect((await push(own)).status).toBe(201);
    const { results } = await daypass.d1.prepare('select * from pushed_requests').all();
    expect(JSON.stringify(results)).toContain(client_id);
    expect(JSON.stringify(results)).not.toContain(client_secret);
    const code = await codeFor({ client_id, scope: '' });
    expect(await errorOf(redeem(code, { client_id }))).toBe('401 invalid_client');
    expect((await redeem(code, { client_id, client_secret })).status).toBe(200);
  });

  test.for<[string, Fields, string]>([
    ['an address that is not registered', { redirect_uri: 'https://evil.example/cb' }, 'invalid_request'],
    ['no PKCE', { code_challenge: '' }, 'invalid_request'],
    ['a scope of another client', { scope: 'admin' }, 'invalid_scope'],
    ['a request_uri', { request_uri: 'urn:x' }, 'invalid_request'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['an ID token that is none', { id_token_hint: 'x' }, 'invalid_request'],
    [
      'a session policy of no known type',
      { authorization_details: '[{"type":"x"}]' },
      'invalid_authorization_details',
    ],
    ['an unknown client', { client_id: 'nobody' }, 'invalid_client'],
  ])('are refused with %s', async ([, over, error]) => {
    const { status, body } = await push(over);
    expect([status, body.error]).toEqual([error === 'invalid_client' ? 401 : 400, error]);
  });
});

describe('OpenID Connect Core section 3.1.2.1: who must be asked first', () => {
  test('nobody signed in goes to sign in, and comes back to the request through a page', async () => {
    const client = new PageClient(daypass);
    const sent = await ask(client);
    const next = /^\/login\?next=oauth:([\w-]{22})$/.exec(sent.location ?? '')?.[1] ?? '';
    expect([sent.status, next === '']).toEqual([303, false]);
    expect(told(await ask(client, { prompt: 'none' })).error).toBe('login_required');
  });

  test('prompt login and a short max_age want a new proof; then the consent page stands there', async () => {
    const { client } = await person.signIn();
    await daypass.advance(120);
    for (const over of [{ prompt: 'login' }, { max_age: '60' }]) {
      const sent = await ask(client, over);
      const id = /^\/me\/confirm\?next=oauth:([\w-]{22})$/.exec(sent.location ?? '')?.[1] ?? '';
      expect(id).not.toBe('');
      expect(await person.confirm(client, `oauth:${id}`)).toBe(`/login/continue?request=${id}`);
      const page = await client.get(`/oauth/authorize?request=${id}`);
      expect(page.text).toContain('Let this application in?');
      await daypass.advance(120);
    }
    expect((await ask(client, { max_age: '3000' })).status).toBe(200);
    const sent = await ask(client, { prompt: 'select_account' });
    expect(sent.location).toMatch(/^\/login\?next=oauth:/);
  });

  test('a second factor that acr_values ask for is not to be had from who has none', async () => {
    const single = await makePerson(scenario, 'sven', false);
    const { client } = await single.signIn();
    expect((await ask(client, { acr_values: 'urn:daypass:acr:mfa urn:daypass:acr:single' })).status).toBe(
      200,
    );
    const answer = await ask(client, { acr_values: 'urn:daypass:acr:mfa' });
    expect(told(answer).error).toBe('unmet_authentication_requirements');
  });

  test('a request that one browser brought is not another’s to finish', async () => {
    const page = await ask(browser);
    const { client: victim } = await person.signIn();
    expect((await victim.get(`/oauth/authorize?request=${requestOf(page)}`)).status).toBe(403);
    await victim.get('/me');
    const answer = await victim.post('/oauth/authorize/decide', {
      request: requestOf(page),
      role,
      decision: 'allow',
    });
    expect([answer.status, answer.location]).toEqual([403, null]);
  });

  test('a second request takes the place of the first, whose page then decides nothing', async () => {
    const first = await ask(browser, { state: 'first' });
    const second = await ask(browser, { state: 'second' });
    const send = (page: PageAnswer) =>
      browser.post('/oauth/authorize/decide', { request: requestOf(page), role, decision: 'allow' });
    const refused = await send(first);
    expect([refused.status, refused.location]).toEqual([403, null]);
    expect(told(await send(second)).state).toBe('second');
  });

  test('a decision comes from a page of our own, for a role of the person', async () => {
    const page = await ask(browser);
    const fields = { request: requestOf(page), role, decision: 'allow' };
    const wrong = [
      await browser.post('/oauth/authorize/decide', fields, { 'sec-fetch-site': 'cross-site' }),
      await browser.post('/oauth/authorize/decide', { ...fields, csrf: 'x' }),
      await browser.post('/oauth/authorize/decide', { ...fields, role: scenario.roleArn }),
    ];
    expect(wrong.map(({ status, location }) => [status, location])).toEqual([
      [403, null],
      [403, null],
      [400, null],
    ]);
  });
});

test('what was asked of the person first cannot be passed over by deciding at once', async () => {
  const { client } = await person.signIn();
  await daypass.advance(120);
  await client.get('/me');
  for (const over of [{ prompt: 'login' }, { max_age: '60' }]) {
    const sent = await ask(client, over);
    const id = /^\/me\/confirm\?next=oauth:([\w-]{22})$/.exec(sent.location ?? '')?.[1] ?? '';
    expect([over, id === '']).toEqual([over, false]);
    const answer = await client.post('/oauth/authorize/decide', { request: id, role, decision: 'allow' });
    expect([over, answer.status, answer.location]).toEqual([over, 403, null]);
  }
});

test('an application of another account is nothing that a person of this one can let in', async () => {
  const { client } = await person.signIn();
  const other = '999988887777';
  const client_id = clientId.replace(daypass.bootstrap.accountId, other);
  await daypass.d1
    .prepare(
      `insert into oauth_clients (account_id, client_id, settings, secrets, created_at_seconds)
       select ?, ?, settings, secrets, created_at_seconds from oauth_clients where client_id = ?`,
    )
    .bind(other, client_id, clientId)
    .run();
  const page = await ask(client, { client_id });
  expect([page.status, page.location, requestOf(page)]).toEqual([403, null, '']);
  // The request waits in the cookie of a browser that nobody is signed in with; whoever signs in there cannot decide it either.
  const before = new PageClient(daypass);
  const [, id = ''] = /oauth:([\w-]{22})/.exec((await ask(before, { client_id })).location ?? '') ?? [];
  expect(id).not.toBe('');
  for (const [name, value] of before.cookies) client.cookies.set(name, value);
  const answer = await client.post('/oauth/authorize/decide', { request: id, role, decision: 'allow' });
  expect([answer.status, answer.location]).toEqual([403, null]);
});

test('a request that has waited for a quarter of an hour is over, and decides nothing', async () => {
  const { client } = await person.signIn();
  const page = await ask(client);
  await daypass.advance(450);
  await client.get('/me');
  await daypass.advance(400);
  expect((await client.get(`/oauth/authorize?request=${requestOf(page)}`)).status).toBe(200);
  await daypass.advance(60);
  await client.get('/me');
  const answer = await client.post('/oauth/authorize/decide', {
    request: requestOf(page),
    role,
    decision: 'allow',
  });
  expect([answer.status, answer.location]).toEqual([403, null]);
  expect((await client.get('/me')).status).toBe(200);
});
