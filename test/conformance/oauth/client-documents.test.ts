/** draft-ietf-oauth-client-id-metadata-document: clients that nobody has registered, where a deployment wants them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Application, askFor, letIn, redeemCode, toldTo } from '../../helpers/authorization.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import { registerScope } from '../../helpers/oauth-clients.ts';
import { mayDo } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor, postForm } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let daypass: Daypass;
let site: Server;
let origin: string;
let browser: PageClient;
let role: string;
/** How often each path was asked for. */
const asked = new Map<string, number>();
let documents: (path: string) => object | null;
beforeAll(async () => {
  site = createServer((request, answer) => {
    const path = request.url ?? '/';
    asked.set(path, (asked.get(path) ?? 0) + 1);
    const document = documents(path);
    answer.writeHead(document === null ? 500 : 200, { 'content-type': 'application/json' });
    answer.end(document === null ? '' : JSON.stringify(document));
  });
  await new Promise<void>((done) => {
    site.listen(0, '127.0.0.1', done);
  });
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`; // it listens on TCP
  documents = (path) => ({
    client_id: `${origin}${path}`,
    client_name: 'Reports <b>',
    redirect_uris: ['http://127.0.0.1/cb'],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid offline_access read',
  });
  scenario = await startScenario({ vars: { DAYPASS_CLIENT_DOCUMENTS: 'on' } });
  daypass = scenario.daypass;
  await registerScope(daypass, 'read', { Action: 's3:GetObject' });
  const person = await makePerson(scenario, 'wanda', false);
  role = await makeRoleFor(scenario, 'wanda', 'web');
  browser = (await person.signIn()).client;
});
afterAll(async () => {
  site.close();
  await scenario.stop();
});

const applicationAt = (path: string): Application => ({
  clientId: `${origin}${path}`,
  redirectUri: 'http://127.0.0.1/cb',
});

test('one lets people in, within the scopes that it names; its document is fetched once', async () => {
  const application = applicationAt('/one');
  const page = await askFor(browser, application, { scope: 'openid read' });
  expect(page.text).toContain('Reports &lt;b&gt;');
  expect(page.text).toContain(application.clientId);
  const tokens = await redeemCode(
    daypass,
    application,
    await letIn(browser, application, role, { scope: 'openid read' }),
  );
  expect(decodeJwt(String(tokens.id_token)).aud).toBe(application.clientId);
  expect(await mayDo(daypass, tokens.access_token, 's3:GetObject')).toBe(true);
  expect(await mayDo(daypass, tokens.access_token, 's3:PutObject')).toBe(false);
  expect(asked.get('/one')).toBe(1);
});

test('it pushes its requests and renews its tokens; the person sees it on /me, also when its site is down, and takes it back', async () => {
  const application = applicationAt('/two');
  const pushed = await postForm(daypass, '/oauth/par', {
    ...{ client_id: application.clientId, redirect_uri: application.redirectUri, response_type: 'code' },
    ...{
      scope: 'openid read',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    },
  });
  expect(pushed.status).toBe(201);
  const answer = await letIn(browser, application, role, { scope: 'openid offline_access read' });
  const { refresh_token: first } = await redeemCode(daypass, application, answer);
  const renew = (token: unknown) =>
    postForm(daypass, '/oauth/token', {
      ...{ grant_type: 'refresh_token', client_id: application.clientId, refresh_token: String(token) },
    });
  const renewed = await renew(first);
  expect(renewed.status).toBe(200);
  const usual = documents;
  documents = () => null;
  await daypass.advance(600);
  expect((await browser.get('/me')).text).toContain(application.clientId);
  await browser.post('/me/applications/remove', { client: application.clientId });
  expect((await renew(renewed.body.refresh_token)).body.error).toBe('invalid_grant');
  documents = usual;
});

test.each<[string, (path: string) => object | null]>([
  ['a site that does not answer well', () => null],
  [
    'a document of somebody else',
    () => ({ client_id: `${origin}/else`, redirect_uris: ['http://127.0.0.1/cb'] }),
  ],
  [
    'a client with a secret',
    (path) => ({ client_id: `${origin}${path}`, client_secret: 'x', redirect_uris: ['http://127.0.0.1/cb'] }),
  ],
  [
    'an address of another site',
    (path) => ({ client_id: `${origin}${path}`, redirect_uris: ['https://evil.example/cb'] }),
  ],
])('%s is no client, and the browser is sent nowhere', async (what, document) => {
  const usual = documents;
  documents = document;
  const application = applicationAt(`/bad-${what.replaceAll(' ', '-')}`);
  const answer = await askFor(browser, application, { scope: 'openid' });
  expect([answer.status, answer.location]).toEqual([400, null]);
  documents = usual;
});

test('an address that may not be asked is not asked; a scope that it does not name is not given; it never acts in its own name', async () => {
  for (const clientId of [
    'https://10.0.0.1/client',
    'https://intranet/client',
    'http://example.com/client',
  ]) {
    const answer = await askFor(browser, { clientId, redirectUri: 'http://127.0.0.1/cb' });
    expect([clientId, answer.status, answer.location]).toEqual([clientId, 400, null]);
  }
  expect(toldTo(await askFor(browser, applicationAt('/one'), { scope: 'write' })).error).toBe(
    'invalid_scope',
  );
  const own = await postForm(daypass, '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: `${origin}/one`,
  });
  expect([own.status, own.body.error]).toEqual([401, 'invalid_client']);
});

test('discovery says so', async () => {
  const document: Readonly<Record<string, unknown>> = await (
    await daypass.fetch('/.well-known/oauth-authorization-server')
  ).json();
  expect(document.client_id_metadata_document_supported).toBe(true);
});
