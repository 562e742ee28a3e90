/** Refresh tokens: RFC 6749 section 6, RFC 9700 section 4.14, RFC 9449 section 5, OpenID Connect Core sections 11 and 12. */
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { decodeJwt } from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { askNonce, makeDpopKey } from '../../helpers/dpop.ts';
import { basicOf, postForm, registerClient, registerScope } from '../../helpers/oauth-clients.ts';
import { mayDo, REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor, type Person } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { policy, type Scenario, startScenario } from '../../helpers/scenario.ts';

const SCOPE = 'openid reports:read offline_access';
const DAY = 86_400;

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let browser: PageClient;
let role: string;
let clientId: string;
const app = {
  TokenEndpointAuthMethod: 'none',
  'GrantTypes.member.1': 'authorization_code',
  'GrantTypes.member.2': 'refresh_token',
  'RedirectUris.member.1': REDIRECT,
  'Scopes.member.1': 'reports:read',
};
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'rita');
  role = await makeRoleFor(scenario, 'rita', 'web');
  await registerScope(daypass, 'reports:read', { Action: 's3:GetObject' });
  ({ clientId } = await registerClient(daypass, app));
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;
type Answer = Awaited<ReturnType<typeof postForm>>;

const refresh = (token: unknown, over: Fields = {}, headers: Fields = {}) =>
  postForm(
    daypass,
    '/oauth/token',
    { grant_type: 'refresh_token', client_id: clientId, refresh_token: String(token), ...over },
    headers,
  );

/** What a client has once its person has let it in. */
const begin = async (over: { client?: string; scope?: string; role?: string; by?: PageClient } = {}) => {
  const wish = { clientId: over.client ?? clientId, role: over.role ?? role, scope: over.scope ?? SCOPE };
  const answer = await tokensOf(daypass, over.by ?? browser, wish);
  expect(answer.status).toBe(200);
  return answer.body;
};

const outcome = ({ status, body }: Answer) => (status === 200 ? 'given' : `${status} ${String(body.error)}`);
const REFUSED = '400 invalid_grant';
const may = (token: unknown, action = 's3:GetObject') => mayDo(daypass, token, action);
/** Past the time in which a lost answer can be asked for again. */
const later = () => daypass.advance(11);
/** A browser that is signed in anew: the other ones may have been idle too long. */
const signInAgain = async () => {
  browser = (await person.signIn()).client;
};

describe('what a client gets', () => {
  test('new tokens for the same person and role, and a refresh token in place of the old one', async () => {
    const first = await begin();
    await daypass.advance(60);
    const { status, body, headers } = await refresh(first.refresh_token);
    expect([status, body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        id_token: expect.any(String),
        refresh_token: expect.stringMatching(/^dpr_\d{12}\.[\w-]{22}\.[\w-]{43}$/),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: SCOPE,
      },
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.refresh_token).not.toBe(first.refresh_token);
    const [before, now] = [first, body].map(({ access_token }) => decodeJwt<Claims>(String(access_token)));
    expect(now?.sub).toBe(before?.sub);
    expect(now?.daypass.session).not.toBe(before?.daypass.session);
    expect(now?.daypass.chain.at(-1)?.session).toBe(before?.daypass.session);
    const [old, id] = [first, body].map(({ id_token }) => decodeJwt(String(id_token)));
    expect([id?.sub, id?.auth_time, id?.acr]).toEqual([old?.sub, old?.auth_time, old?.acr]);
    expect([await may(body.access_token), await may(body.access_token, 's3:PutObject')]).toEqual([
      true,
      false,
    ]);
  });

  test('as openid-client and oauth4webapi ask, each with the token that the other got', async () => {
    const first = await begin();
    const options = { execute: [openid.allowInsecureRequests] };
    const config = await openid.discovery(new URL(daypass.url), clientId, undefined, openid.None(), options);
    const second = await openid.refreshTokenGrant(config, String(first.refresh_token));
    expect(second.claims()?.sub).toBe(decodeJwt(String(first.id_token)).sub);
    const server = config.serverMetadata();
    const client = { client_id: clientId };
    const raw = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.None(),
      String(second.refresh_token),
      { [oauth.allowInsecureRequests]: true },
    );
    const third = await oauth.processRefreshTokenResponse(server, client, raw);
    expect([third.scope, third.refresh_token]).toEqual([SCOPE, expect.stringMatching(/^dpr_/)]);
  });

  test('no refresh token without offline_access', async () => {
    expect(await begin({ scope: 'openid reports:read' })).not.toHaveProperty('refresh_token');
  });

  test('none without being registered for the grant, and the scope says so', async () => {
    const without = { ...app, 'GrantTypes.member.2': 'authorization_code' };
    const other = await registerClient(daypass, without);
    const body = await begin({ client: other.clientId });
    expect(body).not.toHaveProperty('refresh_token');
    expect(body.scope).toBe('openid reports:read');
    const { refresh_token: token } = await begin();
    expect(outcome(await refresh(token, { client_id: other.clientId }))).toBe('400 unauthorized_client');
  });

  test('the access token outlives the session that the person began', async () => {
    let { refresh_token: token } = await begin();
    for (let hour = 0; hour < 14; hour += 1) {
      await daypass.advance(3600);
      const { body } = await refresh(token);
      expect(await may(body.access_token)).toBe(true);
      token = body.refresh_token;
    }
    await signInAgain();
  });

  test('keeps no token as it is', async () => {
    const { refresh_token: first } = await begin();
    const { body } = await refresh(first);
    const { results } = await daypass.d1.prepare('select * from refresh_families').all();
    for (const token of [first, body.refresh_token]) {
      expect(JSON.stringify(results)).not.toContain(String(token).split('.')[2]);
      expect(JSON.stringify(results)).not.toContain(String(token).split('.')[1]);
      expect(daypass.logs.join()).not.toContain(String(token).split('.')[2]);
    }
  });
});

interface Claims {
  readonly daypass: { readonly session: string; readonly chain: readonly { readonly session: string }[] };
}

describe('RFC 6749 section 6: scope and audience', () => {
  test('are narrowed for once, and the rest is not lost', async () => {
    const { refresh_token: token } = await begin();
    const { body } = await refresh(token, { scope: 'openid' });
    expect(body.scope).toBe('openid');
    expect(await may(body.access_token)).toBe(false);
    const { body: again } = await refresh(body.refresh_token);
    expect(again.scope).toBe(SCOPE);
    expect(await may(again.access_token)).toBe(true);
  });

  test.for<[string, Fields, string]>([
    ['a scope that was not granted', { scope: 'openid profile' }, '400 invalid_scope'],
    ['a scope of somebody else', { scope: 'admin' }, '400 invalid_scope'],
    ['a malformed scope', { scope: 'a"b' }, '400 invalid_scope'],
    ['another audience', { resource: 'https://other.example' }, '400 invalid_target'],
  ])('%s is refused, and uses nothing up', async ([, over, refused]) => {
    const { refresh_token: token } = await begin();
    expect(outcome(await refresh(token, over))).toBe(refused);
    expect(outcome(await refresh(token))).toBe('given');
  });

  test('a client that has lost its scopes is not bounded by none', async () => {
    const { clientId: client } = await registerClient(daypass, app);
    const { refresh_token: token } = await begin({ client });
    const { 'Scopes.member.1': _, ...without } = app;
    const update = { ...without, ClientId: client, ClientName: 'Test' };
    expect((await daypassQuery(daypass, 'UpdateClient', update)).status).toBe(200);
    for (const scope of ['openid', SCOPE]) {
      const answer = await refresh(token, { client_id: client, scope });
      expect(answer.status, scope).toBe(400);
    }
  });
});

describe('what is no refresh token of this client', () => {
  test.for(['', 'x', 'dpr_', `dpr_111122223333.${'A'.repeat(22)}.${'A'.repeat(43)}`, 'x'.repeat(5000)])(
    '%s',
    async (token) => {
      expect(outcome(await refresh(token))).toBe(token === '' ? '400 invalid_request' : REFUSED);
    },
  );

  test('an access token, a code', async () => {
    const { access_token: token } = await begin();
    expect(outcome(await refresh(token))).toBe(REFUSED);
  });

  test('the handle of one with another secret ends it: whoever knows the handle has held a token', async () => {
    const { refresh_token: token } = await begin();
    const guess = String(token).replace(/\.[\w-]{43}$/, `.${'A'.repeat(43)}`);
    expect(outcome(await refresh(guess))).toBe(REFUSED);
    expect(outcome(await refresh(token))).toBe(REFUSED);
  });

  test("another client's, which stays good", async () => {
    const other = await registerClient(daypass, app);
    const { refresh_token: token } = await begin();
    expect(outcome(await refresh(token, { client_id: other.clientId }))).toBe(REFUSED);
    expect(outcome(await refresh(token))).toBe('given');
  });

  test('one without the proof of its client', async () => {
    const secret = await registerClient(daypass, {
      ...app,
      TokenEndpointAuthMethod: 'client_secret_basic',
    });
    const wish = { clientId: secret.clientId, role, scope: SCOPE, headers: basicOf(secret) };
    const { body } = await tokensOf(daypass, browser, wish);
    const fields = { grant_type: 'refresh_token', refresh_token: String(body.refresh_token) };
    const wrong = await postForm(daypass, '/oauth/token', { ...fields, client_id: secret.clientId });
    expect(outcome(wrong)).toBe('401 invalid_client');
    expect(outcome(await postForm(daypass, '/oauth/token', fields, basicOf(secret)))).toBe('given');
  });
});

describe('RFC 9700 section 4.14: rotation', () => {
  test('a token that was used up ends everything that the person gave', async () => {
    const bystander = await begin();
    const first = await begin();
    const second = (await refresh(first.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect(await may(third.access_token)).toBe(true);
    await later();
    expect(outcome(await refresh(second.refresh_token))).toBe(REFUSED);
    for (const { access_token: token } of [first, second, third]) expect(await may(token)).toBe(false);
    expect(outcome(await refresh(third.refresh_token))).toBe(REFUSED);
    expect(outcome(await refresh(bystander.refresh_token))).toBe('given');
    const { results } = await daypass.d1
      .prepare("select body from audit_events where event_name = 'RefreshTokenReplayed'")
      .all();
    expect(JSON.stringify(results)).not.toContain(String(second.refresh_token).split('.')[1]);
    expect(results.length).toBeGreaterThan(0);
  });

  test('the one before the last ends it even at once', async () => {
    const first = await begin();
    const second = (await refresh(first.refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect(outcome(await refresh(first.refresh_token))).toBe(REFUSED);
    expect(outcome(await refresh(third.refresh_token))).toBe(REFUSED);
  });

  test('a lost answer can be asked for again: the same successor, another access token', async () => {
    const { refresh_token: token } = await begin();
    const [one, two] = [(await refresh(token)).body, (await refresh(token)).body];
    expect(two.refresh_token).toBe(one.refresh_token);
    expect(two.access_token).not.toBe(one.access_token);
    expect(outcome(await refresh(one.refresh_token))).toBe('given');
  });

  test('fifty at once: one successor, which is good', async () => {
    const { refresh_token: token } = await begin();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(token)));
    const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.refresh_token);
    expect(new Set(given).size).toBe(1);
    const others = answers.filter(({ status }) => status !== 200).map(({ status }) => status);
    expect(others.every((status) => status === 503)).toBe(true);
    expect(outcome(await refresh(given[0]))).toBe('given');
  });
});

describe('RFC 9449 section 5: bound to a key', () => {
  test('a public client refreshes with the key that it began with, and no other', async () => {
    const [key, other] = [await makeDpopKey(daypass), await makeDpopKey(daypass)];
    const proof = async (by = key) => ({
      dpop: await by.proof('/oauth/token', { nonce: await askNonce(daypass, by) }),
    });
    const wish = { clientId, role, scope: SCOPE, headers: await proof() };
    const { body } = await tokensOf(daypass, browser, wish);
    expect(body.token_type).toBe('DPoP');
    expect(outcome(await refresh(body.refresh_token))).toBe(REFUSED);
    expect(outcome(await refresh(body.refresh_token, {}, await proof(other)))).toBe(REFUSED);
    const answer = await refresh(body.refresh_token, {}, await proof());
    expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP']);
    expect(decodeJwt(String(answer.body.access_token)).cnf).toEqual({ jkt: key.thumbprint });
  });
});

describe('how long', () => {
  test('two weeks without a use, and thirty days in all', async () => {
    const idle = await begin();
    let { refresh_token: token } = await begin();
    await daypass.advance(10 * DAY);
    token = (await refresh(token)).body.refresh_token;
    await daypass.advance(4 * DAY);
    expect(outcome(await refresh(idle.refresh_token))).toBe(REFUSED);
    for (const days of [9, 6]) {
      await daypass.advance(days * DAY);
      const answer = await refresh(token);
      expect(outcome(answer)).toBe('given');
      token = answer.body.refresh_token;
    }
    await daypass.advance(DAY);
    expect(outcome(await refresh(token))).toBe(REFUSED);
    await daypass.advance(60);
    await daypass.scheduled();
    await signInAgain();
    const { results } = await daypass.d1.prepare('select * from refresh_families').all();
    expect(results).toEqual([]);
  });

  test('as a client is registered', async () => {
    const brief = { ...app, RefreshTokenSeconds: '3600', RefreshTokenIdleSeconds: '600' };
    const { clientId: client } = await registerClient(daypass, brief);
    const [left, used] = [await begin({ client }), await begin({ client })];
    await daypass.advance(500);
    const { body } = await refresh(used.refresh_token, { client_id: client });
    await daypass.advance(200);
    expect(outcome(await refresh(left.refresh_token, { client_id: client }))).toBe(REFUSED);
    expect(outcome(await refresh(body.refresh_token, { client_id: client }))).toBe('given');
  });
});

describe('ends with what it came from', () => {
  const revoke = async (parameters: Fields) => {
    expect((await daypassQuery(daypass, 'RevokeSessions', parameters)).status).toBe(200);
  };
  const sessionOf = (token: unknown) => decodeJwt<Claims>(String(token)).daypass.session;

  test('the first session, and its newest', async () => {
    for (const which of ['first', 'newest'] as const) {
      const first = await begin();
      const { body } = await refresh(first.refresh_token);
      const ended = which === 'first' ? first : body;
      await revoke({ SessionId: sessionOf(ended.access_token) });
      expect(outcome(await refresh(body.refresh_token)), which).toBe(REFUSED);
      expect(await may(body.access_token), which).toBe(false);
    }
  });

  test.for<[string, () => Fields]>([
    ['its role', () => ({ RoleName: 'web' })],
    ['its person', () => ({ UserName: 'rita' })],
    ['everything before now', () => ({ IssuedBefore: new Date(daypass.nowSeconds() * 1000).toISOString() })],
  ])('a revocation of %s, also when the live list has forgotten it', async ([, parameters]) => {
    const { refresh_token: token } = await begin();
    const { refresh_token: asleep } = await begin();
    await daypass.advance(5);
    await revoke(parameters());
    expect(outcome(await refresh(token))).toBe(REFUSED);
    await daypass.advance(5 * DAY);
    await daypass.scheduled();
    await daypass.restart();
    expect(outcome(await refresh(asleep))).toBe(REFUSED);
    await signInAgain();
    const { refresh_token: newer } = await begin();
    expect(outcome(await refresh(newer))).toBe('given');
  });

  test('another password', async () => {
    const paula = await makePerson(scenario, 'paula', false);
    const her = await makeRoleFor(scenario, 'paula', 'hers');
    const { refresh_token: token } = await begin({ role: her, by: (await paula.signIn()).client });
    const Password = 'nine grey geese over an old barn';
    await daypass.iam().send(new UpdateLoginProfileCommand({ UserName: 'paula', Password }));
    expect(outcome(await refresh(token))).toBe(REFUSED);
  });

  test('signing out everywhere, but not signing out of one browser', async () => {
    const elsewhere = (await person.signIn()).client;
    const { refresh_token: token } = await begin({ by: elsewhere });
    await elsewhere.get('/me');
    await elsewhere.post('/logout', {});
    const { body } = await refresh(token);
    expect(await may(body.access_token)).toBe(true);
    await browser.get('/me');
    await browser.post('/me/sessions/end-all', {});
    expect(outcome(await refresh(body.refresh_token))).toBe(REFUSED);
    await signInAgain();
  });

  test('its client', async () => {
    const { clientId: client } = await registerClient(daypass, app);
    const { refresh_token: token } = await begin({ client });
    expect((await daypassQuery(daypass, 'DeleteClient', { ClientId: client })).status).toBe(200);
    const { results } = await daypass.d1
      .prepare('select * from refresh_families where client_id = ?')
      .bind(client)
      .all();
    expect(results).toEqual([]);
    expect(outcome(await refresh(token, { client_id: client }))).toBe('401 invalid_client');
  });

  test('a revocation of its client, which goes on: what it is let have later is good, as is what another has', async () => {
    const { clientId: client } = await registerClient(daypass, app);
    await signInAgain();
    const { refresh_token: token, access_token: access } = await begin({ client });
    const { refresh_token: others } = await begin();
    expect((await daypassQuery(daypass, 'RevokeSessions', { ClientId: client })).status).toBe(200);
    expect([await may(access), outcome(await refresh(token, { client_id: client }))]).toEqual([
      false,
      REFUSED,
    ]);
    expect(outcome(await refresh(others))).toBe('given');
    await daypass.advance(1);
    const { refresh_token: anew } = await begin({ client });
    expect(outcome(await refresh(anew, { client_id: client }))).toBe('given');
  });

  test('the trust of its role, and goes on when that is given back', async () => {
    const trustOf = (user: string) =>
      new UpdateAssumeRolePolicyCommand({
        RoleName: 'web',
        PolicyDocument: policy({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${daypass.bootstrap.accountId}:user/${user}` },
          Action: 'sts:AssumeRole',
        }),
      });
    const { refresh_token: token } = await begin();
    await scenario.makeUser('someone');
    await daypass.iam().send(trustOf('someone'));
    expect(outcome(await refresh(token))).toBe(REFUSED);
    await daypass.iam().send(trustOf('rita'));
    expect(outcome(await refresh(token))).toBe('given');
  });

  test('a second factor that is too old for its role', async () => {
    const brief = (
      await daypass.iam().send(
        new CreateRoleCommand({
          RoleName: 'brief',
          AssumeRolePolicyDocument: policy({
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${daypass.bootstrap.accountId}:user/rita` },
            Action: 'sts:AssumeRole',
            Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': '1800' } },
          }),
        }),
      )
    ).Role?.Arn;
    await signInAgain();
    const { refresh_token: token } = await begin({ role: brief ?? '' });
    await daypass.advance(1200);
    const { body } = await refresh(token);
    await daypass.advance(1200);
    expect(outcome(await refresh(body.refresh_token))).toBe(REFUSED);
    await signInAgain();
  });

  test('a role of the same name is another role', async () => {
    const arn = await makeRoleFor(scenario, 'rita', 'once');
    const { refresh_token: token } = await begin({ role: arn });
    await daypass.iam().send(new DeleteRolePolicyCommand({ RoleName: 'once', PolicyName: 'inline' }));
    await daypass.iam().send(new DeleteRoleCommand({ RoleName: 'once' }));
    expect(outcome(await refresh(token))).toBe(REFUSED);
    expect(await makeRoleFor(scenario, 'rita', 'once')).toBe(arn);
    expect(outcome(await refresh(token))).toBe(REFUSED);
  });
});

test('an application that is taken back loses its refresh tokens, however many others the person has let in since', async () => {
  const { client } = await person.signIn();
  const { body } = await tokensOf(daypass, client, { clientId, role, scope: SCOPE });
  const row = await daypass.d1
    .prepare('select * from refresh_families where client_id = ? limit 1')
    .bind(clientId)
    .first();
  const copied = Object.keys(row ?? {}).map((column) => {
    if (column === 'handle_hash' || column === 'family_id') return `${column} || i`;
    if (column === 'client_id') return `'${clientId.slice(0, -1)}_'`;
    return column === 'rotated_at_seconds' ? `${column} + 60` : column;
  });
  await daypass.d1
    .prepare(
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 250)
       insert into refresh_families select ${copied.join(', ')} from (select * from refresh_families where client_id = ? limit 1), n`,
    )
    .bind(clientId)
    .run();
  await client.get('/me');
  const taken = await client.post('/me/applications/remove', { client: clientId });
  expect(taken.location).toBe('/me?done=application-removed');
  expect(outcome(await refresh(body.refresh_token))).toBe(REFUSED);
});
