/** Consent and sign-out in a real browser, whose rules for cookies and forms they have to pass; the application is another site. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Application, redeemCode, VERIFIER } from '../../helpers/authorization.ts';
import { startBrowser, type TestBrowser } from '../../helpers/browser.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import { registerClient } from '../../helpers/oauth-clients.ts';
import { makePerson, makeRoleFor, type Person } from '../../helpers/oauth-person.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const WAIT = { timeout: 30_000 };
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

let scenario: Scenario;
let daypass: Daypass;
let browser: TestBrowser;
let site: Server;
let origin: string;
let person: Person;
let application: Application;
let proof: Readonly<Record<string, string>>;
beforeAll(async () => {
  // The pages at /leave and /ask send the form that their query describes; the others say where they are.
  const targets = new Map([
    ['/leave', '/oauth/logout'],
    ['/ask', '/oauth/authorize'],
  ]);
  site = createServer((request, answer) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://site.invalid');
    answer.setHeader('content-type', 'text/html');
    const target = targets.get(pathname);
    if (target === undefined) return answer.end(`<!doctype html><title>${pathname}</title>`);
    const fields = [...searchParams].map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
    );
    return answer.end(
      `<!doctype html><form method="post" action="${daypass.url}${target}">${fields.join('')}<button>Go</button></form>`,
    );
  });
  await new Promise<void>((done) => {
    site.listen(0, '127.0.0.1', done);
  });
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // it listens on TCP
  [scenario, browser] = await Promise.all([startScenario(), startBrowser()]);
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'petra', false);
  await makeRoleFor(scenario, 'petra', 'web');
  const registered = await registerClient(daypass, {
    ClientName: 'Reports',
    TokenEndpointAuthMethod: 'client_secret_post',
    'GrantTypes.member.1': 'authorization_code',
    'RedirectUris.member.1': `${origin}/cb`,
    'PostLogoutRedirectUris.member.1': `${origin}/bye`,
  });
  application = { clientId: registered.clientId, redirectUri: `${origin}/cb` };
  proof = { client_secret: registered.secret };
});
afterAll(async () => {
  site.close();
  await Promise.all([scenario.stop(), browser.stop()]);
});

/** A browser that is signed in. */
async function signedIn() {
  const { client } = await person.signIn();
  const visitor = await browser.newVisitor({ width: 390 });
  await visitor.context.addCookies(
    [...client.cookies].map(([name, value]) => ({
      name,
      value,
      url: daypass.url.replace('http:', 'https:'),
      secure: true,
    })),
  );
  return visitor;
}

const askAddress = (more: Readonly<Record<string, string>> = {}): string => {
  const query = new URLSearchParams({
    client_id: application.clientId,
    redirect_uri: application.redirectUri,
    response_type: 'code',
    scope: 'openid',
    code_challenge: CHALLENGE,
    code_challenge_method: 'S256',
    ...more,
  });
  return `${daypass.url}/oauth/authorize?${query.toString()}`;
};

test('the person lets it in once; then the browser passes by, also where nothing may be asked', async () => {
  const { page, close } = await signedIn();
  await page.goto(askAddress());
  expect(await page.getByLabel('Do not ask me again for the same').isChecked()).toBe(true);
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.waitForURL(`${origin}/cb?*`, WAIT);
  for (const prompt of [{}, { prompt: 'none' }]) {
    await page.goto(askAddress(prompt));
    await page.waitForURL(`${origin}/cb?*`, WAIT);
    expect(new URL(page.url()).searchParams.get('code')).toBeTruthy();
  }
  await page.goto(`${daypass.url}/me`);
  const section = page.getByRole('region', { name: 'Applications that you let in' });
  await section.getByText('Reports').waitFor(WAIT);
  await section.getByRole('button', { name: 'Take back' }).click();
  await page.getByText('It is taken back.').waitFor(WAIT);
  await page.goto(askAddress({ prompt: 'none' }));
  await page.waitForURL(`${origin}/cb?error=consent_required*`, WAIT);
  await close();
});

test('a request that its form posts finds the person signed in, whatever cookies the form came without', async () => {
  const { page, close } = await signedIn();
  await page.goto(`${origin}/ask?${new URL(askAddress({ prompt: 'consent' })).searchParams.toString()}`);
  await page.getByRole('button', { name: 'Go' }).click();
  await page.getByLabel('Do not ask me again for the same').uncheck(WAIT);
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.waitForURL(`${origin}/cb?*`, WAIT);
  expect(new URL(page.url()).searchParams.get('code')).toBeTruthy();
  await close();
});

test('its form signs the person out, and the browser comes back to it', async () => {
  const { page, close } = await signedIn();
  await page.goto(askAddress());
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.waitForURL(`${origin}/cb?*`, WAIT);
  const { id_token: idToken } = await redeemCode(
    daypass,
    application,
    { ...NOTHING, location: page.url() },
    proof,
  );
  const fields = { id_token_hint: String(idToken), post_logout_redirect_uri: `${origin}/bye`, state: 's' };
  await page.goto(`${origin}/leave?${new URLSearchParams(fields).toString()}`);
  await page.getByRole('button', { name: 'Go' }).click();
  await page.waitForURL(`${origin}/bye?state=s`, WAIT);
  await page.goto(`${daypass.url}/me`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor(WAIT);
  await close();
});

test('a form without an ID token asks; staying stays, signing out goes back to it', async () => {
  const { page, close } = await signedIn();
  const fields = { client_id: application.clientId, post_logout_redirect_uri: `${origin}/bye` };
  const leave = async () => {
    await page.goto(`${origin}/leave?${new URLSearchParams(fields).toString()}`);
    await page.getByRole('button', { name: 'Go' }).click();
    await page.getByRole('heading', { name: 'Sign out?' }).waitFor(WAIT);
  };
  await leave();
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  await page.getByRole('heading', { name: 'Your security' }).waitFor(WAIT);
  await leave();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.waitForURL(`${origin}/bye`, WAIT);
  await close();
});

const NOTHING = { status: 303, headers: new Headers(), text: '' };
