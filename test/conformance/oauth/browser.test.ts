/** The pages in a real browser, driven by openid-client as an application and a device would. */
import * as openid from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser, type TestBrowser } from '../../helpers/browser.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import { makePerson, makeRoleFor, type Person, registerClient } from '../../helpers/oauth-person.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const REDIRECT = 'http://127.0.0.1:9/cb';

let scenario: Scenario;
let daypass: Daypass;
let browser: TestBrowser;
let person: Person;
beforeAll(async () => {
  [scenario, browser] = await Promise.all([startScenario(), startBrowser()]);
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'petra');
  await makeRoleFor(scenario, 'petra', 'app');
});
afterAll(async () => {
  await Promise.all([scenario.stop(), browser.stop()]);
});

/** A browser that is signed in, with the cookies of the sign-in. */
async function signedIn() {
  const { client } = await person.signIn();
  const visitor = await browser.newVisitor({ width: 390 });
  const cookies = [...client.cookies].map(([name, value]) => ({
    name,
    value,
    url: daypass.url.replace('http:', 'https:'),
    secure: true,
  }));
  await visitor.context.addCookies(cookies);
  return visitor;
}

const discover = (clientId: string) =>
  openid.discovery(new URL(daypass.url), clientId, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  });

test('an application logs a person in: discovery, PKCE, consent, iss, tokens, ID token', async () => {
  const clientId = await registerClient(daypass, 'authorization_code', { 'RedirectUris.member.1': REDIRECT });
  const config = await discover(clientId);
  const pkceCodeVerifier = openid.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [openid.randomState(), openid.randomNonce()];
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  });
  const { page, close } = await signedIn();
  await page.goto(address.href);
  const answered = page.waitForRequest((request) => request.url().startsWith(REDIRECT));
  await page.getByRole('button', { name: 'Let it in' }).click();
  const brought = new URL((await answered).url());
  const checks = { pkceCodeVerifier, expectedState, expectedNonce };
  const tokens = await openid.authorizationCodeGrant(config, brought, checks);
  expect(tokens.claims()?.sub).toMatch(/^AIDA/);
  expect(tokens.token_type).toBe('bearer');
  await close();
});

test('a form of the answer is sent by the page itself', async () => {
  const clientId = await registerClient(daypass, 'authorization_code', { 'RedirectUris.member.1': REDIRECT });
  const { page, close } = await signedIn();
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    response_mode: 'form_post',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  await page.goto(`${daypass.url}/oauth/authorize?${query.toString()}`);
  const answered = page.waitForRequest((request) => request.url() === REDIRECT);
  await page.getByRole('button', { name: 'Let it in' }).click();
  const fields = new URLSearchParams((await answered).postData() ?? '');
  expect([...fields.keys()].sort()).toEqual(['code', 'iss']);
  await close();
});

test('a device shows a code, a person lets it in, the device gets its tokens', async () => {
  const clientId = await registerClient(daypass, 'urn:ietf:params:oauth:grant-type:device_code');
  const config = await discover(clientId);
  const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid' });
  const { page, close } = await signedIn();
  await page.goto(device.verification_uri_complete ?? '');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Let this device in?' }).waitFor();
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByRole('heading', { name: 'The device is connected' }).waitFor();
  const tokens = await openid.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.1 });
  expect(tokens.claims()?.sub).toMatch(/^AIDA/);
  await close();
});
