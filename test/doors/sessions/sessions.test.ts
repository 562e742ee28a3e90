/** Sessions as JSON: who sees which, page by page, and how they are ended; and the feed for who verifies tokens offline. */
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { exchange } from '../../helpers/exchange.ts';
import { call, form, send } from '../../helpers/raw-http.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../helpers/scenario.ts';

let scenario: Scenario;
let alice: Credentials;
let plainRole: string;
let first: Required<Credentials>;
let second: Required<Credentials>;
let bearer: string;

beforeAll(async () => {
  scenario = await startScenario();
  const { accountId } = scenario.daypass.bootstrap;
  alice = await scenario.makeUser('alice', {
    Effect: 'Allow',
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
    Resource: '*',
  });
  plainRole = await scenario.makeRole('plain', {
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  });
  first = await assume({ SourceIdentity: 'anna', Tags: [{ Key: 'Team', Value: 'red' }] });
  await scenario.daypass.advance(2);
  second = await assume();
  await scenario.daypass.advance(2);
  bearer = await token();
  await drained(3);
});

afterAll(() => scenario.stop());

async function assume(over: object = {}): Promise<Required<Credentials>> {
  const command = new AssumeRoleCommand({ RoleArn: plainRole, RoleSessionName: 'al', ...over });
  return credentialsFrom((await scenario.daypass.sts(alice).send(command)).Credentials);
}

async function token(): Promise<string> {
  const subject_token = await scenario.idToken();
  const { body } = await exchange(scenario.daypass, { subject_token, resource: scenario.roleArn });
  return String(body.access_token);
}

/** Waits until the buffer has brought that many sessions. */
const drained = (count: number) =>
  vi.waitFor(
    async () =>
      expect((await get('/v1/sessions?limit=200')).body.sessions.length).toBeGreaterThanOrEqual(count),
    { timeout: 20_000, interval: 100 },
  );

interface SessionJson {
  readonly id: string;
  readonly [name: string]: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: { readonly sessions: readonly SessionJson[]; readonly [name: string]: unknown };
}

async function ask(method: string, target: string, body: string, credentials?: Credentials): Promise<Answer> {
  const answer = await call(
    scenario.daypass,
    { method, target, headers: {}, body },
    { service: 'daypass', ...(credentials !== undefined && { credentials }) },
  );
  return { status: answer.status, body: JSON.parse(answer.text) };
}

const get = (target: string, credentials?: Credentials) => ask('GET', target, '', credentials);
const post = (body: unknown, credentials?: Credentials) =>
  ask('POST', '/v1/sessions/revoke', JSON.stringify(body), credentials);

/** The id of the session that a key belongs to, as the list knows it. */
async function sessionOf(accessKeyId: string): Promise<string> {
  const { body } = await get('/v1/sessions?limit=200');
  for (const { id } of body.sessions) {
    const detail = await get(`/v1/sessions/${id}`);
    if (JSON.stringify(detail.body).includes(accessKeyId)) return id;
  }
  throw new Error('no such session');
}

describe('the list', () => {
  test('is newest first, with everything that is known', async () => {
    const { status, body } = await get('/v1/sessions');
    expect(status).toBe(200);
    expect(body.sessions.map(({ kind, state }) => [kind, state])).toEqual([
      ['role', 'active'],
      ['role', 'active'],
      ['role', 'active'],
    ]);
    const { accountId } = scenario.daypass.bootstrap;
    expect(body.sessions[0]).toMatchObject({ provider: scenario.providerArn, subject: 'alice' });
    expect(body.sessions[2]).toEqual({
      id: expect.stringMatching(/^ses_/),
      kind: 'role',
      state: 'active',
      principal_arn: `arn:aws:sts::${accountId}:assumed-role/plain/al`,
      principal_id: expect.stringMatching(/^AROA/),
      source_identity: 'anna',
      tags: [{ key: 'Team', value: 'red' }],
      issued_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      begun_by: `arn:aws:iam::${accountId}:user/alice`,
      user_id: expect.stringMatching(/^AIDA/),
    });
    expect(body).not.toHaveProperty('next');
  });

  test('goes on page by page, each session once', async () => {
    const seen: string[] = [];
    let next: unknown = null;
    do {
      const { body } = await get(`/v1/sessions?limit=1${next === null ? '' : `&next=${next}`}`);
      expect(body.sessions).toHaveLength(1);
      seen.push(...body.sessions.map(({ id }) => id));
      next = body.next ?? null;
    } while (next !== null);
    expect(seen).toEqual((await get('/v1/sessions')).body.sessions.map(({ id }) => id));
  });

  test.each([
    ['role=PLAIN', 2],
    ['role=reader', 1],
    ['source_identity=anna', 1],
    ['source_identity=ann', 0],
    ['user=alice', 2],
    ['user=alice&role=plain', 2],
    ['user=alice&role=reader', 0],
    ['user=admin', 0],
    ['live=true', 3],
  ])('filters by %s', async (query, count) => {
    const { status, body } = await get(`/v1/sessions?${query}`);
    expect([status, body.sessions.length]).toEqual([200, count]);
  });

  test('filters by provider and subject', async () => {
    const provider = encodeURIComponent(scenario.issuer.issuer);
    const of = async (subject: string) =>
      (await get(`/v1/sessions?provider=${provider}&subject=${subject}`)).body.sessions.length;
    expect([await of('alice'), await of('bob')]).toEqual([1, 0]);
  });

  test.each([
    ['next=x', 400],
    ['next=bm9uZTox', 400],
    ['limit=0', 400],
    ['limit=201', 400],
    ['limit=1&limit=2', 400],
    ['live=yes', 400],
    ['subject=alice', 400],
    ['user=alice&role=nothing', 404],
    ['user=', 400],
    ['colour=red', 400],
    ['role=nothing', 404],
  ])('refuses %s', async (query, status) => {
    expect((await get(`/v1/sessions?${query}`)).status).toBe(status);
  });

  test("needs permission, but for one's own user", async () => {
    expect((await get('/v1/sessions', alice)).status).toBe(403);
    expect((await get('/v1/sessions?role=plain', alice)).status).toBe(403);
    expect((await get('/v1/sessions?user=admin', alice)).status).toBe(403);
    expect((await get('/v1/sessions?user=alice', alice)).body.sessions).toHaveLength(2);
    const warden = await scenario.makeUser('warden', {
      Effect: 'Allow',
      Action: 'daypass:ListSessions',
      Resource: plainRole,
    });
    expect((await get('/v1/sessions?role=plain', warden)).body.sessions).toHaveLength(2);
    expect((await get('/v1/sessions?role=reader', warden)).status).toBe(403);
    expect((await get('/v1/sessions', warden)).status).toBe(403);
  });
});

describe('one session', () => {
  test('is shown with its credentials and its last use', async () => {
    const id = await sessionOf(second.accessKeyId);
    const who = form({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
    await call(scenario.daypass, who, { service: 'sts', region: 'eu-west-1', credentials: second });
    const shown = await vi.waitFor(
      async () => {
        const { body } = await get(`/v1/sessions/${id}`);
        expect(body).toHaveProperty('last_used');
        return body;
      },
      { timeout: 20_000, interval: 100 },
    );
    expect(shown).toMatchObject({
      id,
      credential_ids: [second.accessKeyId],
      last_used: { at: expect.any(String), region: 'eu-west-1', service: 'sts' },
    });
  });

  test('may be seen by itself and by nobody else without permission', async () => {
    const [own, other] = [await sessionOf(first.accessKeyId), await sessionOf(second.accessKeyId)];
    expect((await get(`/v1/sessions/${own}`, first)).body).toMatchObject({ id: own });
    expect((await get(`/v1/sessions/${other}`, first)).status).toBe(403);
    expect((await get('/v1/sessions/ses_none', first)).status).toBe(403);
    expect((await get('/v1/sessions/ses_none')).status).toBe(404);
  });

  test.each([
    '/v1/sessions/',
    '/v1/sessions/a',
    '/v1/sessions/..%2Fevents',
    '/v1/sessions/x/y',
    '/v1%2Fsessions/ses_x',
    '/v1/session%73/ses_x',
  ])('%s is none', async (target) => {
    expect([400, 404]).toContain((await get(target)).status);
  });

  test('answers the Query actions alike', async () => {
    const id = await sessionOf(first.accessKeyId);
    const query = async (parameters: Readonly<Record<string, string>>) =>
      (await call(scenario.daypass, form({ Version: '2026-11-01', ...parameters }), { service: 'daypass' }))
        .text;
    const listed = await query({ Action: 'ListSessions', RoleName: 'plain', MaxResults: '1' });
    const NextToken = /<NextToken>([^<]*)/.exec(listed)?.[1] ?? '';
    expect(await query({ Action: 'ListSessions', RoleName: 'plain', NextToken })).toContain(
      `<SessionId>${id}</SessionId><Kind>role</Kind><State>active</State>`,
    );
    expect(await query({ Action: 'ListSessions', NextToken: 'bm9uZQ' })).toContain('<Code>ValidationError');
    expect(await query({ Action: 'DescribeSession', SessionId: id })).toContain(
      `<CredentialIds><member>${first.accessKeyId}</member></CredentialIds>`,
    );
    expect(await query({ Action: 'DescribeSession', SessionId: 'ses_none' })).toContain('<Code>NoSuchEntity');
  });
});

test('another method, and nobody, are refused', async () => {
  expect((await ask('PUT', '/v1/sessions', '{}')).status).toBe(405);
  expect((await ask('PATCH', '/v1/sessions/ses_x', '{}')).status).toBe(405);
  for (const [method, target] of [
    ['GET', '/v1/sessions'],
    ['GET', '/v1/sessions/ses_x'],
    ['DELETE', '/v1/sessions/ses_x'],
    ['POST', '/v1/sessions/revoke'],
  ] as const) {
    expect((await send(scenario.daypass, { method, target, headers: {}, body: '' })).status).toBe(401);
  }
});

describe('ending sessions', () => {
  test('a bearer ends its own session by DELETE, and is nobody after that', async () => {
    const { session } = decodeJwt(bearer).daypass as { session: string };
    const authorization = `Bearer ${bearer}`;
    const asBearer = (method: string) =>
      scenario.daypass.fetch(`/v1/sessions/${session}`, { method, headers: { authorization } });
    expect((await asBearer('GET')).status).toBe(200);
    const ended = await asBearer('DELETE');
    expect([ended.status, await ended.json()]).toEqual([200, { expires_at: expect.any(String) }]);
    expect((await asBearer('GET')).status).toBe(401);
    expect((await get(`/v1/sessions/${session}`)).body).toMatchObject({ state: 'revoked' });
  });

  test('a session is revoked by what it is, and the trail says who did it and why', async () => {
    const { status, body } = await post({ source_identity: 'anna', role_name: 'plain', reason: 'left us' });
    expect([status, body]).toEqual([
      200,
      { issued_before: expect.any(String), expires_at: expect.any(String) },
    ]);
    const states = (await get('/v1/sessions?role=plain')).body.sessions.map(({ state }) => state);
    expect(states).toEqual(['active', 'revoked']);
    const { body: trail } = await get('/v1/events?action=RevokeSessions&limit=1');
    expect(trail.events).toMatchObject([
      {
        requestParameters: { source_identity: 'anna', role_name: 'plain', reason: 'left us' },
        readOnly: false,
      },
    ]);
  });

  test.each([
    [{}, 400],
    [[], 400],
    [{ role: 'plain' }, 400],
    [{ role_name: '' }, 400],
    [{ role_name: 7 }, 400],
    [{ session_id: '*' }, 400],
    [{ tag: { key: 'Team' } }, 400],
    [{ tag: { key: 'Team', value: 'x', also: 1 } }, 400],
    [{ issued_before: 'now' }, 400],
    [{ user_id: 'AROAEXAMPLEEXAMPLE00' }, 400],
    [{ root: false }, 400],
    [{ root: 'true' }, 400],
    [{ reason: 'only this' }, 400],
    [{ role_name: 'nothing' }, 404],
  ])('%j is refused', async (body, status) => {
    expect((await post(body)).status).toBe(status);
  });
});

describe('the feed', () => {
  const read = async () => {
    const answer = await scenario.daypass.fetch('/.well-known/daypass-revocations');
    return { answer, text: await answer.text() };
  };
  const keys = () => createRemoteJWKSet(new URL('/.well-known/jwks.json', scenario.daypass.url));

  /** As docs/sessions.md shows it. */
  async function isRevoked(jwt: string): Promise<boolean> {
    const { payload: feed } = await jwtVerify((await read()).text, keys(), {
      typ: 'daypass-revocations+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(scenario.daypass.nowSeconds() * 1000),
    });
    if (feed.complete !== true) throw new Error('ask Daypass');
    const claims = decodeJwt(jwt);
    const own = claims.daypass as { session: string; issued_at?: number; marks?: readonly string[] };
    const entries = feed.revocations as readonly {
      session?: string;
      token?: string;
      marks?: readonly string[];
      issued_until?: number;
    }[];
    return entries.some(
      (entry) =>
        (entry.session === undefined || entry.session === own.session) &&
        (entry.token === undefined || entry.token === claims.jti) &&
        (entry.marks ?? []).every((mark) => own.marks?.includes(mark)) &&
        (entry.issued_until === undefined || (own.issued_at ?? claims.iat ?? 0) <= entry.issued_until),
    );
  }

  test('is signed with a type of its own, may be kept for seconds, and names nobody', async () => {
    await post({ provider: scenario.issuer.issuer, subject: 'somebody@example.com' });
    const { answer, text } = await read();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=5');
    expect(answer.headers.get('content-type')).toBe('application/daypass-revocations+jwt');
    expect(decodeProtectedHeader(text)).toMatchObject({ typ: 'daypass-revocations+jwt', alg: 'ES256' });
    const { payload } = await jwtVerify(text, keys(), {
      issuer: scenario.daypass.url,
      currentDate: new Date(scenario.daypass.nowSeconds() * 1000),
    });
    expect(payload).toMatchObject({ account: scenario.daypass.bootstrap.accountId, complete: true });
    expect(JSON.stringify(payload)).not.toMatch(/somebody|AROA|anna/);
    const asToken = await scenario.daypass.fetch('/v1/sessions', {
      headers: { authorization: `Bearer ${text}` },
    });
    expect(asToken.status).toBe(401);
  });

  test.each([
    [
      'its session',
      (claims: ReturnType<typeof decodeJwt>) => ({
        session_id: (claims.daypass as { session: string }).session,
      }),
    ],
    ['itself', (claims: ReturnType<typeof decodeJwt>) => ({ jwt_id: claims.jti })],
    ['its role', () => ({ role_name: 'reader' })],
    ['its subject', () => ({ provider: scenario.providerArn, subject: 'alice' })],
    ['its provider', () => ({ provider: scenario.issuer.issuer })],
    [
      'its role and subject',
      () => ({ role_name: 'reader', provider: scenario.providerArn, subject: 'alice' }),
    ],
  ])('tells that a token was revoked by %s, and that a later one was not', async (_, wish) => {
    await scenario.daypass.advance(2);
    const jwt = await token();
    expect(await isRevoked(jwt)).toBe(false);
    expect((await post(wish(decodeJwt(jwt)))).status).toBe(200);
    expect(await isRevoked(jwt)).toBe(true);
    await scenario.daypass.advance(2);
    expect(await isRevoked(await token())).toBe(false);
  });

  test('lists keys too, of which tokens may be made, and what concerns other tokens not as this one', async () => {
    await scenario.daypass.advance(2);
    const jwt = await token();
    const count = async () => (decodeJwt((await read()).text).revocations as unknown[]).length;
    const before = await count();
    await post({ access_key_id: second.accessKeyId });
    expect([await count(), await isRevoked(jwt)]).toEqual([before + 1, false]);
    await post({ role_name: 'plain' });
    expect([await count(), await isRevoked(jwt)]).toEqual([before + 2, false]);
  });

  test('is read by GET alone', async () => {
    const answer = await scenario.daypass.fetch('/.well-known/daypass-revocations', { method: 'POST' });
    expect(answer.status).toBe(405);
  });
});
