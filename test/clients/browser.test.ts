/** Passkeys in a real browser, with Chromium's virtual authenticator. */
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBrowser, type TestBrowser, type Visitor } from '../helpers/browser.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';

const SESSION = '__Host-daypass-session';
const CEREMONY = '__Host-daypass-ceremony';

let daypass: Daypass;
let browser: TestBrowser;
beforeAll(async () => {
  [daypass, browser] = await Promise.all([startDaypass(), startBrowser()]);
});
afterAll(async () => {
  await Promise.all([browser.stop(), daypass.stop()]);
});

const address = (path: string): string => `${daypass.url}${path}`;

async function signInAsRoot({ page }: Visitor): Promise<void> {
  await page.goto(address('/login/root'));
  await page.fill('#email', 'root@example.com');
  await page.fill('#password', daypass.bootstrap.root.password);
  await page.click('form[action="/login/root"] button');
  await page.waitForLoadState();
}

async function enrol({ page }: Visitor, name: string): Promise<void> {
  await page.goto(address('/me/passkeys/add'));
  await page.fill('#name', name);
  await page.click('text=Create passkey');
  await page.waitForURL('**/me?done=passkey-added');
}

async function signOut({ page }: Visitor): Promise<void> {
  await page.goto(address('/me'));
  await page.click('form[action="/logout"] button');
  await page.waitForURL('**/login');
}

const cookieOf = async ({ context }: Visitor, name: string): Promise<string> =>
  (await context.cookies()).find((each) => each.name === name)?.value ?? '';

/** The serial numbers of root's devices, past the Worker. */
const devices = async (): Promise<number> => {
  const row = await daypass.d1.prepare('select count(*) as n from mfa_devices').first();
  return Number(row?.n);
};

describe('root', () => {
  let root: Visitor;
  let recoveryCodes: readonly string[] = [];
  beforeAll(async () => {
    root = await browser.newVisitor();
  });
  afterAll(() => root.close());

  test('enrols a passkey before anything else, and its session gets a new secret by it', async () => {
    await signInAsRoot(root);
    expect(root.page.url()).toBe(address('/me/first-factor'));
    const before = await cookieOf(root, SESSION);
    const key = await root.addAuthenticator();
    await enrol(root, 'Blue key');
    expect(await key.count()).toBe(1);
    expect(await devices()).toBe(1);
    expect(await cookieOf(root, SESSION)).not.toBe(before);
    expect(await root.page.textContent('main')).toContain('Blue key');
    await root.page.click('form[action="/me/recovery-codes"] button');
    await root.page.waitForLoadState();
    recoveryCodes = await root.page.locator('#codes li').allTextContents();
    expect(recoveryCodes).toHaveLength(10);
    await signOut(root);
  });

  test('signs in with the passkey alone', async () => {
    await root.page.click('text=Sign in with a passkey');
    await root.page.waitForURL('**/me');
    expect(await root.page.textContent('main')).toContain('Used in this session');
    await signOut(root);
  });

  test('signs in with its password and the passkey; the password alone opens nothing', async () => {
    await signInAsRoot(root);
    expect(root.page.url()).toBe(address('/mfa'));
    expect(await cookieOf(root, SESSION)).toBe('');
    await root.page.goto(address('/me'));
    expect(root.page.url()).toContain('/login');
    await signInAsRoot(root);
    await root.page.click('text=Use passkey or security key');
    await root.page.waitForURL('**/me');
  });

  test('makes credentials whose session has proved a second factor', async () => {
    await root.page.goto(address('/me/cli'));
    await root.page.click('text=Make credentials');
    await root.page.waitForLoadState();
    const lines = (await root.page.textContent('#lines')) ?? '';
    const exported = (name: string) => new RegExp(`${name}=(\\S+)`).exec(lines)?.[1] ?? '';
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const sts = daypass.sts({
      accessKeyId: exported('AWS_ACCESS_KEY_ID'),
      secretAccessKey: exported('AWS_SECRET_ACCESS_KEY'),
      sessionToken: exported('AWS_SESSION_TOKEN'),
    });
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${daypass.bootstrap.accountId}:root`);
    await signOut(root);
  });

  test('whose key is lost signs in with a recovery code, once', async () => {
    const [code = ''] = recoveryCodes;
    const use = async () => {
      await signInAsRoot(root);
      await root.page.click('summary');
      await root.page.fill('#recovery', code.toLowerCase());
      await root.page.click('form[action="/mfa/recovery"] button');
      await root.page.waitForLoadState();
    };
    await use();
    expect(root.page.url()).toBe(address('/me'));
    expect(await root.page.textContent('main')).toContain('9 of 10 are left');
    await signOut(root);
    await use();
    expect(await root.page.textContent('[role="alert"]')).toContain('wrong, or was used before');
    expect(await cookieOf(root, SESSION)).toBe('');
  });
});

describe('an answer of a passkey', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    await daypass.d1.prepare('delete from mfa_devices').run();
    visitor = await browser.newVisitor();
    await visitor.addAuthenticator();
    await signInAsRoot(visitor);
    await enrol(visitor, 'Laptop');
    await signOut(visitor);
  });
  afterAll(() => visitor.close());

  /** Runs a ceremony as the page's script does, but keeps the answer. */
  async function ceremony() {
    const { page } = visitor;
    await page.goto(address('/login'));
    const sent = new Promise<string>((resolve) => {
      void page.route('**/login/passkey', async (route) => {
        const posted = route.request().postData() ?? '';
        await route.abort();
        resolve(posted);
      });
    });
    await page.click('text=Sign in with a passkey');
    const form = new URLSearchParams(await sent);
    await page.unroute('**/login/passkey');
    const cookie = (await visitor.context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    return { response: JSON.parse(form.get('response') ?? '{}'), csrf: form.get('csrf') ?? '', cookie };
  }

  const finish = async ({ response, csrf, cookie }: Awaited<ReturnType<typeof ceremony>>) => {
    const body = new URLSearchParams({ csrf, response: JSON.stringify(response) });
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    const answer = await daypass.fetch('/login/passkey', { method: 'POST', body, headers });
    return answer.headers
      .getSetCookie()
      .some((set) => set.startsWith(`${SESSION}=${daypass.bootstrap.accountId}`));
  };

  test('signs in once; of fifty at once one alone', async () => {
    const answer = await ceremony();
    const finishes = await Promise.all(Array.from({ length: 50 }, () => finish(answer)));
    expect(finishes.filter(Boolean)).toHaveLength(1);
    expect(await finish(answer)).toBe(false);
  });

  const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  type Answer = Awaited<ReturnType<typeof ceremony>>;
  const withClientData = (answer: Answer, over: object): Answer => {
    const { clientDataJSON } = answer.response.response;
    const changed = { ...decode(clientDataJSON), ...over };
    const response = { ...answer.response.response, clientDataJSON: encode(changed) };
    return { ...answer, response: { ...answer.response, response } };
  };
  const withPart = (answer: Answer, over: object): Answer => ({
    ...answer,
    response: { ...answer.response, response: { ...answer.response.response, ...over } },
  });
  const handle = (text: string) => Buffer.from(text).toString('base64url');

  test.for<[string, (answer: Answer) => Answer]>([
    ['for another origin', (answer) => withClientData(answer, { origin: 'https://evil.example' })],
    ['out of a frame', (answer) => withClientData(answer, { crossOrigin: true })],
    ['below another page', (answer) => withClientData(answer, { topOrigin: 'https://evil.example' })],
    ['to another challenge', (answer) => withClientData(answer, { challenge: 'AAAA' })],
    ['of another kind', (answer) => withClientData(answer, { type: 'webauthn.create' })],
    ['with a changed signature', (answer) => withPart(answer, { signature: 'MAYCAQECAQE' })],
    [
      'for somebody else',
      (answer) => withPart(answer, { userHandle: handle('111122223333:root:111122223333') }),
    ],
    ['with a handle that is none', (answer) => withPart(answer, { userHandle: handle('__proto__') })],
    ['without a handle', (answer) => withPart(answer, { userHandle: undefined })],
    [
      'of an unknown credential',
      (answer) => ({ ...answer, response: { ...answer.response, id: 'AAAA', rawId: 'AAAA' } }),
    ],
    [
      'from another browser',
      (answer) => ({ ...answer, cookie: answer.cookie.replace(new RegExp(`${CEREMONY}=[^;]*`), '') }),
    ],
    ['that is no object', (answer) => ({ ...answer, response: [] })],
  ])('%s is refused, and its challenge used up', async ([, change]) => {
    const answer = await ceremony();
    expect(await finish(change(answer))).toBe(false);
    // Without the ceremony's cookie nothing was begun, so nothing is used up.
    expect(await finish(answer)).toBe(!change(answer).cookie.includes(CEREMONY));
  });

  test('is refused after five minutes', async () => {
    const answer = await ceremony();
    await daypass.advance(301);
    expect(await finish(answer)).toBe(false);
  });

  test('is refused where the counter went back: a copy of the key exists', async () => {
    await daypass.d1.prepare('update webauthn_credentials set counter = 1000000').run();
    expect(await finish(await ceremony())).toBe(false);
    await daypass.d1.prepare('update webauthn_credentials set counter = 0').run();
    expect(await finish(await ceremony())).toBe(true);
  });

  test('is refused once IAM has deactivated the device', async () => {
    const answer = await ceremony();
    await daypass.d1.prepare('delete from mfa_devices').run();
    expect(await finish(answer)).toBe(false);
  });
});

test('a person who does not unlock the authenticator does not sign in with it alone', async () => {
  const visitor = await browser.newVisitor();
  const key = await visitor.addAuthenticator();
  await signInAsRoot(visitor);
  await enrol(visitor, 'Locked');
  await signOut(visitor);
  await key.setUserVerified(false);
  await visitor.page.click('text=Sign in with a passkey');
  await visitor.page.waitForSelector('[data-passkey-message]:not([hidden])');
  expect(await visitor.page.textContent('[data-passkey-message]')).toContain('Nothing was used');
  await visitor.close();
  await daypass.d1.prepare('delete from mfa_devices').run();
});

describe('where the browser offers passkeys beside the user name', () => {
  test('whoever takes one is signed in, with no click and no name', async () => {
    const visitor = await browser.newVisitor({ autofill: true });
    await visitor.addAuthenticator();
    await signInAsRoot(visitor);
    await enrol(visitor, 'Offered');
    const before = await cookieOf(visitor, SESSION);
    await visitor.page.click('form[action="/logout"] button');
    await visitor.page.waitForURL('**/me');
    expect(await visitor.page.textContent('main')).toContain('Used in this session');
    expect(await cookieOf(visitor, SESSION)).not.toBe(before);
    await visitor.close();
    await daypass.d1.prepare('delete from mfa_devices').run();
  });

  test('the offer is renewed before its challenge is too old, and the other ways stay', async () => {
    const visitor = await browser.newVisitor({ autofill: true });
    const { page } = visitor;
    await page.clock.install();
    const asked = () => page.waitForRequest('**/login/passkey/options');
    const first = asked();
    await page.goto(address('/login'));
    await first;
    const second = asked();
    await page.clock.fastForward(240_000);
    await second;
    expect(await page.locator('[data-passkey-message]').isHidden()).toBe(true);
    await page.fill('#account', daypass.bootstrap.accountId);
    await page.fill('#username', 'nobody');
    await page.fill('#password', 'wrong');
    await page.click('form[action="/login"] button');
    await page.waitForSelector('[role="alert"]:not([hidden])');
    expect(await page.textContent('[role="alert"]')).toContain('not accepted');
    await visitor.close();
  });
});

test('an account may ask for authenticators that attest themselves, of models that it lists', async () => {
  const visitor = await browser.newVisitor();
  await visitor.addAuthenticator();
  await signInAsRoot(visitor);
  const tryToEnrol = async (): Promise<string> => {
    await visitor.page.goto(address('/me/passkeys/add'));
    await visitor.page.click('text=Create passkey');
    await visitor.page.waitForSelector('[role="alert"]:not([hidden]), [role="status"]');
    return (await visitor.page.textContent('[role="alert"]:not([hidden]), [role="status"]')) ?? '';
  };
  const set = (policy: Record<string, string>) => daypassQuery(daypass, 'PutPasskeyPolicy', policy);
  const other = 'ee882879-721c-4913-9775-3dfcce97072a';
  expect((await set({ Attestation: 'required', 'Aaguids.member.1': other })).code).toBeNull();
  const read = await daypassQuery(daypass, 'GetPasskeyPolicy');
  expect([read.all('Attestation'), read.all('member')]).toEqual([['required'], [other]]);
  expect(await tryToEnrol()).toContain('was not accepted');
  expect(await devices()).toBe(0);
  expect((await set({ Attestation: 'none', 'Aaguids.member.1': other })).code).toBe('InvalidInput');
  expect((await set({ Attestation: 'required' })).code).toBeNull();
  expect(await tryToEnrol()).toContain('The passkey is added');
  expect((await set({ Attestation: 'none' })).code).toBeNull();
  await visitor.close();
  await daypass.d1.prepare('delete from mfa_devices').run();
});

describe('pages', () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

  test.for(['light', 'dark'] as const)('have no serious accessibility findings (%s)', async (colorScheme) => {
    const visitor = await browser.newVisitor({ width: 390, colorScheme });
    const errors: string[] = [];
    visitor.page.on('pageerror', (error) => errors.push(String(error)));
    visitor.page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) errors.push(message.text());
    });
    // Before the page's own scripts, so that the page's policy has no say.
    await visitor.context.addInitScript({ path: axe });
    await visitor.addAuthenticator();
    const check = async (path: string) => {
      if (path !== '') await visitor.page.goto(address(path));
      const found = await runAxe(visitor);
      expect(found, `${path} ${visitor.page.url()}`).toEqual([]);
      const width = await visitor.page.evaluate('document.documentElement.scrollWidth');
      expect(width, path).toBe(390);
    };
    await check('/login');
    await visitor.page.click('form[action="/login"] button');
    await check('/login/root');
    await signInAsRoot(visitor);
    await check('');
    for (const path of ['/me/passkeys/add', '/me/app']) await check(path);
    await enrol(visitor, 'Phone');
    for (const path of ['/me', '/me/confirm', '/me/roles', '/me/cli']) await check(path);
    await signOut(visitor);
    await signInAsRoot(visitor);
    await check('/mfa');
    expect(errors).toEqual([]);
    await visitor.close();
    await daypass.d1.prepare('delete from mfa_devices').run();
  });
});

interface Finding {
  readonly impact: string;
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** @returns what axe finds serious or worse, with the element */
async function runAxe({ page }: Visitor): Promise<readonly string[]> {
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Finding[] }> } }; // the init script's
    return (await axe.run()).violations;
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} ${nodes[0]?.html}`);
}
