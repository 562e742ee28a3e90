/** RFC 9449 sections 4, 5 and 8: tokens bound to a key, at the token endpoint. */
import { decodeJwt } from 'jose';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { askNonce, type DpopKey, makeDpopKey, type ProofWish } from '../../helpers/dpop.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
} from '../../helpers/oauth-clients.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let daypass: Daypass;
let settings: Record<string, string>;
let machine: RegisteredClient;
let bound: RegisteredClient;
let key: DpopKey;
let nonce: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  settings = {
    TokenEndpointAuthMethod: 'client_secret_basic',
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: await makeClientRole(daypass, 'nightly', { Action: 's3:GetObject' }),
  };
  machine = await registerClient(daypass, settings);
  bound = await registerClient(daypass, { ...settings, DPoPBoundAccessTokens: 'true' });
  key = await makeDpopKey(daypass);
  nonce = await askNonce(daypass, key);
});
afterAll(() => scenario.stop());

type Headers = Readonly<Record<string, string>>;

const token = (headers: Headers, client = machine) =>
  postForm(daypass, '/oauth/token', { grant_type: 'client_credentials' }, { ...basicOf(client), ...headers });

const withProof = async (wish: ProofWish = {}, by = key) =>
  token({ dpop: await by.proof('/oauth/token', { nonce, ...wish }) });

const errorOf = ({ status, body }: Awaited<ReturnType<typeof token>>) => [status, body.error];

describe('section 5: access token request', () => {
  test('binds the token to the key: token_type DPoP, cnf.jkt', async () => {
    const { status, body } = await withProof();
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt: key.thumbprint });
  });

  test('without a proof gives a plain bearer token', async () => {
    const { body } = await token({});
    expect([body.token_type, decodeJwt(String(body.access_token)).cnf]).toEqual(['Bearer', undefined]);
  });

  test('a client that is registered for bound tokens gets no other', async () => {
    expect(errorOf(await token({}, bound))).toEqual([400, 'invalid_request']);
    const dpop = await key.proof('/oauth/token', { nonce });
    const { status, body } = await token({ dpop }, bound);
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
  });

  test('binds the token of a token exchange, also without a client', async () => {
    const exchange = async (more: Headers, headers: Headers) =>
      postForm(
        daypass,
        '/oauth/token',
        {
          grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
          subject_token: await scenario.idToken(),
          subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
          resource: scenario.roleArn,
          audience: daypass.url,
          ...more,
        },
        headers,
      );
    const { body } = await exchange({}, { dpop: await key.proof('/oauth/token', { nonce }) });
    expect(body.token_type).toBe('DPoP');
    expect(decodeJwt(String(body.access_token)).cnf).toEqual({ jkt: key.thumbprint });

    const aws = { requested_token_type: 'urn:daypass:token-type:aws-credentials' };
    expect((await exchange(aws, {})).status).toBe(200);
    const refused = await exchange(aws, { dpop: await key.proof('/oauth/token', { nonce }) });
    expect(errorOf(refused)).toEqual([400, 'invalid_request']);
  });

  test('binds tokens that nobody else can read as well', async () => {
    const sealed = await registerClient(daypass, { ...settings, AccessTokenFormat: 'opaque' });
    const { body } = await token({ dpop: await key.proof('/oauth/token', { nonce }) }, sealed);
    const text = String(body.access_token);
    expect([body.token_type, text.slice(0, 4)]).toEqual(['DPoP', 'dpa_']);
    const path = '/v1/events';
    const read = (headers: Headers) => daypass.fetch(path, { headers });
    const proof = (wish: ProofWish) => key.proof(path, { method: 'GET', nonce, ...wish });
    const good = { authorization: `DPoP ${text}`, dpop: await proof({ token: text }) };
    // Believed, and then told what its role may not do.
    expect((await read(good)).status).toBe(403);
    expect((await read({ authorization: `Bearer ${text}` })).status).toBe(401);
    expect((await read({ ...good, dpop: await proof({ token: 'another' }) })).status).toBe(401);
  });

  test('tells the trail which key', async () => {
    const { jti } = decodeJwt(String((await withProof()).body.access_token));
    const recorded = async () => {
      const { results } = await daypass.d1
        .prepare("select body from audit_events where event_name = 'ClientCredentials'")
        .all<{ body: string }>();
      return results
        .filter(({ body }) => body.includes(String(jti)))
        .map(({ body }) => JSON.parse(body).responseElements.keyThumbprint);
    };
    await expect.poll(recorded, { timeout: 30_000 }).toEqual([key.thumbprint]);
  });

  test('is advertised with the algorithms that are taken', async () => {
    for (const document of ['openid-configuration', 'oauth-authorization-server']) {
      const metadata = Object(await (await daypass.fetch(`/.well-known/${document}`)).json());
      for (const alg of metadata.dpop_signing_alg_values_supported) {
        const own = await makeDpopKey(daypass, alg);
        expect((await withProof({}, own)).status, alg).toBe(200);
      }
    }
  });

  test('works for openid-client, which answers the wish for a nonce by itself', async () => {
    const options = { execute: [openid.allowInsecureRequests] };
    const method = openid.ClientSecretBasic(bound.secret);
    const config = await openid.discovery(new URL(daypass.url), bound.clientId, undefined, method, options);
    const handle = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const tokens = await openid.clientCredentialsGrant(config, {}, { DPoP: handle });
    expect([tokens.token_type, decodeJwt(tokens.access_token).cnf]).toEqual([
      'dpop',
      { jkt: await handle.calculateThumbprint() },
    ]);
  });
});

describe('section 4.3: checking proofs', () => {
  test('takes exactly one header', async () => {
    const [one, two] = [
      await key.proof('/oauth/token', { nonce }),
      await key.proof('/oauth/token', { nonce }),
    ];
    expect(errorOf(await token({ dpop: `${one}, ${two}` }))).toEqual([400, 'invalid_dpop_proof']);
    expect(errorOf(await token({ dpop: `${one},${one}` }))).toEqual([400, 'invalid_dpop_proof']);
    expect((await token({ dpop: one })).status).toBe(200);
  });

  test('refuses what is no well-formed proof', async () => {
    const good = await key.proof('/oauth/token', { nonce });
    for (const text of [
      '',
      'x',
      'x.y.z',
      `${good}.x`,
      good.slice(0, good.lastIndexOf('.') + 1),
      `${good}${'A'.repeat(9000)}`,
    ])
      expect(errorOf(await token({ dpop: text })), text.slice(0, 40)).toEqual([400, 'invalid_dpop_proof']);
  });

  test('refuses every proof that is not of this kind, by a shown public key, for this request, now', async () => {
    const nowSeconds = daypass.nowSeconds();
    const other = await makeDpopKey(daypass);
    const rsa = await makeDpopKey(daypass, 'RS256');
    const cases: Readonly<Record<string, ProofWish>> = {
      'another typ': { header: { typ: 'JWT' } },
      'no typ': { header: { typ: undefined } },
      'an instance proof': { header: { typ: 'daypass-proof+jwt' } },
      'no jwk': { header: { jwk: undefined } },
      'a private jwk': { header: { jwk: key.privateJwk } },
      'part of a private jwk': { header: { jwk: { ...key.jwk, p: 'AQAB' } } },
      'a jwk that is a text': { header: { jwk: JSON.stringify(key.jwk) } },
      'a symmetric jwk': { header: { jwk: { kty: 'oct', k: 'c2VjcmV0' } } },
      'another key than signed': { header: { jwk: other.jwk } },
      'another signer': { signer: other.privateKey },
      'a key of another kind': { header: { jwk: rsa.jwk } },
      'a critical extension': { header: { crit: ['x-unknown'], 'x-unknown': 1 } },
      'another method': { claims: { htm: 'GET' } },
      'method in small letters': { claims: { htm: 'post' } },
      'no method': { claims: { htm: undefined } },
      'another path': { claims: { htu: `${daypass.url}/oauth/par` } },
      'a longer path': { claims: { htu: `${daypass.url}/oauth/token/` } },
      'another server': { claims: { htu: 'https://other.example/oauth/token' } },
      'an address in place of the name': {
        claims: { htu: `${daypass.url.replace('localhost', '127.0.0.1')}/oauth/token` },
      },
      'a user in the URL': { claims: { htu: `${daypass.url.replace('http://', 'http://me@')}/oauth/token` } },
      'a path alone': { claims: { htu: '/oauth/token' } },
      'no URL': { claims: { htu: undefined } },
      'a list of URLs': { claims: { htu: [`${daypass.url}/oauth/token`] } },
      'too old': { claims: { iat: nowSeconds - 360 } },
      'of the future': { claims: { iat: nowSeconds + 180 } },
      'no iat': { claims: { iat: undefined } },
      'an iat that is a text': { claims: { iat: String(nowSeconds) } },
      'no jti': { claims: { jti: undefined } },
      'an empty jti': { claims: { jti: '' } },
      'a huge jti': { claims: { jti: 'x'.repeat(256) } },
      'a jti that is a number': { claims: { jti: 7 } },
      expired: { claims: { exp: nowSeconds - 120 } },
    };
    for (const [why, wish] of Object.entries(cases))
      expect(errorOf(await withProof(wish)), why).toEqual([400, 'invalid_dpop_proof']);
    const unlisted = await makeDpopKey(daypass, 'ES512');
    expect(errorOf(await withProof({}, unlisted))).toEqual([400, 'invalid_dpop_proof']);
  });

  test('refuses none and symmetric algorithms', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      jti: 'x',
      htm: 'POST',
      htu: `${daypass.url}/oauth/token`,
      iat: daypass.nowSeconds(),
      nonce,
    };
    for (const alg of ['none', 'HS256'])
      for (const signature of ['', 'AAAA']) {
        const dpop = `${part({ typ: 'dpop+jwt', alg, jwk: key.jwk })}.${part(claims)}.${signature}`;
        expect(errorOf(await token({ dpop })), alg).toEqual([400, 'invalid_dpop_proof']);
      }
  });

  test('passes over query and fragment of htu, and its spelling', async () => {
    for (const htu of [
      `${daypass.url}/oauth/token?x=1#y`,
      `${daypass.url.replace('http://localhost', 'HTTP://LOCALHOST')}/oauth/../oauth/token`,
    ])
      expect((await withProof({ claims: { htu } })).status, htu).toBe(200);
  });

  test('goes by its own name, whatever Host says', async () => {
    const headers = {
      dpop: await key.proof('/oauth/token', { nonce, claims: { htu: 'http://evil.example/oauth/token' } }),
    };
    expect(
      errorOf(await token({ ...headers, host: 'evil.example', 'x-forwarded-host': 'evil.example' })),
    ).toEqual([400, 'invalid_dpop_proof']);
  });
});

describe('section 11.1: replay', () => {
  test('fifty uses of one proof at once give one token', async () => {
    const dpop = await key.proof('/oauth/token', { nonce });
    const answers = await Promise.all(Array.from({ length: 50 }, () => token({ dpop })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'invalid_dpop_proof')).toHaveLength(49);
  });

  test('a jti is its own key’s: another key may have chosen the same', async () => {
    const claims = { jti: 'one-of-many' };
    expect((await withProof({ claims })).status).toBe(200);
    expect(errorOf(await withProof({ claims }))).toEqual([400, 'invalid_dpop_proof']);
    expect((await withProof({ claims }, await makeDpopKey(daypass))).status).toBe(200);
  });

  test('a refused client uses no proof up', async () => {
    const dpop = await key.proof('/oauth/token', { nonce });
    const wrong = await token({ dpop }, { ...machine, secret: 'wrong' });
    expect(errorOf(wrong)).toEqual([401, 'invalid_client']);
    expect((await token({ dpop })).status).toBe(200);
  });

  test('costs one database call beyond what the grant costs', async () => {
    await withProof();
    const plain = await daypass.countD1(() => token({}));
    const proved = await daypass.countD1(() => withProof());
    expect(proved.length - plain.length).toBe(1);
  });
});

describe('section 8: nonces of this server', () => {
  test('are demanded, and come with the refusal', async () => {
    for (const wrong of [undefined, '', 'x', `${nonce}x`, nonce.slice(0, -2)]) {
      const answer = await token({ dpop: await key.proof('/oauth/token', { claims: { nonce: wrong } }) });
      expect(errorOf(answer), wrong).toEqual([400, 'use_dpop_nonce']);
      const next = answer.headers.get('dpop-nonce') ?? '';
      expect((await withProof({ nonce: next })).status).toBe(200);
    }
  });

  test('come with every answer to a proof, and serve more than once', async () => {
    const next = (await withProof()).headers.get('dpop-nonce') ?? '';
    expect(next).not.toBe('');
    for (const _ of [1, 2]) expect((await withProof({ nonce: next })).status).toBe(200);
    expect((await token({})).headers.get('dpop-nonce')).toBeNull();
  });

  test('of the door for instances are others', async () => {
    const answer = await daypass.fetch('/credentials/nonce', { method: 'POST' });
    const { nonce: foreign } = Object(await answer.json());
    expect(errorOf(await withProof({ nonce: foreign }))).toEqual([400, 'use_dpop_nonce']);
  });

  test('grow old', async () => {
    await daypass.advance(301);
    expect(errorOf(await withProof())).toEqual([400, 'use_dpop_nonce']);
    nonce = await askNonce(daypass, key);
    expect((await withProof()).status).toBe(200);
  });
});
