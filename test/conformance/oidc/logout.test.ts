/** OpenID Connect RP-Initiated Logout 1.0 and Back-Channel Logout 1.0, by section. */
import {
  createRemoteJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Application, letIn, redeemCode } from '../../helpers/authorization.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { makePerson, makeRoleFor, type Person, registerClient } from '../../helpers/oauth-person.ts';
import type { PageAnswer, PageClient } from '../../helpers/page-client.ts';
import { type Receiver, startReceiver } from '../../helpers/receiver.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const REDIRECT = 'https://app.example/cb';
const AFTER = 'https://app.example/bye?lang=en';
const PATIENCE = { timeout: 30_000, interval: 50 };

let scenario: Scenario;
let daypass: Daypass;
let receiver: Receiver;
let person: Person;
let role: string;
let application: Application;
let silent: Application;
beforeAll(async () => {
  [scenario, receiver] = await Promise.all([startScenario(), startReceiver()]);
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'wanda', false);
  role = await makeRoleFor(scenario, 'wanda', 'web');
  const register = async (more: Readonly<Record<string, string>>): Promise<Application> => ({
    clientId: await registerClient(daypass, 'authorization_code', {
      'RedirectUris.member.1': REDIRECT,
      'PostLogoutRedirectUris.member.1': AFTER,
      ...more,
    }),
    redirectUri: REDIRECT,
  });
  application = await register({ BackchannelLogoutUri: receiver.url, ClientName: 'Reports <i>' });
  silent = await register({});
});
afterAll(async () => {
  receiver.stop();
  await scenario.stop();
});

interface SignedIn {
  readonly browser: PageClient;
  readonly idToken: string;
  readonly sessionId: unknown;
}

/** A browser whose person has let an application in. */
async function signedIn(by = application): Promise<SignedIn> {
  const { client: browser } = await person.signIn();
  const tokens = await redeemCode(daypass, by, await letIn(browser, by, role));
  const idToken = String(tokens.id_token);
  return { browser, idToken, sessionId: decodeJwt(idToken).sid };
}

const logout = (browser: PageClient, query: Readonly<Record<string, string>>): Promise<PageAnswer> =>
  browser.get(`/oauth/logout?${new URLSearchParams(query).toString()}`);

const isSignedIn = async (browser: PageClient): Promise<boolean> => (await browser.get('/me')).status === 200;

/** The logout tokens that came for one session. */
const tokensFor = (sessionId: unknown): JWTPayload[] =>
  receiver.forms
    .map((form) => decodeJwt(form.get('logout_token') ?? ''))
    .filter(({ sid }) => sid === sessionId);

describe('RP-Initiated Logout, section 2: an application asks', () => {
  test('with an ID token of this session: nobody is asked, and the browser goes on with its state', async () => {
    const { browser, idToken } = await signedIn();
    const answer = await logout(browser, {
      id_token_hint: idToken,
      post_logout_redirect_uri: AFTER,
      state: 'a&b',
    });
    expect([answer.status, answer.location]).toEqual([303, `${AFTER}&state=a%26b`]);
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect(browser.cookies.has('__Host-daypass-session')).toBe(false);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('the session is gone on the server, not only its cookie', async () => {
    const { browser, idToken } = await signedIn();
    const cookies = new Map(browser.cookies);
    await logout(browser, { id_token_hint: idToken });
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('by POST, as it must be possible too: the form is passed on once, so that our cookie comes along', async () => {
    const { browser, idToken } = await signedIn();
    const fields = { id_token_hint: idToken, post_logout_redirect_uri: AFTER };
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' };
    const passed = await browser.post('/oauth/logout', fields, foreign);
    expect(passed.status).toBe(200);
    expect(passed.text).toContain('data-send-now');
    expect(passed.headers.get('content-security-policy')).toContain(
      "form-action 'self' https://app.example;",
    );
    expect(await isSignedIn(browser)).toBe(true);
    const answer = await browser.post('/oauth/logout', { ...fields, again: '1' });
    expect([answer.status, answer.location]).toEqual([303, AFTER]);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('an ID token that has expired says all the same whom it means', async () => {
    const { browser, idToken } = await signedIn();
    await daypass.advance(700); // past its ten minutes, within the session's idle time
    expect((await logout(browser, { id_token_hint: idToken })).status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });

  test('who is not signed in goes on', async () => {
    const { browser, idToken } = await signedIn();
    await logout(browser, { id_token_hint: idToken });
    const again = await logout(browser, { id_token_hint: idToken, post_logout_redirect_uri: AFTER });
    expect([again.status, again.location]).toEqual([303, AFTER]);
    const named = await logout(browser, { client_id: application.clientId, post_logout_redirect_uri: AFTER });
    expect([named.status, named.location]).toEqual([303, AFTER]);
  });

  test('without any parameter it is a page of ours that asks', async () => {
    const { browser } = await signedIn();
    const page = await logout(browser, {});
    expect(page.text).toContain('Sign out?');
    expect(await isSignedIn(browser)).toBe(true);
    await logout(browser, {});
    const answer = await browser.post('/oauth/logout/decide', { decision: 'sign-out' });
    expect(answer.text).toContain('You are signed out');
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('the person is asked first, and stays signed in until they say so', () => {
  let wanda: SignedIn;
  beforeAll(async () => {
    wanda = await signedIn();
  });

  test.each([
    ['no ID token', async () => ({})],
    ['what is no token', async () => ({ id_token_hint: 'x.y.z' })],
    ['one that somebody else signed', async () => ({ id_token_hint: await forged() })],
    ['an access token', async () => ({ id_token_hint: await accessToken() })],
    [
      'one of another session of the same person',
      async () => ({ id_token_hint: (await signedIn()).idToken }),
    ],
  ])('with %s', async (_what, hint) => {
    const { browser } = wanda;
    const page = await logout(browser, {
      client_id: application.clientId,
      post_logout_redirect_uri: AFTER,
      state: 's',
      ...(await hint()),
    });
    expect([page.status, page.location]).toEqual([200, null]);
    expect(page.text).toContain('Reports &lt;i&gt;');
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('staying is possible; signing out goes on where the application wanted', async () => {
    const { browser } = wanda;
    const query = { client_id: application.clientId, post_logout_redirect_uri: AFTER, state: 's' };
    await logout(browser, query);
    const stayed = await browser.post('/oauth/logout/decide', { ...query, decision: 'stay' });
    expect([stayed.location, await isSignedIn(browser)]).toEqual(['/me', true]);
    await logout(browser, query);
    const elsewhere = { ...query, post_logout_redirect_uri: 'https://evil.example/', decision: 'sign-out' };
    expect((await browser.post('/oauth/logout/decide', elsewhere)).status).toBe(400);
    const forgedForm = await browser.post('/oauth/logout/decide', {
      ...query,
      csrf: 'x',
      decision: 'sign-out',
    });
    expect([forgedForm.status, await isSignedIn(browser)]).toEqual([403, true]);
    await logout(browser, query);
    const gone = await browser.post('/oauth/logout/decide', { ...query, decision: 'sign-out' });
    expect([gone.status, gone.location]).toEqual([303, `${AFTER}&state=s`]);
  });

  async function forged(): Promise<string> {
    const { privateKey } = await generateKeyPair('ES256');
    const { kid = '' } = decodeProtectedHeader(wanda.idToken);
    return new SignJWT(decodeJwt(wanda.idToken))
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
      .sign(privateKey);
  }

  async function accessToken(): Promise<string> {
    const { client: browser } = await person.signIn();
    return String((await redeemCode(daypass, silent, await letIn(browser, silent, role))).access_token);
  }
});

describe('section 3: the address afterwards is registered, to the character', () => {
  test.each([
    'https://app.example/bye',
    `${AFTER}&more=1`,
    'https://app.example/bye/?lang=en',
    'HTTPS://app.example/bye?lang=en',
    'https://evil.example/',
    'javascript:alert(1)',
    REDIRECT,
  ])('%s is not', async (uri) => {
    const { browser, idToken } = await signedIn(silent);
    const answer = await logout(browser, { id_token_hint: idToken, post_logout_redirect_uri: uri });
    expect([answer.status, answer.location]).toEqual([400, null]);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('nor is one of nobody, nor with an ID token of another application', async () => {
    const { browser, idToken } = await signedIn(silent);
    expect((await logout(browser, { post_logout_redirect_uri: AFTER })).status).toBe(400);
    const both = { id_token_hint: idToken, client_id: application.clientId };
    expect((await logout(browser, both)).status).toBe(400);
    const doubled = await browser.get('/oauth/logout?state=1&state=2');
    expect(doubled.status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });

  test('a registration is refused for what cannot be matched, reached or meant', async () => {
    const refused = async (over: Readonly<Record<string, string>>) => {
      const answer = await daypassQuery(daypass, 'RegisterClient', {
        ClientName: 'Test',
        TokenEndpointAuthMethod: 'none',
        'GrantTypes.member.1': 'authorization_code',
        'RedirectUris.member.1': REDIRECT,
        ...over,
      });
      return answer.status;
    };
    expect(await refused({})).toBe(200);
    expect(await refused({ 'PostLogoutRedirectUris.member.1': 'https://app.example/*' })).toBe(400);
    for (const uri of [
      'ftp://app.example/',
      'https://10.0.0.1/',
      'https://app.internal/',
      `${REDIRECT}#x`,
      'x',
    ])
      expect([uri, await refused({ BackchannelLogoutUri: uri })]).toEqual([uri, 400]);
  });
});

describe('Back-Channel Logout: the application is told', () => {
  test('section 2.4: with a token of exactly these claims, signed by a published key', async () => {
    const { browser, idToken, sessionId } = await signedIn();
    await logout(browser, { id_token_hint: idToken });
    await vi.waitFor(() => expect(tokensFor(sessionId)).toHaveLength(1), PATIENCE);
    const [form] = receiver.forms.filter(
      (each) => decodeJwt(each.get('logout_token') ?? '').sid === sessionId,
    );
    expect([...(form?.keys() ?? [])]).toEqual(['logout_token']);
    const keys = createRemoteJWKSet(new URL(`${daypass.url}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(form?.get('logout_token') ?? '', keys, {
      issuer: daypass.url,
      audience: application.clientId,
      typ: 'logout+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(daypass.nowSeconds() * 1000),
    });
    expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid', 'typ']);
    expect(payload).toEqual({
      iss: daypass.url,
      aud: application.clientId,
      sub: decodeJwt(idToken).sub,
      sid: sessionId,
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 120,
      jti: expect.any(String),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    });
  });

  test('section 2.6: signed by the algorithm of the application’s ID tokens', async () => {
    const clientId = await registerClient(daypass, 'authorization_code', {
      'RedirectUris.member.1': REDIRECT,
      BackchannelLogoutUri: receiver.url,
      IdTokenSignedResponseAlg: 'RS256',
    });
    const { browser, idToken, sessionId } = await signedIn({ clientId, redirectUri: REDIRECT });
    await logout(browser, { id_token_hint: idToken });
    await vi.waitFor(() => expect(tokensFor(sessionId)).toHaveLength(1), PATIENCE);
    const tokens = receiver.forms.map((form) => form.get('logout_token') ?? '');
    const own = tokens.find((token) => decodeJwt(token).sid === sessionId) ?? '';
    expect([decodeProtectedHeader(idToken).alg, decodeProtectedHeader(own).alg]).toEqual(['RS256', 'RS256']);
  });

  test('an ID token names the session by `sid`, the same in each of its tokens and another in each session', async () => {
    const { browser, sessionId } = await signedIn();
    const again = await redeemCode(daypass, silent, await letIn(browser, silent, role));
    expect(decodeJwt(String(again.id_token)).sid).toBe(sessionId);
    expect((await signedIn()).sessionId).not.toBe(sessionId);
    expect(sessionId).toMatch(/^sis_/);
  });

  test('when the person signs out here, ends one session, or all of them', async () => {
    const [one, two, three] = [await signedIn(), await signedIn(), await signedIn()];
    const third = await signedIn(silent);
    await one.browser.get('/me');
    await one.browser.post('/logout', {});
    await two.browser.get('/me');
    await two.browser.post('/me/sessions/end', { session: String(three.sessionId) });
    await two.browser.post('/me/sessions/end-all', {});
    for (const { sessionId } of [one, two, three])
      await vi.waitFor(() => expect(tokensFor(sessionId)).toHaveLength(1), PATIENCE);
    expect(await isSignedIn(third.browser)).toBe(false);
    expect(tokensFor(third.sessionId)).toEqual([]); // this application has no such endpoint
  });

  test('when the sessions of the person are revoked', async () => {
    const { browser, sessionId } = await signedIn();
    await daypass.advance(2);
    expect((await daypassQuery(daypass, 'RevokeSessions', { UserName: 'wanda' })).status).toBe(200);
    await daypass.scheduled();
    await vi.waitFor(() => expect(tokensFor(sessionId)).toHaveLength(1), PATIENCE);
    expect(await isSignedIn(browser)).toBe(false);
    // One that began after it lives on, and is looked at once.
    await daypass.advance(10);
    const later = await signedIn();
    await daypass.scheduled();
    expect([await isSignedIn(later.browser), tokensFor(later.sessionId)]).toEqual([true, []]);
  });

  test('until it says that it has heard it: each time later, with another token', async () => {
    const { browser, idToken, sessionId } = await signedIn();
    for (const status of [503, 302, 400]) {
      receiver.answer(status);
      const before = tokensFor(sessionId).length;
      if (before === 0) await logout(browser, { id_token_hint: idToken });
      else await daypass.scheduled();
      await vi.waitFor(() => expect(tokensFor(sessionId)).toHaveLength(before + 1), PATIENCE);
      await daypass.scheduled(); // too early
      expect(tokensFor(sessionId)).toHaveLength(before + 1);
      await daypass.advance(60 * 2 ** (before + 1));
    }
    receiver.answer(200);
    await daypass.scheduled();
    await vi.waitFor(() => expect(tokensFor(sessionId)).toHaveLength(4), PATIENCE);
    await daypass.advance(86_400);
    await daypass.scheduled();
    expect(new Set(tokensFor(sessionId).map(({ jti }) => jti)).size).toBe(4);
    expect(tokensFor(sessionId)).toHaveLength(4);
  });

  test('nobody is told that a session has grown old', async () => {
    const { sessionId } = await signedIn();
    await daypass.advance(13 * 3600);
    await daypass.scheduled();
    await daypass.scheduled();
    expect(tokensFor(sessionId)).toEqual([]);
  });
});
