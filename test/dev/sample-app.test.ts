/** The sample app and television that `npm start` serves, in a real browser. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSampleApp } from '../../dev/peers/app/server.ts';
import { startBrowser, type TestBrowser } from '../helpers/browser.ts';
import { makePerson, makeRoleFor, type Person } from '../helpers/oauth-person.ts';
import { type Scenario, startScenario } from '../helpers/scenario.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'daypass-sample-'));
let scenario: Scenario;
let browser: TestBrowser;
let person: Person;
let sample: { stop(): Promise<void> };
let address: string;
beforeAll(async () => {
  [scenario, browser] = await Promise.all([startScenario(), startBrowser()]);
  const { url, bootstrap } = scenario.daypass;
  person = await makePerson(scenario, 'sara');
  await makeRoleFor(scenario, 'sara', 'sample');
  const bootstrapPath = join(stateDir, 'bootstrap.json');
  writeFileSync(bootstrapPath, JSON.stringify(bootstrap));
  const started = await startSampleApp({ port: 0, broker: url, stateDir, bootstrapPath });
  sample = started;
  address = `http://localhost:${started.port}`;
});
afterAll(async () => {
  await Promise.all([scenario.stop(), browser.stop(), sample.stop()]);
  rmSync(stateDir, { recursive: true });
});

async function signedIn() {
  const { client } = await person.signIn();
  const visitor = await browser.newVisitor();
  const url = scenario.daypass.url.replace('http:', 'https:');
  await visitor.context.addCookies(
    [...client.cookies].map(([name, value]) => ({ name, value, url, secure: true })),
  );
  return visitor;
}

const WAIT = { timeout: 30_000 };

/** Signs in at the app, which is open. */
async function letAppIn(page: Page) {
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Let this application in?' }).waitFor(WAIT);
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByText(/^Signed in as AIDA/).waitFor(WAIT);
}

test('the single-page app signs a person in with nothing but the browser', async () => {
  const { page, close } = await signedIn();
  await page.goto(address);
  await letAppIn(page);
  expect(page.url()).toBe(`${address}/`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.getByText('Refused: access_denied').waitFor(WAIT);
  await close();
});

test('it stays signed in: each refresh brings another refresh token, bound to its key', async () => {
  const { page, context, close } = await signedIn();
  const shown: string[] = [];
  const schemes = new Set<string | undefined>();
  page.on('request', (request) => {
    const token = new URLSearchParams(request.postData() ?? '').get('refresh_token');
    if (token !== null && request.headers().dpop !== undefined) shown.push(token);
    if (request.url().endsWith('/oauth/userinfo') && request.method() === 'GET')
      schemes.add(request.headers().authorization?.split(' ')[0]);
  });
  await page.goto(address);
  await letAppIn(page);
  await page.getByRole('button', { name: 'Refresh' }).click();
  await page.getByText(/^Refreshed as AIDA/).waitFor(WAIT);
  await page.reload();
  await page.getByText(/^Refreshed as AIDA/).waitFor(WAIT);
  expect(new Set(shown).size).toBe(2);
  expect([...schemes]).toEqual(['DPoP']);
  // Another tab goes on with what this one was given.
  const second = await context.newPage();
  await second.goto(address);
  await second.getByText(/^Refreshed as AIDA/).waitFor(WAIT);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Nobody is signed in.').waitFor(WAIT);
  await second.getByRole('button', { name: 'Refresh' }).click();
  await second.getByText('Nobody is signed in.').waitFor(WAIT);
  await page.goto(`${scenario.daypass.url}/me`);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor(WAIT);
  await close();
});

test('the television shows its code, and is connected once a person has let it in', async () => {
  const { page, context, close } = await signedIn();
  await page.goto(`${address}/tv`);
  await page.locator('svg').waitFor();
  const code = (await page.locator('#code').textContent()) ?? '';
  expect(code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  const phone = await context.newPage();
  await phone.goto(`${scenario.daypass.url}/device`);
  await phone.getByLabel('Code').fill(code.toLowerCase());
  await phone.getByRole('button', { name: 'Continue' }).click();
  await phone.getByRole('button', { name: 'Let it in' }).click();
  await phone.getByRole('heading', { name: 'The device is connected' }).waitFor();
  await page.getByText(/Connected for \d+ seconds/).waitFor();
  await close();
});
