/** Whom a client means: `id_token_hint`, OpenID Connect Core section 3.1.2.1. */
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Application,
  askFor,
  letIn,
  redeemCode,
  toldTo,
  VERIFIER,
} from '../../helpers/authorization.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import {
  makePerson,
  makeRoleFor,
  PASSWORD,
  type Person,
  postForm,
  registerClient,
} from '../../helpers/oauth-person.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const TICKED = { remember: 'yes' };
const redirectUri = 'https://app.example/cb';

let scenario: Scenario;
let daypass: Daypass;
let petra: Person;
let paula: Person;
let application: Application;
/** Of petra, for `application`. */
let hint: string;
let accessToken: string;
let browser: PageClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  [petra, paula] = [await makePerson(scenario, 'petra', false), await makePerson(scenario, 'paula', false)];
  const role = await makeRoleFor(scenario, 'petra', 'web');
  application = { clientId: await register(), redirectUri };
  browser = (await petra.signIn()).client;
  const tokens = await redeemCode(daypass, application, await letIn(browser, application, role, {}, TICKED));
  [hint, accessToken] = [String(tokens.id_token), String(tokens.access_token)];
});
afterAll(() => scenario.stop());

const register = () =>
  registerClient(daypass, 'authorization_code', { 'RedirectUris.member.1': redirectUri });

/** What becomes of a request with a hint: a code, an error, or the page that the person is sent to. */
async function outcome(by: PageClient, over: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await askFor(by, application, { id_token_hint: hint, ...over });
  if (answer.location?.startsWith('/') === true) return answer.location.replace(/:.*/, '');
  const { code, error, iss, state } = toldTo(answer);
  expect([answer.status, iss, state]).toEqual([303, daypass.url, 'state-1']);
  return code === undefined ? String(error) : 'code';
}

describe('the person whom it names', () => {
  test('passes, with and without a page', async () => {
    expect(await outcome(browser)).toBe('code');
    expect(await outcome(browser, { prompt: 'none' })).toBe('code');
  });

  test('also when the ID token has expired, and is of an earlier sign-in', async () => {
    await daypass.advance(3 * 3600);
    const { client } = await petra.signIn();
    expect(decodeJwt(hint).exp).toBeLessThan(daypass.nowSeconds());
    expect(await outcome(client, { prompt: 'none' })).toBe('code');
    browser = client;
  });

  test('also in a request that was pushed', async () => {
    const asked = await pushed(hint);
    expect(asked.status).toBe(201);
    const request_uri = String(asked.body.request_uri);
    const answer = await askFor(browser, application, { request_uri });
    expect(toldTo(answer).code).toBeDefined();
  });
});

describe('anybody else', () => {
  test('prompt none is answered login_required, whoever is signed in', async () => {
    const { client } = await paula.signIn();
    expect(await outcome(client, { prompt: 'none' })).toBe('login_required');
    expect(await outcome(new PageClient(daypass), { prompt: 'none' })).toBe('login_required');
    const request_uri = String((await pushed(hint, { prompt: 'none' })).body.request_uri);
    expect(toldTo(await askFor(client, application, { request_uri })).error).toBe('login_required');
  });

  test('is sent to sign in; who then signs in as somebody else again is told so to the client', async () => {
    const { client } = await paula.signIn();
    await daypass.advance(2);
    const sent = await askFor(client, application, { id_token_hint: hint });
    const [, next = ''] = /^\/login\?next=(oauth:[\w-]{22})$/.exec(sent.location ?? '') ?? [];
    expect(next).not.toBe('');
    // The same request, decided without having signed in anew.
    await client.get('/me');
    const request = next.replace('oauth:', '');
    const forced = await client.post('/oauth/authorize/decide', { request, role: '', decision: 'allow' });
    expect([forced.status, forced.location]).toEqual([403, null]);
    await signInAs(client, 'paula', next);
    const refused = await client.get(`/oauth/authorize?request=${request}`);
    expect([refused.status, toldTo(refused).error, toldTo(refused).code]).toEqual([
      303,
      'login_required',
      undefined,
    ]);
  });

  test('who signs in as the one that is meant goes on', async () => {
    const { client } = await paula.signIn();
    await daypass.advance(2);
    const sent = await askFor(client, application, { id_token_hint: hint });
    const [, id = ''] = /oauth:([\w-]{22})$/.exec(sent.location ?? '') ?? [];
    await signInAs(client, 'petra', `oauth:${id}`);
    expect(toldTo(await client.get(`/oauth/authorize?request=${id}`)).code).toBeDefined();
  });
});

describe('what is no ID token of this client is refused', () => {
  const forged = (text: string): string => {
    const [head = '', body = '', signature = ''] = text.split('.');
    const claims = JSON.parse(atob(body.replaceAll('-', '+').replaceAll('_', '/')));
    return [
      head,
      Buffer.from(JSON.stringify({ ...claims, sub: 'AIDAOTHER' })).toString('base64url'),
      signature,
    ].join('.');
  };
  const none = () =>
    `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${hint.split('.')[1]}.`;

  test.for<[string, () => string]>([
    ['no token', () => 'x'],
    ['a changed subject', () => forged(hint)],
    ['no signature', none],
    ['a signature of nothing', () => hint.replace(/[^.]*$/, 'A'.repeat(86))],
    ['an access token', () => accessToken],
    ['too long a text', () => `${hint}${'A'.repeat(8192)}`],
  ])('%s', async ([, text]) => {
    for (const prompt of ['none', '']) {
      expect(await outcome(browser, { id_token_hint: text(), prompt })).toBe('invalid_request');
    }
    const refused = await pushed(text());
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
  });

  test('an ID token of another client', async () => {
    const other = { clientId: await register(), redirectUri };
    const answer = await askFor(browser, other, { id_token_hint: hint, prompt: 'none' });
    expect(toldTo(answer).error).toBe('invalid_request');
  });
});

/** Signs in anew in the same browser, on the way to a request. */
async function signInAs(client: PageClient, username: string, next: string): Promise<void> {
  await client.get(`/login?next=${next}`);
  const account = daypass.bootstrap.accountId;
  const passed = await client.post('/login', { account, username, password: PASSWORD });
  expect(passed.location).toBe(`/login/continue?request=${next.replace('oauth:', '')}`);
}

const pushed = (id_token_hint: string, more: Readonly<Record<string, string>> = {}) =>
  postForm(daypass, '/oauth/par', {
    client_id: application.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    scope: 'openid',
    id_token_hint,
    ...more,
  });
