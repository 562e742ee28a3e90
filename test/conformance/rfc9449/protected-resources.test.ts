/** RFC 9449 sections 7 and 9, RFC 9470: tokens bound to a key, at every door of ours that takes access tokens. */
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askNonce, type DpopKey, makeDpopKey, type ProofWish } from '../../helpers/dpop.ts';
import { type JsonObject, jsonOf } from '../../helpers/json.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';
import { postSigned } from '../../helpers/signed-json.ts';

let scenario: Scenario;
let key: DpopKey;
let nonce: string;
let bound: string;
let plain: string;

beforeAll(async () => {
  scenario = await startScenario();
  await scenario.allow(
    'reader',
    {
      Effect: 'Allow',
      Action: ['daypass:LookupEvents', 'daypass:ListSessions', 'daypass:RegisterClient'],
      Resource: '*',
    },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'daypass:RevokeSessions',
      Resource: '*',
      Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
    },
  );
  key = await makeDpopKey(scenario.daypass);
  nonce = await askNonce(scenario.daypass, key);
  [bound, plain] = await Promise.all([tokenFor(key), tokenFor(null)]);
});
afterAll(() => scenario.stop());

async function tokenFor(by: DpopKey | null, audience: string = scenario.daypass.url): Promise<string> {
  const dpop = by === null ? {} : { dpop: await by.proof('/oauth/token', { nonce }) };
  const answer = await scenario.daypass.fetch('/oauth/token', {
    method: 'POST',
    headers: dpop,
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: await scenario.idToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      resource: scenario.roleArn,
      audience,
    }),
  });
  return String((await jsonOf(answer)).access_token);
}

const question = (id: string): JsonObject => ({
  subject: { type: 'access_token', id },
  action: { name: 's3:GetObject' },
  resource: { type: 'arn', id: 'arn:aws:s3:::reports/q1' },
});

/** The doors, with a request that the role may make. */
const DOORS: readonly { readonly path: string; readonly method: string; readonly body?: () => JsonObject }[] =
  [
    { path: '/v1/events', method: 'GET' },
    { path: '/v1/sessions', method: 'GET' },
    { path: '/access/v1/evaluation', method: 'POST', body: () => question(plain) },
    {
      path: '/access/v1/evaluations',
      method: 'POST',
      body: () => ({ ...question(plain), evaluations: [{}] }),
    },
  ];
type Door = (typeof DOORS)[number];
const [EVENTS] = DOORS;

async function send({ path, method, body }: Door, headers: Readonly<Record<string, string>>, query = '') {
  const answer = await scenario.daypass.fetch(`${path}${query}`, {
    method,
    headers,
    ...(body !== undefined && { body: JSON.stringify(body()) }),
  });
  const told = await jsonOf(answer);
  return { status: answer.status, error: told.error, headers: answer.headers, body: told };
}

/** Sends a token with a proof of it, as it should be but for the wish. */
async function show(door: Door, token = bound, wish: ProofWish = {}, by = key, query = '') {
  const dpop = await by.proof(door.path, { method: door.method, nonce, token, ...wish });
  return send(door, { authorization: `DPoP ${token}`, dpop }, query);
}

describe.each(DOORS)('section 7: $method $path', (door) => {
  test('takes a bound token with a proof for it, and the scheme in any case', async () => {
    const shown = await show(door);
    expect(shown.status).toBe(200);
    expect((await show(door, bound, { nonce: shown.headers.get('dpop-nonce') ?? '' })).status).toBe(200);
    const dpop = await key.proof(door.path, { method: door.method, nonce, token: bound });
    expect((await send(door, { authorization: `dpop ${bound}`, dpop })).status).toBe(200);
  });

  test('refuses a bound token as a plain bearer, with the proof or without', async () => {
    const dpop = await key.proof(door.path, { method: door.method, nonce, token: bound });
    for (const headers of [
      { authorization: `Bearer ${bound}` },
      { authorization: `Bearer ${bound}`, dpop },
    ]) {
      const refused = await send(door, headers);
      expect([refused.status, refused.error]).toEqual([401, 'missing_authentication']);
      expect(refused.headers.get('www-authenticate')).toMatch(
        /^Bearer error="invalid_token", DPoP algs="ES256 [^"]*"$/,
      );
    }
    expect((await send(door, { authorization: `Bearer ${plain}` })).status).toBe(200);
  });

  test('refuses a plain token under DPoP: a proof binds nothing afterwards', async () => {
    const refused = await show(door, plain);
    expect([refused.status, refused.error]).toEqual([401, 'missing_authentication']);
    expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP error="invalid_token", algs="/);
  });

  test('refuses a proof of another key, for another token, method or place, without a token, or none', async () => {
    const other = await makeDpopKey(scenario.daypass);
    const foreign = await show(door, bound, {}, other);
    expect([foreign.status, foreign.error]).toEqual([401, 'missing_authentication']);
    const cases: Readonly<Record<string, ProofWish>> = {
      'ath of another token': { claims: { ath: undefined }, token: plain },
      'no ath': { claims: { ath: undefined } },
      'the token as ath': { claims: { ath: bound } },
      'another method': { method: 'PUT' },
      'another place': { claims: { htu: `${scenario.daypass.url}/oauth/token` } },
      'another kind': { header: { typ: 'at+jwt' } },
      'too old': { claims: { iat: scenario.daypass.nowSeconds() - 301 } },
    };
    for (const [why, wish] of Object.entries(cases)) {
      const refused = await show(door, bound, wish);
      expect([refused.status, refused.error], why).toEqual([401, 'invalid_dpop_proof']);
      expect(refused.headers.get('www-authenticate'), why).toMatch(
        /^DPoP error="invalid_dpop_proof", algs="/,
      );
    }
    const none = await send(door, { authorization: `DPoP ${bound}` });
    expect([none.status, none.error]).toEqual([401, 'invalid_dpop_proof']);
  });

  test('takes a proof once', async () => {
    const dpop = await key.proof(door.path, { method: door.method, nonce, token: bound });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send(door, { authorization: `DPoP ${bound}`, dpop })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ error }) => error === 'invalid_dpop_proof')).toHaveLength(9);
  });

  test('names the schemes that it takes to who shows nothing it can use', async () => {
    if (door.body !== undefined) return; // decides for anybody about a plain token
    const answer = await send(door, {});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer, DPoP algs="ES256 [^"]*"$/);
  });
});

test('section 9: a proof without a nonce of ours is answered with one, and then taken', async () => {
  if (EVENTS === undefined) throw new Error('no door');
  const refused = await show(EVENTS, bound, { claims: { nonce: undefined } });
  expect([refused.status, refused.error]).toEqual([401, 'use_dpop_nonce']);
  expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce", algs="/);
  const next = refused.headers.get('dpop-nonce') ?? '';
  expect((await show(EVENTS, bound, { nonce: next })).status).toBe(200);
});

test('the registration of clients takes it too, and gives its nonce', async () => {
  const door: Door = {
    path: '/oauth/register',
    method: 'POST',
    body: () => ({ redirect_uris: ['https://app.example/cb'], token_endpoint_auth_method: 'none' }),
  };
  const post = async (wish: ProofWish) => {
    const dpop = await key.proof(door.path, { nonce, token: bound, ...wish });
    return send(door, { authorization: `DPoP ${bound}`, dpop, 'content-type': 'application/json' });
  };
  const refused = await post({ claims: { nonce: undefined } });
  expect([refused.status, refused.error]).toEqual([401, 'use_dpop_nonce']);
  expect(refused.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce", algs="/);
  expect((await post({ nonce: refused.headers.get('dpop-nonce') ?? '' })).status).toBe(201);
  const dull = { authorization: `Bearer ${bound}`, 'content-type': 'application/json' };
  expect((await send(door, dull)).status).toBe(401);
});

test('a proof costs one database call, and the token none', async () => {
  const [, , evaluation] = DOORS;
  if (evaluation === undefined) throw new Error('no door');
  await show(evaluation);
  const plainly = await scenario.daypass.countD1(() =>
    send(evaluation, { authorization: `Bearer ${plain}` }),
  );
  const proved = await scenario.daypass.countD1(() => show(evaluation));
  expect([plainly.length, proved.length]).toEqual([0, 1]);
});

test('section 4.3: htu holds no query, and the request may have one', async () => {
  if (EVENTS === undefined) throw new Error('no door');
  expect((await show(EVENTS, bound, {}, key, '?limit=1')).status).toBe(200);
});

test('a bound token that is meant for an app opens no door here', async () => {
  if (EVENTS === undefined) throw new Error('no door');
  const token = await tokenFor(key, 'https://api.example.com');
  expect((await show(EVENTS, token)).error).toBe('missing_authentication');
});

test('RFC 9470: who lacks a second factor alone is told so under the scheme that was used', async () => {
  const { daypass } = scenario;
  const path = '/v1/sessions/revoke';
  const body = JSON.stringify({ role_name: 'reader' });
  const dpop = await key.proof(path, { nonce, token: bound });
  const answer = await daypass.fetch(path, {
    method: 'POST',
    body,
    headers: { authorization: `DPoP ${bound}`, dpop },
  });
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringMatching(
      /^DPoP error="insufficient_user_authentication", .*acr_values="[^"]+", algs="ES256 /,
    ),
  ]);
});

describe('asking AuthZEN about a bound token', () => {
  const ask = async (headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify(question(bound));
    const answer = await scenario.daypass.fetch('/access/v1/evaluation', { method: 'POST', headers, body });
    return { status: answer.status, body: await jsonOf(answer) };
  };

  test('takes more than having it: whoever found it learns nothing', async () => {
    expect(await ask()).toMatchObject({ status: 401, body: { error: 'missing_authentication' } });
    const stranger = await tokenFor(null);
    expect(await ask({ authorization: `Bearer ${stranger}` })).toMatchObject({
      status: 403,
      body: { error: 'access_denied' },
    });
  });

  test('is for its holder, and for who checks proofs and has daypass:Evaluate', async () => {
    const path = '/access/v1/evaluation';
    const dpop = await key.proof(path, { nonce, token: bound });
    const own = await ask({ authorization: `DPoP ${bound}`, dpop });
    expect([own.status, own.body.decision]).toEqual([200, true]);
    const { status, body } = await postSigned(scenario.daypass, path, question(bound));
    expect([status, body.decision]).toEqual([200, true]);
  });
});

test('oauth4webapi: asks for a bound token, meets the wish for a nonce, and calls a door with it', async () => {
  const { daypass } = scenario;
  const insecure = { [oauth.allowInsecureRequests]: true };
  const as = await oauth
    .discoveryRequest(new URL(daypass.url), insecure)
    .then((answer) => oauth.processDiscoveryResponse(new URL(daypass.url), answer));
  const client: oauth.Client = { client_id: 'none' };
  const handle = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
  const subject = await scenario.idToken();
  const tokens = async () =>
    oauth.genericTokenEndpointRequest(
      as,
      client,
      () => {},
      'urn:ietf:params:oauth:grant-type:token-exchange',
      {
        subject_token: subject,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        resource: scenario.roleArn,
      },
      { ...insecure, DPoP: handle },
    );
  const first = await tokens();
  await expect(oauth.processGenericTokenEndpointResponse(as, client, first)).rejects.toSatisfy(
    oauth.isDPoPNonceError,
  );
  const { access_token, token_type } = await oauth.processGenericTokenEndpointResponse(
    as,
    client,
    await tokens(),
  );
  expect(token_type).toBe('dpop');
  const events = await oauth.protectedResourceRequest(
    access_token,
    'GET',
    new URL(`${daypass.url}/v1/events`),
    undefined,
    undefined,
    { ...insecure, DPoP: handle },
  );
  expect(events.status).toBe(200);
});
