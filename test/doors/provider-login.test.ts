/** Browser logins at outside providers: PKCE, nonce and state bound to the browser, one address to come back to for each provider. */
import { createServer } from 'node:http';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { listen } from '../../dev/loopback.ts';
import { makeX } from '../../dev/peers/x/server.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { actOut, type ProviderFault, startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { signInAtProvider } from '../helpers/provider-browser.ts';
import { policy } from '../helpers/scenario.ts';

const CLIENT = 'daypass-demo';
const SECRET = 'daypass-demo-secret';

let daypass: Daypass;
let google: TestIssuer;
let other: TestIssuer;
let googleId: string;
let otherId: string;
let xId: string;
let xFault: ProviderFault | null = null;
const serveX = makeX({ id: CLIENT, secret: SECRET });
const x = createServer((request, response) => {
  const next = () => serveX(request, response);
  if (xFault === null || !request.url?.startsWith('/2/')) next();
  else actOut(xFault, response, next);
});

beforeAll(async () => {
  const [xPort] = await Promise.all([
    listen(x, 0),
    startOidcProvider({ issuer: 'https://accounts.google.com' }).then((started) => {
      google = started;
    }),
    startOidcProvider().then((started) => {
      other = started;
    }),
  ]);
  daypass = await startDaypass({
    vars: {
      DAYPASS_GOOGLE_DISCOVERY_URL: `${google.url}/.well-known/openid-configuration`,
      DAYPASS_X_API_URL: `http://localhost:${xPort}`,
    },
  });
  googleId = await register('https://accounts.google.com', 'accounts.google.com:aud');
  otherId = await register(other.issuer, `${other.issuer.replace('http://', '')}:aud`);
  xId = await register('https://api.x.com', 'api.x.com:client_id');
  const closed = policy({
    Effect: 'Allow',
    Principal: { AWS: daypass.bootstrap.accountId },
    Action: 'sts:AssumeRole',
  });
  await daypass.iam().send(new CreateRoleCommand({ RoleName: 'closed', AssumeRolePolicyDocument: closed }));
});
beforeEach(() => {
  xFault = null;
});
afterAll(async () => {
  x.closeAllConnections();
  x.close();
  await Promise.all([daypass.stop(), google.stop(), other.stop()]);
});

/** Registers a provider with our client, and a role for whoever comes through it. @returns its unique id */
async function register(Url: string, audienceKey: string): Promise<string> {
  const iam = daypass.iam();
  const made = await iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: [CLIENT] }));
  const ProviderArn = made.OpenIDConnectProviderArn ?? '';
  const role = await iam.send(
    new CreateRoleCommand({
      RoleName: `via-${ProviderArn.replace(/^.*\//, '').replace(/\W/g, '-')}`,
      AssumeRolePolicyDocument: policy({
        Effect: 'Allow',
        Principal: { Federated: ProviderArn },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { [audienceKey]: CLIENT } },
      }),
    }),
  );
  const banned = { StringEquals: { sub: ['dave', '783214'] } };
  const RulesDocument = JSON.stringify({
    Rules: [
      { Effect: 'Deny', Condition: banned },
      { Effect: 'Allow', Roles: [role.Role?.Arn] },
    ],
  });
  await daypassQuery(daypass, 'PutMappingRules', { ProviderArn, RulesDocument });
  const onProvider = { OpenIDConnectProviderArn: ProviderArn };
  await daypassQuery(daypass, 'PutProviderClientSecret', {
    ...onProvider,
    ClientId: CLIENT,
    ClientSecret: SECRET,
  });
  const listed = await daypassQuery(daypass, 'ListProviderClientSecrets', onProvider);
  return listed.all('ProviderId')[0] ?? '';
}

interface Begun {
  /** Where the person was sent. */
  readonly location: URL;
  /** `name=value` of the cookie. */
  readonly cookie: string;
}

async function begin(providerId: string, query = ''): Promise<Begun> {
  const answer = await daypass.fetch(`/login/${providerId}${query}`);
  if (answer.status !== 302) throw new Error(`${answer.status} ${await answer.text()}`);
  const [setCookie = ''] = answer.headers.getSetCookie();
  expect(setCookie).toMatch(
    /^__Host-daypass-provider=[^;]+; Path=\/; Max-Age=600; Secure; HttpOnly; SameSite=Lax$/,
  );
  return { location: new URL(answer.headers.get('location') ?? ''), cookie: setCookie.split(';')[0] ?? '' };
}

const finish = (path: string, cookie: string | null): Promise<Response> =>
  daypass.fetch(path, { headers: cookie === null ? {} : { cookie } });

const NAMES = { google: () => googleId, other: () => otherId, x: () => xId } as const;

describe.each([
  ['google', 'alice', 'dave', 'Alice Example'],
  ['other', 'alice', 'dave', 'Alice Example'],
  ['x', '2244994945', '783214', 'alice_example'],
] as const)('a login at %s', (which, sub, banned, displayName) => {
  test('signs the person in, in the browser that began it', async () => {
    const { location, cookie } = await begin(NAMES[which](), '?next=roles');
    expect(location.searchParams.get('code_challenge_method')).toBe('S256');
    expect(location.searchParams.get('redirect_uri')).toBe(`${daypass.url}/login/${NAMES[which]()}/callback`);
    const answer = await finish(await signInAtProvider(location, sub), cookie);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/me/roles']);
    const [session = '', dropped = ''] = answer.headers.getSetCookie();
    expect(session).toMatch(
      /^__Host-daypass-session=\d{12}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(dropped).toContain('__Host-daypass-provider=; Path=/; Max-Age=0');
    const { results } = await daypass.d1
      .prepare('select * from sign_in_sessions order by rowid desc limit 1')
      .all();
    expect(JSON.stringify(results)).toContain(displayName);
  });

  test('offers the roles that the rules give, and only those can be taken', async () => {
    const { location, cookie } = await begin(NAMES[which]());
    const signedIn = await finish(await signInAtProvider(location, sub), cookie);
    const session = { cookie: signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    const page = await (await daypass.fetch('/me/roles', { headers: session })).text();
    const offered = [...page.matchAll(/value="(arn:aws:iam::[^"]+:role\/[^"]+)"/g)].map(
      ([, arn]) => arn ?? '',
    );
    expect(offered).toHaveLength(1);
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const take = (role: string) =>
      daypass.fetch('/me/roles', {
        method: 'POST',
        headers: { ...session, origin: daypass.url, 'sec-fetch-site': 'same-origin' },
        body: new URLSearchParams({ csrf, role, duration: '3600' }),
      });
    const [own = ''] = offered;
    const taken = await take(own);
    expect([taken.status, await taken.text()]).toEqual([200, expect.stringMatching(/ASIA[A-Z2-7]{16}/)]);
    const others = [`${own}x`, own.replace(/[^/]+$/, 'closed')];
    for (const role of others) expect((await take(role)).status).toBe(400);
  });

  test('is worth nothing in another browser, or in none', async () => {
    const mine = await begin(NAMES[which]());
    const theirs = await begin(NAMES[which]());
    const path = await signInAtProvider(mine.location, sub);
    expect((await finish(path, null)).status).toBe(403);
    expect((await finish(path, theirs.cookie)).status).toBe(403);
    const forged = `${mine.cookie.slice(0, -3)}AAA`;
    expect((await finish(path, forged)).status).toBe(403);
    expect((await finish(path, mine.cookie)).status).toBe(303);
  });

  test('is worth one session: the code does not work twice', async () => {
    const { location, cookie } = await begin(NAMES[which]());
    const path = await signInAtProvider(location, sub);
    expect((await finish(path, cookie)).status).toBe(303);
    expect((await finish(path, cookie)).status).toBe(403);
  });

  test('is refused to whom the rules refuse, and to whoever cancels', async () => {
    for (const person of [banned, 'nobody']) {
      const { location, cookie } = await begin(NAMES[which]());
      const answer = await finish(await signInAtProvider(location, person), cookie);
      expect([person, answer.status, answer.headers.getSetCookie()]).toEqual([person, 403, []]);
      expect(await answer.text()).toMatch(person === banned ? /No role is mapped/ : /have not signed in/);
    }
  });

  test('must be finished in ten minutes', async () => {
    const { location, cookie } = await begin(NAMES[which]());
    const path = await signInAtProvider(location, sub);
    await daypass.advance(601);
    expect((await finish(path, cookie)).status).toBe(403);
  });

  test('is not finished with a changed state, a doubled parameter or another method', async () => {
    const { location, cookie } = await begin(NAMES[which]());
    const path = await signInAtProvider(location, sub);
    const changed = path.replace(/state=[^&]+/, 'state=AAAA');
    expect((await finish(changed, cookie)).status).toBe(403);
    expect((await finish(path.replace(/state=[^&]+&?/, ''), cookie)).status).toBe(403);
    expect((await finish(`${path}&code=other`, cookie)).status).toBe(400);
    expect((await daypass.fetch(path, { method: 'POST', headers: { cookie } })).status).toBe(405);
    expect((await finish(path, cookie)).status).toBe(303);
  });
});

test('whoever begins logins without end does not make us ask the provider as often', async () => {
  const path = '/.well-known/openid-configuration';
  await begin(otherId);
  const before = other.hits(path);
  await Promise.all(Array.from({ length: 20 }, () => begin(otherId)));
  expect(other.hits(path)).toBe(before);
  await daypass.advance(61);
  await begin(otherId);
  expect(other.hits(path)).toBe(before + 1);
});

describe('two providers are not mixed up', () => {
  test('what was begun with one is not finished with the other', async () => {
    const { location, cookie } = await begin(otherId);
    const path = await signInAtProvider(location, 'alice');
    const asked = google.hits('/token');
    expect((await finish(path.replace(otherId, googleId), cookie)).status).toBe(403);
    // A code of the one never reaches the other.
    expect(google.hits('/token')).toBe(asked);
  });

  test('the issuer of the callback is compared where the provider sends one', async () => {
    const { location, cookie } = await begin(otherId);
    const path = await signInAtProvider(location, 'alice');
    expect(path).toContain('iss=');
    expect((await finish(path.replace(/iss=[^&]+/, 'iss=https%3A%2F%2Fevil.example'), cookie)).status).toBe(
      403,
    );
    expect((await finish(path.replace(/&?iss=[^&]+/, ''), cookie)).status).toBe(403);
  });
});

describe('what leads nowhere', () => {
  test.each(['op', 'opx', 'op000000000000aaaaaaaaaaaaaaaaaaaaaaaa', 'op__proto__', 'op%2e%2e'])(
    '/login/%s',
    async (id) => {
      expect((await daypass.fetch(`/login/${id}`)).status).toBe(404);
    },
  );

  test('a next step that is not ours is none', async () => {
    const { location, cookie } = await begin(googleId, '?next=https://evil.example');
    const answer = await finish(await signInAtProvider(location, 'alice'), cookie);
    expect(answer.headers.get('location')).toBe('/me');
  });
});

test.each<ProviderFault>(['down', 'hang', 'error', 'garbage', 'redirect', 'huge'])(
  'X that is %s ends in a page within three seconds, and others are served',
  async (fault) => {
    const { location, cookie } = await begin(xId);
    const path = await signInAtProvider(location, '2244994945');
    xFault = fault;
    const startedAt = performance.now();
    const answer = await finish(path, cookie);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    expect(performance.now() - startedAt).toBeLessThan(3500);
    const elsewhere = await begin(googleId);
    expect((await finish(await signInAtProvider(elsewhere.location, 'alice'), elsewhere.cookie)).status).toBe(
      303,
    );
  },
);

test('no code, token or secret reaches log or trail', async () => {
  const { location, cookie } = await begin(googleId);
  const path = await signInAtProvider(location, 'alice');
  await finish(path, cookie);
  await finish(path, cookie);
  const code = new URLSearchParams(path.split('?')[1]).get('code') ?? '?';
  const { results } = await daypass.d1.prepare('select body from audit_events').all();
  const everything = JSON.stringify([results, daypass.logs]);
  expect(everything).toContain('ConsoleLogin');
  for (const secret of [code, SECRET, location.searchParams.get('state') ?? '?', cookie]) {
    expect(everything).not.toContain(secret);
  }
});
