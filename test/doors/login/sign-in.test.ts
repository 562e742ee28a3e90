import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { PageClient } from '../../helpers/page-client.ts';

const SESSION = '__Host-daypass-session';
const LOGIN = '__Host-daypass-login';

let daypass: Daypass;
beforeAll(async () => {
  daypass = await startDaypass({ setup: { email: 'root@example.com', accountAlias: 'example' } });
});
afterAll(() => daypass.stop());

const rootForm = (over: Record<string, string> = {}) => ({
  email: 'root@example.com',
  password: daypass.bootstrap.root.password,
  ...over,
});

async function rootPage(): Promise<PageClient> {
  const client = new PageClient(daypass);
  await client.get('/login/root');
  return client;
}

async function signedInRoot(): Promise<PageClient> {
  const client = await rootPage();
  expect((await client.post('/login/root', rootForm())).location).toBe('/me/first-factor');
  return client;
}

const eventsOf = async (name: string): Promise<Record<string, unknown>[]> => {
  const { results } = await daypass.d1
    .prepare('select body from audit_events where event_name = ? order by at_milliseconds')
    .bind(name)
    .all();
  return results.map(({ body }) => JSON.parse(String(body)));
};

describe('the sign-in page', () => {
  test('keeps itself to itself', async () => {
    const answer = await new PageClient(daypass).get('/login');
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-daypass-login=[\w.-]+; Path=\/; Max-Age=900; Secure; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    expect(answer.text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/);
  });

  test('writes what was typed as text', async () => {
    const client = new PageClient(daypass);
    const asked = '/login?account=%22%3E%3Cscript%3Ealert(1)%3C/script%3E';
    const { text } = await client.get(asked);
    expect(text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
  });

  test.for(['/%6cogin', '/login/', '/login/%72oot', '/me/', '/Login', '/me//cli'])(
    '%s is another path',
    async (path) => {
      expect((await daypass.fetch(path)).status).toBe(404);
    },
  );

  test('is not sent by other methods', async () => {
    expect((await daypass.fetch('/login', { method: 'PUT' })).status).toBe(405);
    expect((await daypass.fetch('/login/passkey')).status).toBe(405);
  });
});

describe('a password', () => {
  test('of root begins a session that may do nothing but enrol a second factor', async () => {
    const client = await signedInRoot();
    expect(client.cookies.has(LOGIN)).toBe(false);
    expect(client.cookies.get(SESSION)).toMatch(/^\d{12}\.[\w-]{43}$/);
    expect((await client.get('/me/first-factor')).status).toBe(200);
    for (const path of ['/me', '/me/cli', '/me/roles']) {
      expect((await client.get(path)).location, path).toMatch(/^\/login\?next=/);
    }
    for (const path of ['/me/cli', '/me/recovery-codes', '/me/roles', '/me/app/remove']) {
      expect((await client.post(path, {})).location, path).toMatch(/^\/login\?next=/);
    }
    const [login] = await eventsOf('ConsoleLogin');
    expect(login).toMatchObject({
      userIdentity: { type: 'Root', accountId: daypass.bootstrap.accountId },
      eventSource: 'signin.amazonaws.com',
      requestParameters: { mfaUsed: false, amr: ['pwd'] },
    });
    expect(JSON.stringify(login)).not.toContain(daypass.bootstrap.root.password);
  });

  test('that is wrong, of nobody, or for no account gets one answer', async () => {
    const tries = [
      rootForm({ password: 'wrong' }),
      rootForm({ email: 'nobody@example.com', password: 'wrong' }),
      rootForm({ email: "x' or 1=1 --@example.com", password: 'wrong' }),
    ];
    const answers = [];
    for (const fields of tries) {
      const client = await rootPage();
      const { status, text } = await client.post('/login/root', fields);
      expect(client.cookies.has(SESSION)).toBe(false);
      answers.push(`${status} ${/<li>(.*?)<\/li>/.exec(text)?.[1]}`);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^400 These details were not accepted/);
  });

  test('that is missing is asked for at its field, and what was typed stays', async () => {
    const client = await rootPage();
    const { status, text } = await client.post('/login/root', rootForm({ password: '' }));
    expect(status).toBe(400);
    expect(text).toContain('<a href="#password">Enter your password</a>');
    expect(text).toContain('value="root@example.com"');
  });
});

describe('a forged request', () => {
  const good = { 'sec-fetch-site': 'same-origin' };

  test.for<[string, Record<string, string>, Record<string, string>]>([
    ['from another site', { 'sec-fetch-site': 'cross-site' }, {}],
    ['from a sister host', { 'sec-fetch-site': 'same-site' }, {}],
    ['from nowhere', {}, {}],
    ['with another origin', { origin: 'https://evil.example' }, {}],
    ['with another origin that a browser calls its own', { ...good, origin: 'https://evil.example' }, {}],
    ['with an opaque origin alone', { origin: 'null' }, {}],
    ['with a guessed token', good, { csrf: 'x'.repeat(43) }],
    ['with an empty token', good, { csrf: '' }],
  ])('%s is refused', async ([, headers, fields]) => {
    const client = await rootPage();
    const { status } = await client.post('/login/root', rootForm(fields), headers);
    expect(status).toBe(403);
    expect(client.cookies.has(SESSION)).toBe(false);
  });

  test.for<[string, Record<string, string>]>([
    ['a browser of today', { ...good }],
    ['a browser that hides the origin', { ...good, origin: 'null' }],
    ['a browser without Sec-Fetch-Site', {}],
  ])('%s is let in', async ([, headers]) => {
    const client = await rootPage();
    const sent = Object.keys(headers).length > 0 ? headers : { origin: daypass.url };
    expect((await client.post('/login/root', rootForm(), sent)).status).toBe(303);
  });

  test('without a Content-Type, or with an odd one, is refused before anything else', async () => {
    const client = await rootPage();
    const cookie = `${LOGIN}=${client.cookies.get(LOGIN)}`;
    const body = new TextEncoder().encode(String(new URLSearchParams({ csrf: client.csrf, ...rootForm() })));
    for (const headers of [{}, { 'content-type': 'TEXT/PLAIN' }, { 'content-type': 'multipart/form-data' }]) {
      const sent = { method: 'POST', body, headers: { ...good, cookie, ...headers } };
      expect((await daypass.fetch('/login/root', sent)).status).toBe(415);
      const cross = { ...sent, headers: { ...sent.headers, 'sec-fetch-site': 'cross-site' } };
      expect((await daypass.fetch('/login/root', cross)).status).toBe(403);
    }
  });

  test('with a field twice, or too large, is refused', async () => {
    const client = await rootPage();
    const headers = { ...good, 'content-type': 'application/x-www-form-urlencoded' };
    const post = (body: string) => daypass.fetch('/login/root', { method: 'POST', body, headers });
    expect((await post(`csrf=${client.csrf}&csrf=${client.csrf}`)).status).toBe(400);
    expect((await post('x'.repeat(70_000))).status).toBe(413);
  });
});

describe('a sign-in under way', () => {
  test('that another browser began cannot be finished', async () => {
    const attacker = await rootPage();
    const victim = new PageClient(daypass);
    victim.csrf = attacker.csrf;
    expect((await victim.post('/login/root', rootForm())).status).toBe(403);
    await victim.get('/login/root');
    victim.csrf = attacker.csrf;
    expect((await victim.post('/login/root', rootForm())).status).toBe(403);
  });

  test('ends after a quarter of an hour', async () => {
    const client = await rootPage();
    await daypass.advance(901);
    expect((await client.post('/login/root', rootForm())).status).toBe(403);
    await client.get('/login/root');
    expect((await client.post('/login/root', rootForm())).status).toBe(303);
  });

  test('that was changed is none', async () => {
    const client = await rootPage();
    const held = client.cookies.get(LOGIN) ?? '';
    for (const changed of [held.slice(0, -2), `${held}A`, held.replace(/^[^.]+/, '__proto__'), 'x', 'a.b']) {
      client.cookies.set(LOGIN, changed);
      expect((await client.post('/login/root', rootForm())).status, changed).toBe(403);
    }
  });

  test('shows no second factor before the password', async () => {
    const client = await rootPage();
    expect((await client.get('/mfa')).location).toBe('/login');
    await client.get('/login');
    for (const [path, fields] of [
      ['/mfa/code', { code: '123456' }],
      ['/mfa/recovery', { recovery: 'AAAA-BBBB-CCCC-DDDD' }],
      ['/mfa/passkey', { response: '{}' }],
      ['/mfa/passkey/options', {}],
      ['/login/new-password', { old: 'a', new: 'b', again: 'b' }],
    ] as const) {
      expect((await client.post(path, fields)).status, path).toBe(403);
    }
  });

  test.for(['https://evil.example', '//evil.example', 'oauth:../x', 'nowhere', '__proto__'])(
    'never leads to `%s`',
    async (next) => {
      const client = new PageClient(daypass);
      await client.get(`/login?next=${encodeURIComponent(next)}`);
      await client.get('/login/root');
      expect((await client.post('/login/root', rootForm())).location).toBe('/me/first-factor');
    },
  );
});

describe('a session', () => {
  test('ends on the server when its person signs out', async () => {
    const client = await signedInRoot();
    const stolen = client.cookies.get(SESSION) ?? '';
    await client.get('/me/first-factor');
    expect((await client.post('/logout', {})).location).toBe('/login');
    expect(client.cookies.has(SESSION)).toBe(false);
    client.cookies.set(SESSION, stolen);
    expect((await client.get('/me/first-factor')).location).toBe('/login?next=me');
  });

  test('ends after a quarter of an hour without a request, and lives on with one', async () => {
    const client = await signedInRoot();
    await daypass.advance(880);
    expect((await client.get('/me/first-factor')).status).toBe(200);
    await daypass.advance(880);
    expect((await client.get('/me/first-factor')).status).toBe(200);
    await daypass.advance(901);
    expect((await client.get('/me/first-factor')).location).toBe('/login?next=me');
  });

  test('ends after twelve hours whatever happens', async () => {
    const client = await signedInRoot();
    for (let step = 0; step < 60; step += 1) {
      expect((await client.get('/me/first-factor')).status).toBe(200);
      await daypass.advance(720);
    }
    expect((await client.get('/me/first-factor')).location).toBe('/login?next=me');
  });

  test('changes no factor once five minutes have passed', async () => {
    const client = await signedInRoot();
    expect((await client.get('/me/passkeys/add')).status).toBe(200);
    await daypass.advance(301);
    expect((await client.get('/me/passkeys/add')).location).toBe('/me/confirm');
    await client.get('/me/confirm');
    const options = await client.post('/me/passkeys/options', {});
    expect([options.status, JSON.parse(options.text)]).toEqual([
      403,
      { message: 'Confirm that it is you before you change this.' },
    ]);
    expect((await client.post('/me/app', { name: 'Phone' })).location).toBe('/me/confirm');
    const before = client.cookies.get(SESSION);
    await client.get('/me/confirm');
    expect((await client.post('/me/confirm', { password: 'wrong' })).status).toBe(400);
    const password = daypass.bootstrap.root.password;
    expect((await client.post('/me/confirm', { password })).status).toBe(303);
    expect(client.cookies.get(SESSION)).not.toBe(before);
    expect((await client.get('/me/passkeys/add')).status).toBe(200);
  });

  test('is none for a cookie that stands there twice, under a look-alike name, or is not ours', async () => {
    const client = await signedInRoot();
    const good = `${SESSION}=${client.cookies.get(SESSION)}`;
    const asks = async (cookie: string) =>
      (await daypass.fetch('/me/first-factor', { headers: { cookie } })).status;
    expect(await asks(good)).toBe(200);
    const account = daypass.bootstrap.accountId;
    for (const odd of [
      `${good}; ${good}`,
      `\u00a0${good}`,
      good.toLowerCase(),
      `${SESSION}=999988887777.${'A'.repeat(43)}`,
      `${SESSION}=${account}.${'A'.repeat(43)}`,
      `${SESSION}=${account}.`,
      `${SESSION}=__proto__`,
    ]) {
      expect(await asks(odd), odd).toBe(303);
    }
    expect(await asks(`\u00a0${SESSION}=bad; ${good}`)).toBe(200);
  });
});

test('of twenty confirmations at once with one session, one elevates it and the rest lose it', async () => {
  const client = await signedInRoot();
  await client.get('/me/confirm');
  const { csrf } = client;
  const cookie = client.cookies.get(SESSION) ?? '';
  const clients = Array.from({ length: 20 }, () => {
    const each = new PageClient(daypass);
    each.cookies.set(SESSION, cookie);
    each.csrf = csrf;
    return each;
  });
  const password = daypass.bootstrap.root.password;
  const answers = await Promise.all(clients.map((each) => each.post('/me/confirm', { password })));
  const kept = answers.filter(({ headers }) => headers.getSetCookie().some((set) => set.startsWith(SESSION)));
  expect(kept).toHaveLength(1);
});
