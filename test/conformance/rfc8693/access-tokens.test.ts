/** RFC 8693 sections 2.1 and 2.2: our own access tokens as subject tokens, with less or for another audience. */

import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as oauth from 'oauth4webapi';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { askNonce, type DpopKey, makeDpopKey } from '../../helpers/dpop.ts';
import { basicOf, postForm, registerClient } from '../../helpers/oauth-clients.ts';
import {
  ACCESS_TOKEN,
  AWS_CREDENTIALS,
  claimsOf,
  EXCHANGE,
  type ExchangeWorld,
  ID_TOKEN,
  JWT,
  ORDERS,
  STOCK,
  startExchangeWorld,
} from '../../helpers/oauth-exchange.ts';
import { policy } from '../../helpers/scenario.ts';

let world: ExchangeWorld;
beforeAll(async () => {
  world = await startExchangeWorld();
});
afterAll(() => world.stop());

const own = (subject_token: string, more: Readonly<Record<string, string>> = {}) => ({
  subject_token,
  subject_token_type: ACCESS_TOKEN,
  ...more,
});

const errorOf = ({ status, body }: { readonly status: number; readonly body: object }) => [
  status,
  Object(body).error,
];

describe('an outside login that a client brings', () => {
  test('becomes a token of the client, with the client’s scopes and for its audience', async () => {
    const { ask, app, idToken, wideArn, daypass } = world;
    const { status, body } = await ask(app, {
      subject_token: await idToken(),
      subject_token_type: ID_TOKEN,
      resource: wideArn,
    });
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        issued_token_type: ACCESS_TOKEN,
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'read write',
      },
    ]);
    expect(claimsOf(body.access_token)).toMatchObject({
      iss: daypass.url,
      aud: ORDERS,
      client_id: app.clientId,
      scope: 'read write',
    });
    const { may } = world;
    const allowed = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'].map((action) =>
      may(body.access_token, action),
    );
    expect(await Promise.all(allowed)).toEqual([true, true, false]);
  });

  test('is narrowed by scope, by session policy, and by both', async () => {
    const { appToken, may } = world;
    const noGet = policy({ Effect: 'Allow', Action: 's3:PutObject', Resource: '*' });
    const [read, both] = await Promise.all([
      appToken({ scope: 'read' }),
      appToken({ scope: 'read', policy: noGet }),
    ]);
    expect(await Promise.all([may(read, 's3:GetObject'), may(read, 's3:PutObject')])).toEqual([true, false]);
    expect(await Promise.all([may(both, 's3:GetObject'), may(both, 's3:PutObject')])).toEqual([false, false]);
  });

  test('gets no scope and no audience that is not the client’s, and no role of another account', async () => {
    const { ask, app, idToken, wideArn, roleArn } = world;
    const subject = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn };
    for (const scope of ['admin', 'read admin', 'read  write', 'openid', '__proto__'])
      expect(errorOf(await ask(app, { ...subject, scope })), scope).toEqual([400, 'invalid_scope']);
    expect(errorOf(await ask(app, { ...subject, audience: STOCK }))).toEqual([400, 'invalid_target']);
    const elsewhere = roleArn.replace(/\d{12}/, '999999999999');
    expect(errorOf(await ask(app, { ...subject, resource: elsewhere }))).toEqual([400, 'invalid_target']);
    expect(errorOf(await ask(null, { ...subject, scope: 'read' }))).toEqual([400, 'invalid_scope']);
    expect((await ask(app, { ...subject, scope: 'read' })).status).toBe(200);
  });

  test('becomes AWS keys that its scopes bound', async () => {
    const { ask, app, idToken, wideArn, daypass } = world;
    const { body } = await ask(app, {
      ...{ subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn, scope: 'read' },
      requested_token_type: AWS_CREDENTIALS,
    });
    expect(body).toMatchObject({ issued_token_type: AWS_CREDENTIALS, token_type: 'N_A', scope: 'read' });
    const sts = daypass.sts({
      accessKeyId: String(body.access_key_id),
      secretAccessKey: String(body.secret_access_key),
      sessionToken: String(body.session_token),
    });
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toContain('assumed-role/wide/alice');
  });
});

describe('section 2.1: an access token of ours', () => {
  test('becomes, for its own client, one with less: the same session and subject, and no longer life', async () => {
    const { appToken, ask, app, daypass, may } = world;
    const first = await appToken();
    await daypass.advance(600);
    const { status, body } = await ask(app, own(first, { scope: 'read' }));
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        issued_token_type: ACCESS_TOKEN,
        token_type: 'Bearer',
        expires_in: expect.any(Number),
        scope: 'read',
      },
    ]);
    const [before, after] = [decodeJwt(first), decodeJwt(String(body.access_token))];
    expect(after).toMatchObject({ sub: before.sub, aud: before.aud, exp: before.exp, scope: 'read' });
    expect(Object(after.daypass).session).toBe(Object(before.daypass).session);
    expect(after.jti).not.toBe(before.jti);
    expect(body.expires_in).toBeLessThanOrEqual(3000);
    expect(await may(body.access_token, 's3:GetObject')).toBe(true);
    expect(await may(body.access_token, 's3:PutObject')).toBe(false);
  });

  test('becomes, for the API that it was shown to, one for the next API', async () => {
    const { appToken, ask, orders, may } = world;
    for (const subject_token_type of [ACCESS_TOKEN, JWT]) {
      const { body } = await ask(orders, {
        ...own(await appToken(), { audience: STOCK }),
        subject_token_type,
      });
      expect(claimsOf(body.access_token)).toMatchObject({
        aud: STOCK,
        client_id: orders.clientId,
        scope: 'read write',
      });
      expect(await may(body.access_token, 's3:DeleteObject')).toBe(false);
    }
  });

  test('takes `resource` as another spelling of `audience`, and not both where they differ', async () => {
    const { appToken, ask, orders } = world;
    const subject = own(await appToken());
    const { body } = await ask(orders, { ...subject, resource: STOCK });
    expect(claimsOf(body.access_token).aud).toBe(STOCK);
    expect(errorOf(await ask(orders, { ...subject, resource: STOCK, audience: ORDERS }))).toEqual([
      400,
      'invalid_target',
    ]);
    expect(errorOf(await ask(orders, { ...subject, resource: world.wideArn }))).toEqual([
      400,
      'invalid_target',
    ]);
  });

  test('needs a client that proves itself: whoever finds a token could trade it otherwise', async () => {
    const { appToken, ask, daypass } = world;
    const subject = own(await appToken());
    expect(errorOf(await ask(null, subject))).toEqual([401, 'invalid_client']);
    const isPublic = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'none',
      'GrantTypes.member.1': EXCHANGE,
      'ServedAudiences.member.1': ORDERS,
    });
    expect(errorOf(await ask(null, { ...subject, client_id: isPublic.clientId }))).toEqual([
      401,
      'invalid_client',
    ]);
  });

  test('is nothing to a client that it was neither issued to nor meant for, to whom it may belong besides', async () => {
    const { appToken, ask, stranger, orders } = world;
    const subject = own(await appToken());
    expect(errorOf(await ask(stranger, subject))).toEqual([400, 'invalid_request']);
    expect((await ask(orders, subject)).status).toBe(200);
  });

  test('goes to no audience that the client is not registered for, and never to Daypass itself', async () => {
    const { appToken, ask, app, orders, daypass } = world;
    const subject = own(await appToken());
    for (const [who, audience] of [
      [app, STOCK],
      [orders, 'https://elsewhere.example'],
      [orders, daypass.url],
      [app, daypass.url],
    ] as const)
      expect(errorOf(await ask(who, { ...subject, audience })), audience).toEqual([400, 'invalid_target']);
  });

  test('goes not to Daypass itself either where the client is registered for it', async () => {
    const { appToken, ask, daypass } = world;
    const api = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': EXCHANGE,
      'ServedAudiences.member.1': ORDERS,
      'Audiences.member.1': STOCK,
      'Audiences.member.2': daypass.url,
    });
    const subject = own(await appToken());
    expect((await ask(api, { ...subject, audience: STOCK })).status).toBe(200);
    expect(errorOf(await ask(api, { ...subject, audience: daypass.url }))).toEqual([400, 'invalid_target']);
  });

  test('gains no scope: neither one of the client’s that it has not, nor one of the protocols’', async () => {
    const { appToken, ask, app } = world;
    const read = own(await appToken({ scope: 'read' }));
    for (const scope of ['write', 'read write', 'openid', 'read openid', ' '])
      expect(errorOf(await ask(app, { ...read, scope })), scope).toEqual([400, 'invalid_scope']);
    const { body } = await ask(app, read);
    expect(body.scope).toBe('read');
  });

  test('is narrowed by a session policy, three times and no more, and never widened by one', async () => {
    const { appToken, ask, orders, may } = world;
    const all = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
    const none = policy({ Effect: 'Allow', Action: 's3:List*', Resource: '*' });
    const first = await appToken({ scope: 'read' });
    const wide = (await ask(orders, own(first, { policy: all }))).body.access_token;
    expect(await Promise.all([may(wide, 's3:GetObject'), may(wide, 's3:PutObject')])).toEqual([true, false]);
    const { body } = await ask(orders, own(first, { policy: none, audience: STOCK }));
    expect(await may(body.access_token, 's3:GetObject')).toBe(false);
    expect(errorOf(await ask(orders, own(first, { policy: '{' })))).toEqual([400, 'invalid_request']);
    let token = first;
    for (const expected of [200, 200, 400]) {
      const answer = await ask(world.app, own(token, { policy: all }));
      expect(answer.status).toBe(expected);
      token = String(answer.body.access_token);
    }
  });

  test('is refused in one way, whatever is wrong with it', async () => {
    const { appToken, ask, app, idToken } = world;
    const good = await appToken();
    const cut = good.slice(0, -4);
    for (const [why, token] of Object.entries({
      'no token': 'x',
      'no signature': cut,
      'another signature': `${cut}AAAA`,
      'an ID token': await idToken(),
      'too long': `${good}${'x'.repeat(20_000)}`,
    })) {
      const { status, body } = await ask(app, own(token));
      expect([status, body], why).toEqual([
        400,
        { error: 'invalid_request', error_description: 'the token is not good here' },
      ]);
    }
    expect((await ask(app, own(good))).status).toBe(200);
  });

  test('ends with its session: what was revoked is not exchanged, and what was exchanged is revoked', async () => {
    const { appToken, ask, app, daypass, may } = world;
    const first = await appToken();
    const second = (await ask(app, own(first))).body.access_token;
    expect(await may(second, 's3:GetObject')).toBe(true);
    const sessionId = String(Object(claimsOf(first).daypass).session);
    const revoked = await daypassQuery(daypass, 'RevokeSessions', { SessionId: sessionId });
    expect(revoked.status).toBe(200);
    expect(errorOf(await ask(app, own(first)))).toEqual([400, 'invalid_request']);
    expect(await may(second, 's3:GetObject')).toBe(false);
  });

  test('is not exchanged where its role denies it', async () => {
    const { ask, app, idToken, makeRole, allow } = world;
    const resource = await makeRole('stays', {});
    await allow('stays', { Effect: 'Deny', Action: 'daypass:ExchangeSession', Resource: '*' });
    const subject = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource };
    const { body } = await ask(app, subject);
    expect(errorOf(await ask(app, own(String(body.access_token))))).toEqual([400, 'invalid_target']);
  });
});

describe('an access token that is bound to a key', () => {
  test('is exchanged with a proof of that key alone, stays bound, and does not become AWS keys', async () => {
    const { daypass, app, idToken, wideArn } = world;
    const [key, other] = await Promise.all([makeDpopKey(daypass), makeDpopKey(daypass)]);
    const nonce = await askNonce(daypass, key);
    const ask = async (parameters: Readonly<Record<string, string>>, prover: DpopKey | null) => {
      const proof = prover === null ? {} : { dpop: await prover.proof('/oauth/token', { nonce }) };
      return postForm(
        daypass,
        '/oauth/token',
        { grant_type: EXCHANGE, ...parameters },
        { ...basicOf(app), ...proof },
      );
    };
    const subject = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn };
    const bound = String((await ask({ ...subject, audience: daypass.url }, key)).body.access_token);
    expect(claimsOf(bound).cnf).toEqual({ jkt: key.thumbprint });
    for (const prover of [null, other])
      expect(errorOf(await ask(own(bound), prover))).toEqual([400, 'invalid_request']);
    const { status, body } = await ask(own(bound, { scope: 'read' }), key);
    expect([status, body.token_type, claimsOf(body.access_token).cnf]).toEqual([
      200,
      'DPoP',
      { jkt: key.thumbprint },
    ]);
    for (const prover of [null, key])
      expect((await ask(own(bound, { requested_token_type: AWS_CREDENTIALS }), prover)).status).toBe(400);
  });
});

describe('an access token that shall become AWS keys', () => {
  test('becomes them where it is meant for Daypass and the client’s own; its scopes hold on', async () => {
    const { appToken, ask, app, daypass } = world;
    const token = await appToken({ audience: daypass.url, scope: 'read' });
    const { status, body } = await ask(app, own(token, { requested_token_type: AWS_CREDENTIALS }));
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'N_A', scope: 'read' });
    const sts = daypass.sts({
      accessKeyId: String(body.access_key_id),
      secretAccessKey: String(body.secret_access_key),
      sessionToken: String(body.session_token),
    });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(Object(claimsOf(token).daypass).arn);
  });

  test('does not where it is meant for an API, whoever asks', async () => {
    const { appToken, ask, app, orders } = world;
    const subject = own(await appToken(), { requested_token_type: AWS_CREDENTIALS });
    for (const who of [app, orders])
      expect(errorOf(await ask(who, subject))).toEqual([400, 'invalid_target']);
  });
});

test('an opaque access token is exchanged like a JWT, and what comes of it has the form that its client is registered for', async () => {
  const { daypass, ask, orders, idToken, wideArn } = world;
  const opaque = await registerClient(daypass, {
    ...{ TokenEndpointAuthMethod: 'client_secret_basic', 'GrantTypes.member.1': EXCHANGE },
    ...{ 'Scopes.member.1': 'read', 'Audiences.member.1': ORDERS, AccessTokenFormat: 'opaque' },
  });
  const subject = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn };
  const first = String((await ask(opaque, subject)).body.access_token);
  expect(first.split('.')).not.toHaveLength(3);
  const { status, body } = await ask(orders, own(first, { audience: STOCK }));
  expect([status, body.scope]).toEqual([200, 'read']);
  expect(claimsOf(body.access_token)).toMatchObject({
    aud: STOCK,
    client_id: orders.clientId,
    scope: 'read',
  });
  expect(errorOf(await ask(orders, own(`${first.slice(0, -4)}AAAA`)))).toEqual([400, 'invalid_request']);
});

test('an exchange asks the database nothing once what it reads is held', async () => {
  const { appToken, ask, app, daypass, idToken, wideArn } = world;
  const token = await appToken();
  const outside = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn };
  const calls = (exchange: () => Promise<unknown>) => daypass.countD1(exchange);
  await ask(app, own(token, { scope: 'read' }));
  await ask(app, { ...outside, scope: 'read' });
  expect(await calls(() => ask(app, own(token, { scope: 'read' })))).toEqual([]);
  expect(await calls(() => ask(app, { ...outside, scope: 'read' }))).toEqual([]);
});

describe('clients that others wrote', () => {
  test('openid-client exchanges a token', async () => {
    const { daypass, orders, appToken } = world;
    const config = await client.discovery(
      new URL(daypass.url),
      orders.clientId,
      undefined,
      client.ClientSecretBasic(orders.secret),
      { execute: [client.allowInsecureRequests] },
    );
    const tokens = await client.genericGrantRequest(
      config,
      EXCHANGE,
      own(await appToken(), { audience: STOCK }),
    );
    expect(claimsOf(tokens.access_token).aud).toBe(STOCK);
    expect(tokens.issued_token_type).toBe(ACCESS_TOKEN);
  });

  test('oauth4webapi exchanges a token', async () => {
    const { daypass, orders, appToken } = world;
    const insecure = { [oauth.allowInsecureRequests]: true };
    const issuer = new URL(daypass.url);
    const server = await oauth.processDiscoveryResponse(
      issuer,
      await oauth.discoveryRequest(issuer, insecure),
    );
    const asking = { client_id: orders.clientId };
    const answer = await oauth.genericTokenEndpointRequest(
      server,
      asking,
      oauth.ClientSecretBasic(orders.secret),
      EXCHANGE,
      own(await appToken(), { audience: STOCK }),
      insecure,
    );
    const tokens = await oauth.processGenericTokenEndpointResponse(server, asking, answer);
    expect(claimsOf(tokens.access_token).aud).toBe(STOCK);
  });
});

describe('an access token that shall become an ID token', () => {
  const asIdToken = (token: string, more: Readonly<Record<string, string>> = {}) =>
    own(token, { requested_token_type: ID_TOKEN, ...more });

  test('becomes one for its own client where it has the scope openid, and no other one does', async () => {
    const { daypass, ask, idToken, wideArn, orders } = world;
    const asking = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': EXCHANGE,
      'Scopes.member.1': 'openid',
      'Scopes.member.2': 'read',
      'Audiences.member.1': ORDERS,
    });
    const tokenWith = async (scope: string) => {
      const authTime = daypass.nowSeconds() - 30;
      const subject_token = await idToken({ amr: ['pwd'], auth_time: authTime });
      const subject = { subject_token, subject_token_type: ID_TOKEN, resource: wideArn, scope };
      return String((await ask(asking, subject)).body.access_token);
    };
    const open = await tokenWith('openid read');
    const { status, body } = await ask(asking, asIdToken(open));
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), issued_token_type: ID_TOKEN, token_type: 'N_A', expires_in: 600 },
    ]);
    const keys = createRemoteJWKSet(new URL(`${daypass.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(String(body.access_token), keys, {
      issuer: daypass.url,
      audience: asking.clientId,
      typ: 'JWT',
      currentDate: new Date(daypass.nowSeconds() * 1000),
    });
    expect(payload).toEqual({
      iss: daypass.url,
      aud: asking.clientId,
      sub: decodeJwt(open).sub,
      iat: expect.any(Number),
      exp: expect.any(Number),
      amr: ['pwd'],
      auth_time: decodeJwt(open).auth_time,
    });
    expect(errorOf(await ask(asking, asIdToken(await tokenWith('read'))))).toEqual([400, 'invalid_scope']);
    expect(errorOf(await ask(asking, asIdToken(open, { scope: 'read openid profile' })))).toEqual([
      400,
      'invalid_scope',
    ]);
    expect(errorOf(await ask(orders, asIdToken(open)))).toEqual([400, 'invalid_target']);
    expect(errorOf(await ask(asking, asIdToken(open, { audience: ORDERS })))).toEqual([
      400,
      'invalid_target',
    ]);
    // It opens nothing here.
    expect(errorOf(await ask(asking, own(String(body.access_token))))).toEqual([400, 'invalid_request']);
  });

  test('becomes none for an API that was shown it, in however many steps: whom it signed in is its own client’s to know', async () => {
    const { daypass, ask, idToken, wideArn, orders } = world;
    const asking = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'client_secret_basic',
      'GrantTypes.member.1': EXCHANGE,
      'Scopes.member.1': 'openid',
      'Scopes.member.2': 'read',
      'Audiences.member.1': ORDERS,
    });
    const subject = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn };
    const shown = String((await ask(asking, { ...subject, scope: 'openid read' })).body.access_token);
    expect(errorOf(await ask(orders, own(shown, { scope: 'openid read' })))).toEqual([400, 'invalid_scope']);
    const { body } = await ask(orders, own(shown));
    expect([body.scope, claimsOf(body.access_token).scope]).toEqual(['read', 'read']);
    expect(errorOf(await ask(orders, asIdToken(String(body.access_token))))).toEqual([400, 'invalid_scope']);
    // The client's own keeps it.
    expect((await ask(asking, own(shown))).body.scope).toBe('openid read');
    const nameless = String((await ask(asking, { ...subject, scope: 'openid' })).body.access_token);
    // One that bears nothing else may do nothing, and becomes nothing.
    expect(errorOf(await ask(orders, own(nameless)))).toEqual([400, 'invalid_target']);
  });

  test('is nothing that an outside login or an AWS session becomes', async () => {
    const { ask, app, idToken, wideArn } = world;
    const subject = { subject_token: await idToken(), subject_token_type: ID_TOKEN, resource: wideArn };
    for (const who of [app, null])
      expect(errorOf(await ask(who, { ...subject, requested_token_type: ID_TOKEN }))).toEqual([
        400,
        'invalid_request',
      ]);
  });
});
