/** The sample app and television that `npm start` serves, in a real browser. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

test('the single-page app signs a person in with nothing but the browser', async () => {
  const { page, close } = await signedIn();
  await page.goto(address);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Let this application in?' }).waitFor();
  await page.getByRole('button', { name: 'Let it in' }).click();
  await page.getByText(/Signed in as AIDA/).waitFor();
  expect(page.url()).toBe(`${address}/`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await page.getByText('Refused: access_denied').waitFor();
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
