/** People who come to an address that is for programs, or for nobody. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';

let daypass: Daypass;
beforeAll(async () => {
  daypass = await startDaypass();
});
afterAll(() => daypass.stop());

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const go = (path: string, init: RequestInit = {}) =>
  daypass.fetch(path, { redirect: 'manual', headers: BROWSER, ...init });

test('a path that is no door is a page to a browser, with the headers of one', async () => {
  for (const path of ['/nowhere', '/me/nothing', '/__proto__', '/v1/events/']) {
    const answer = await go(path);
    expect(answer.status, path).toBe(404);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await answer.text();
    expect(page).toContain('No page has this address.');
    expect(page).toContain(answer.headers.get('x-request-id'));
    expect(page).not.toContain(path);
  }
});

test.for<[string, RequestInit]>([
  ['without Accept', { headers: {} }],
  ['for anything', { headers: { accept: '*/*' } }],
  ['for JSON', { headers: { accept: 'application/json' } }],
  ['for what merely begins like HTML', { headers: { accept: 'text/htmlx' } }],
  ['by POST', { method: 'POST', body: 'a=b' }],
])('the same path asked %s is answered in JSON', async ([, init]) => {
  const answer = await go('/nowhere', init);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: 'not_found' });
});

test('the bare address leads a browser to its own page', async () => {
  const answer = await go('/');
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe('/me');
});

test.for<[string, string, RequestInit]>([
  ['with a query', '/?Action=GetCallerIdentity&Version=2011-06-15', {}],
  ['with a signature', '/', { headers: { ...BROWSER, authorization: 'AWS4-HMAC-SHA256 x' } }],
  ['without wanting HTML', '/', { headers: { accept: '*/*' } }],
  ['by POST', '/', { method: 'POST', body: '' }],
])('the bare address asked %s is the Query API as before', async ([, path, init]) => {
  const answer = await go(path, init);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await answer.text()).toContain('<ErrorResponse');
});

test('an address that takes forms alone says so to whoever opens or reloads it', async () => {
  for (const path of ['/me/access-keys', '/me/links', '/logout']) {
    const answer = await go(path);
    expect(answer.status, path).toBe(405);
    const page = await answer.text();
    expect(page).toContain('There is nothing to open here');
    expect(page).toContain('Nothing was changed.');
  }
});
