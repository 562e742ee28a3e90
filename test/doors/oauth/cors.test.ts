/** What pages of other origins may ask of the OAuth door: asked by a real browser, whose rules these are. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser, type Visitor } from '../../helpers/browser.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import { registerClient } from '../../helpers/oauth-person.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const REDIRECT = 'http://127.0.0.1:9/cb';

let scenario: Scenario;
let daypass: Daypass;
let browser: TestBrowser;
let elsewhere: Server;
let visitor: Visitor;
let clientId: string;
beforeAll(async () => {
  elsewhere = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise<void>((done) => {
    elsewhere.listen(0, '127.0.0.1', done);
  });
  [scenario, browser] = await Promise.all([startScenario(), startBrowser()]);
  daypass = scenario.daypass;
  clientId = await registerClient(daypass, 'authorization_code', {
    'GrantTypes.member.2': DEVICE_CODE,
    'RedirectUris.member.1': REDIRECT,
  });
  visitor = await browser.newVisitor();
  await visitor.page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`); // it listens on TCP
});
afterAll(async () => {
  await Promise.all([scenario.stop(), browser.stop()]);
  elsewhere.close();
});

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly credentials?: 'include';
}

/** Asks from a page of another origin. @returns what its script could read; null where the browser kept it back */
async function askFromElsewhere({ path, form, ...init }: Asked) {
  const asked = { url: `${daypass.url}${path}`, form: form === undefined ? null : { ...form }, init };
  const read = await visitor.page.evaluate(
    async ({ url, form: fields, init: { method, headers, credentials } }) => {
      try {
        const answer = await fetch(url, {
          ...(method !== undefined && { method }),
          ...(headers !== undefined && { headers }),
          ...(credentials !== undefined && { credentials }),
          ...(fields !== null && { method: 'POST', body: new URLSearchParams(fields) }),
        });
        return { status: answer.status, text: await answer.text(), readable: [...answer.headers.keys()] };
      } catch {
        return null;
      }
    },
    asked,
  );
  if (read === null) return null;
  return { ...read, body: JSON.parse(read.text) as Readonly<Record<string, unknown>> }; // every answer of the door is an object
}

describe('a page of another origin', () => {
  test('reads discovery and keys', async () => {
    for (const path of ['openid-configuration', 'oauth-authorization-server', 'jwks.json']) {
      const answer = await askFromElsewhere({ path: `/.well-known/${path}` });
      expect([path, answer?.status]).toEqual([path, 200]);
    }
  });

  test('asks the token endpoint, with every header that a client may prove itself by, and reads the challenge', async () => {
    const form = { grant_type: 'authorization_code', client_id: clientId };
    const plain = await askFromElsewhere({ path: '/oauth/token', form });
    expect([plain?.status, plain?.body.error]).toEqual([400, 'invalid_request']);
    const authorization = 'Basic bm9ib2R5OnNlY3JldA==';
    const proved = await askFromElsewhere({ path: '/oauth/token', headers: { authorization }, form });
    expect([proved?.status, proved?.body.error]).toEqual([401, 'invalid_client']);
    expect(proved?.readable).toContain('www-authenticate');
    const bound = await askFromElsewhere({ path: '/oauth/token', headers: { dpop: 'a.b.c' }, form });
    expect([bound?.status, bound?.body.error]).toEqual([400, 'invalid_dpop_proof']);
  });

  test('pushes an authorization request', async () => {
    const form = {
      client_id: clientId,
      redirect_uri: REDIRECT,
      response_type: 'code',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    };
    const answer = await askFromElsewhere({ path: '/oauth/par', headers: { dpop: 'a.b.c' }, form });
    // Whatever becomes of such a proof, the page reads it.
    expect(answer?.body).toBeTypeOf('object');
    expect((await askFromElsewhere({ path: '/oauth/par', form }))?.status).toBe(201);
  });

  test('the app of a television asks for its code', async () => {
    const asked = { path: '/oauth/device_authorization', form: { client_id: clientId } };
    expect(await askFromElsewhere(asked)).toMatchObject({
      status: 200,
      body: { user_code: expect.any(String) },
    });
  });

  test.each([
    ['the cookies of a person', { path: '/oauth/token', form: {}, credentials: 'include' }],
    ['a header that no client needs', { path: '/oauth/token', form: {}, headers: { 'x-other': '1' } }],
    ['another method', { path: '/oauth/token', method: 'DELETE' }],
    ['a proof where none is asked for', { path: '/.well-known/jwks.json', headers: { authorization: 'x' } }],
    ['introspection', { path: '/oauth/introspect', form: { token: 'x' } }],
    ['the page of an authorization', { path: '/oauth/authorize?client_id=x' }],
    ['the sign-in page', { path: '/login' }],
    ['the AWS door', { path: '/', form: { Action: 'GetCallerIdentity', Version: '2011-06-15' } }],
  ] as const)('does not get through with %s', async (_what, asked) => {
    expect(await askFromElsewhere(asked)).toBe(null);
  });
});

describe('the headers themselves', () => {
  const preflight = (path: string, method: string | null) =>
    daypass.fetch(path, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        ...(method !== null && { 'access-control-request-method': method }),
      },
    });

  test('a preflight is answered without asking anybody anything', async () => {
    const calls = await daypass.countD1(async () => {
      const answer = await preflight('/oauth/token', 'POST');
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
      expect(answer.headers.get('access-control-allow-methods')).toBe('POST');
      expect(answer.headers.get('access-control-allow-headers')).toBe('authorization, content-type, dpop');
      expect(answer.headers.get('access-control-max-age')).toBe('7200');
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    });
    expect(calls).toEqual([]);
  });

  test('what nobody keeps says so to pages alone, what is published to everybody', async () => {
    const shown = async (path: string, method: string, headers: Record<string, string>) =>
      (await daypass.fetch(path, { method, headers })).headers.get('access-control-allow-origin');
    const origin = { origin: 'https://app.example.com' };
    expect(await shown('/oauth/token', 'POST', origin)).toBe('*');
    expect(await shown('/oauth/token', 'POST', {})).toBeNull();
    for (const headers of [origin, {}])
      expect(await shown('/.well-known/jwks.json', 'GET', headers)).toBe('*');
  });

  test('OPTIONS that is no preflight is a method like others', async () => {
    const answer = await preflight('/oauth/token', null);
    expect(answer.status).toBe(405);
  });

  test('no answer of a page, and no answer for servers, says anything of other origins', async () => {
    const paths = ['/oauth/authorize', '/oauth/introspect', '/login', '/me', '/', '/v1/sessions'];
    for (const path of paths) {
      for (const answer of [await preflight(path, 'POST'), await daypass.fetch(path)]) {
        const named = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
        expect([path, named]).toEqual([path, []]);
      }
    }
  });
});
