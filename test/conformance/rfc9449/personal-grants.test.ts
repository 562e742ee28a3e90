/** RFC 9449 sections 5 and 10: keys and the grants that a person approves. */
import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { askNonce, type DpopKey, makeDpopKey } from '../../helpers/dpop.ts';
import { postForm } from '../../helpers/oauth-clients.ts';
import { makePerson, makeRoleFor, registerClient } from '../../helpers/oauth-person.ts';
import type { PageAnswer, PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const REDIRECT = 'https://app.example/cb';
const VERIFIER = 'a-verifier-of-more-than-forty-three-characters-here';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

let scenario: Scenario;
let daypass: Daypass;
let browser: PageClient;
let role: string;
let clientId: string;
let deviceClient: string;
let key: DpopKey;
let other: DpopKey;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  const person = await makePerson(scenario, 'dora');
  role = await makeRoleFor(scenario, 'dora', 'web');
  clientId = await registerClient(daypass, 'authorization_code', {
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
  });
  deviceClient = await registerClient(daypass, DEVICE_GRANT);
  browser = (await person.signIn()).client;
  [key, other] = await Promise.all([makeDpopKey(daypass), makeDpopKey(daypass)]);
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;

const query = (over: Fields = {}): Fields => ({
  client_id: clientId,
  response_type: 'code',
  redirect_uri: REDIRECT,
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
  scope: 'openid',
  ...over,
});

/** What the application is told, from the address that the browser is sent to. */
const told = ({ location }: PageAnswer): Fields =>
  Object.fromEntries(new URL(location ?? 'about:blank').searchParams);

/** The person opens the address and agrees. @returns where the browser is sent */
async function agree(search: string): Promise<PageAnswer> {
  const page = await browser.get(`/oauth/authorize?${search}`);
  const request = /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
  return browser.post('/oauth/authorize/decide', { request, role, decision: 'allow' });
}

const codeFor = async (over: Fields = {}): Promise<string> =>
  told(await agree(new URLSearchParams(query(over)).toString())).code ?? '';

/** Posts with a proof by the key, where one is given. */
async function post(path: string, fields: Fields, by: DpopKey | null) {
  const nonce = await askNonce(daypass, key);
  return postForm(daypass, path, fields, by === null ? {} : { dpop: await by.proof(path, { nonce }) });
}

const redeem = (code: string, by: DpopKey | null) =>
  post(
    '/oauth/token',
    {
      grant_type: 'authorization_code',
      code,
      client_id: clientId,
      redirect_uri: REDIRECT,
      code_verifier: VERIFIER,
    },
    by,
  );

const errorOf = ({ status, body }: Awaited<ReturnType<typeof post>>) => `${status} ${String(body.error)}`;

const boundTo = ({ status, body }: Awaited<ReturnType<typeof post>>) => [
  status,
  body.token_type,
  decodeJwt(String(body.access_token)).cnf,
];

describe('section 5: who brings a proof', () => {
  test('gets a bound token for a code that was asked for without a key', async () => {
    const answer = await redeem(await codeFor(), key);
    expect(boundTo(answer)).toEqual([200, 'DPoP', { jkt: key.thumbprint }]);
    expect(decodeJwt(String(answer.body.id_token)).cnf).toBeUndefined();
    expect(boundTo(await redeem(await codeFor(), null))).toEqual([200, 'Bearer', undefined]);
  });

  test('gets a bound token for a device code, whatever polls came before', async () => {
    const begun = await post('/oauth/device_authorization', { client_id: deviceClient }, null);
    const poll = (by: DpopKey | null) =>
      post(
        '/oauth/token',
        { grant_type: DEVICE_GRANT, device_code: String(begun.body.device_code), client_id: deviceClient },
        by,
      );
    expect(errorOf(await poll(key))).toBe('400 authorization_pending');
    const code = String(begun.body.user_code);
    await browser.get('/device');
    await browser.post('/device', { user_code: code });
    await browser.post('/device/decide', { user_code: code.replace('-', ''), role, decision: 'allow' });
    await daypass.advance(6);
    expect(boundTo(await poll(key))).toEqual([200, 'DPoP', { jkt: key.thumbprint }]);
  });
});

describe('section 10: a code that is bound to a key', () => {
  test('is redeemed with a proof of that key alone, and a wrong one does not use it up', async () => {
    const code = await codeFor({ dpop_jkt: key.thumbprint });
    expect(errorOf(await redeem(code, null))).toBe('400 invalid_grant');
    expect(errorOf(await redeem(code, other))).toBe('400 invalid_grant');
    expect(boundTo(await redeem(code, key))).toEqual([200, 'DPoP', { jkt: key.thumbprint }]);
    expect(errorOf(await redeem(code, key))).toBe('400 invalid_grant');
  });

  test.each(['x', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}=`, '*'.repeat(43)])(
    'is not to be had for `%s`, which is no thumbprint',
    async (dpop_jkt) => {
      const page = await browser.get(`/oauth/authorize?${new URLSearchParams(query({ dpop_jkt }))}`);
      expect(told(page)).toMatchObject({ error: 'invalid_request' });
    },
  );
});

describe('section 10.1: pushed requests', () => {
  const push = (by: DpopKey | null, over: Fields = {}) => post('/oauth/par', query(over), by);
  const codeOf = async ({ body }: Awaited<ReturnType<typeof push>>) =>
    told(
      await agree(
        new URLSearchParams({ client_id: clientId, request_uri: String(body.request_uri) }).toString(),
      ),
    ).code ?? '';

  test('with dpop_jkt bind the code', async () => {
    const code = await codeOf(await push(null, { dpop_jkt: key.thumbprint }));
    expect(errorOf(await redeem(code, other))).toBe('400 invalid_grant');
    expect(boundTo(await redeem(code, key))[0]).toBe(200);
  });

  test('with a proof bind the code to its key, and bring a nonce', async () => {
    const pushed = await push(key);
    expect([pushed.status, pushed.headers.get('dpop-nonce')]).toEqual([201, expect.any(String)]);
    const code = await codeOf(pushed);
    expect(errorOf(await redeem(code, null))).toBe('400 invalid_grant');
    expect(errorOf(await redeem(code, other))).toBe('400 invalid_grant');
    expect(boundTo(await redeem(code, key))[0]).toBe(200);
  });

  test('may have both where they are one key, and are refused where not', async () => {
    expect((await push(key, { dpop_jkt: key.thumbprint })).status).toBe(201);
    expect(errorOf(await push(key, { dpop_jkt: other.thumbprint }))).toBe('400 invalid_dpop_proof');
  });

  test('take a proof that is made for them, once, with a nonce', async () => {
    const nonce = await askNonce(daypass, key);
    const dpop = await key.proof('/oauth/par', { nonce });
    const send = (proof: string) => postForm(daypass, '/oauth/par', query(), { dpop: proof });
    expect((await send(dpop)).status).toBe(201);
    expect(errorOf(await send(dpop))).toBe('400 invalid_dpop_proof');
    expect(errorOf(await send(await key.proof('/oauth/token', { nonce })))).toBe('400 invalid_dpop_proof');
    const without = await send(await key.proof('/oauth/par'));
    expect([errorOf(without), without.headers.get('dpop-nonce')]).toEqual([
      '400 use_dpop_nonce',
      expect.any(String),
    ]);
  });
});

describe('openid-client', () => {
  const open = async (client: string) => {
    const execute = [openid.allowInsecureRequests];
    const config = await openid.discovery(new URL(daypass.url), client, undefined, openid.None(), {
      execute,
    });
    // The Worker's clock has been moved, and the library's goes with it.
    const skew = daypass.nowSeconds() - Math.floor(Date.now() / 1000);
    Object.assign(config.clientMetadata(), { [openid.clockSkew]: skew });
    return { config, DPoP: openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256')) };
  };

  test('pushes, redeems, refreshes and asks for userinfo with one key', async () => {
    const { config, DPoP } = await open(clientId);
    const jkt = await DPoP.calculateThumbprint();
    const wish = {
      ...{ redirect_uri: REDIRECT, scope: 'openid offline_access', dpop_jkt: jkt },
      ...{ code_challenge: CHALLENGE, code_challenge_method: 'S256' },
    };
    const address = await openid.buildAuthorizationUrlWithPAR(config, wish, { DPoP });
    const { location } = await agree(address.searchParams.toString());
    const tokens = await openid.authorizationCodeGrant(
      config,
      new URL(location ?? ''),
      { pkceCodeVerifier: VERIFIER, idTokenExpected: true },
      undefined,
      { DPoP },
    );
    expect([tokens.token_type, decodeJwt(tokens.access_token).cnf]).toEqual(['dpop', { jkt }]);
    const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect([refreshed.token_type, decodeJwt(refreshed.access_token).cnf]).toEqual(['dpop', { jkt }]);
    const sub = tokens.claims()?.sub ?? '';
    const info = await openid.fetchUserInfo(config, refreshed.access_token, sub, { DPoP });
    expect(info.sub).toBe(sub);
    const url = new URL(`${daypass.url}/v1/events`);
    const answer = await openid.fetchProtectedResource(
      config,
      refreshed.access_token,
      url,
      'GET',
      null,
      undefined,
      { DPoP },
    );
    expect(answer.status).toBe(403); // known, and not allowed to: the role may read reports
    const other = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    await expect(
      openid.refreshTokenGrant(config, refreshed.refresh_token ?? '', undefined, { DPoP: other }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('waits for a device with its key', async () => {
    const { config, DPoP } = await open(deviceClient);
    const begun = await openid.initiateDeviceAuthorization(config, {});
    await browser.get('/device');
    await browser.post('/device', { user_code: begun.user_code });
    const code = begun.user_code.replace('-', '');
    await browser.post('/device/decide', { user_code: code, role, decision: 'allow' });
    await daypass.advance(6);
    const polled = await openid.pollDeviceAuthorizationGrant(config, { ...begun, interval: 0 }, undefined, {
      DPoP,
    });
    expect([polled.token_type, decodeJwt(polled.access_token).cnf]).toEqual([
      'dpop',
      { jkt: await DPoP.calculateThumbprint() },
    ]);
  });
});
