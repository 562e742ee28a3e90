/** Root's way back in: who may open it, what it takes away, and what is left to do then. */
import { GetAccountSummaryCommand, ListVirtualMFADevicesCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { jsonOf } from '../../helpers/json.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { type SoftKey, softKeyOfRoot } from '../../helpers/soft-key.ts';
import { twoCodes } from '../../helpers/totp.ts';

const TOKEN = 'test-recovery-token-of-32-characters-or-more';
const NEXT = 'nine patient lanterns over the harbour';
const SESSION = '__Host-daypass-session';

let daypass: Daypass;
let accountId: string;
beforeAll(async () => {
  daypass = await startDaypass({ vars: { DAYPASS_RECOVERY_TOKEN: TOKEN } });
  accountId = daypass.bootstrap.accountId;
});
afterAll(() => daypass.stop());

async function recover(token: string | null, body: unknown = { accountId }, method = 'POST') {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const sent = { method, headers, ...(method === 'POST' && { body: text }) };
  const answer = await daypass.fetch('/setup/recover-root', sent);
  return { status: answer.status, body: await jsonOf(answer), headers: answer.headers };
}

async function submitPassword(password: string): Promise<{ client: PageClient; location: string | null }> {
  const client = new PageClient(daypass);
  await client.get('/login/root');
  const { location } = await client.post('/login/root', { email: 'root@example.com', password });
  return { client, location };
}

async function signInWithKey(key: SoftKey, counter: number): Promise<PageClient> {
  const client = new PageClient(daypass);
  await client.get('/login');
  const { challenge } = JSON.parse((await client.post('/login/passkey/options', {})).text);
  await client.post('/login/passkey', { response: key.sign({ challenge, counter }) });
  return client;
}

const exported = (text: string, name: string): string =>
  new RegExp(`${name}=([^\\s<]+)`).exec(text.replaceAll('&#x2F;', '/'))?.[1] ?? '';

const bodiesOf = async (name: string): Promise<Record<string, unknown>[]> => {
  const { results } = await daypass.d1
    .prepare('select body from audit_events where event_name = ? order by at_milliseconds')
    .bind(name)
    .all();
  return results.map(({ body }) => JSON.parse(String(body)));
};

describe('nobody recovers root', () => {
  test.each<[string, () => string | null]>([
    ['without a token', () => null],
    ['with an empty one', () => ''],
    ['with another', () => 'x'.repeat(TOKEN.length)],
    ['with a shorter one', () => TOKEN.slice(0, -1)],
    ['with a longer one', () => `${TOKEN}x`],
    ['with the setup token', () => daypass.secrets.DAYPASS_SETUP_TOKEN],
    ['with the key-encryption key', () => daypass.secrets.DAYPASS_KEK],
    ['with the administrator’s secret key', () => daypass.bootstrap.admin.secretAccessKey],
    ['with root’s own password', () => daypass.bootstrap.root.password],
  ])('%s', async (_what, token) => {
    const { status, body, headers } = await recover(token());
    expect([status, body.error, headers.get('www-authenticate')]).toEqual([
      401,
      'missing_authentication',
      'Bearer',
    ]);
  });

  test.each(['', '[]', '{}', { accountId: 1 }, { accountId: '123' }, { accountId: ['111122223333'] }])(
    'with the body %j',
    async (body) => {
      const answer = await recover(TOKEN, body);
      expect([answer.status, answer.body.error]).toEqual([400, 'validation_error']);
    },
  );

  test('of an account that is none, with a body too large, or by another method', async () => {
    expect((await recover(TOKEN, { accountId: '999988887777' })).body.error).toBe('no_such_entity');
    expect((await recover(TOKEN, 'x'.repeat(2000))).status).toBe(413);
    expect((await recover(TOKEN, {}, 'GET')).status).toBe(405);
    expect((await submitPassword(daypass.bootstrap.root.password)).location).toBe('/me/first-factor');
  });
});

test('the token lets root back in, once: what there was is gone, and a password and a factor are due first', async () => {
  const key = await softKeyOfRoot(daypass);
  const signedIn = await signInWithKey(key, 1);
  await signedIn.get('/me/app');
  const { text } = await signedIn.post('/me/app', { name: 'phone' });
  const seed = /data-copy-text="([A-Z2-7]+)"/.exec(text)?.[1] ?? '';
  const device = /name="device" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const [first, second] = twoCodes(seed, daypass.nowSeconds());
  expect((await signedIn.post('/me/app/confirm', { device, first, second })).status).toBe(303);
  await signedIn.get('/me');
  const codes = (await signedIn.post('/me/recovery-codes', {})).text;
  expect(codes).toContain('Your recovery codes');
  await signedIn.get('/me/cli');
  const taken = (await signedIn.post('/me/cli', { duration: '900' })).text;
  const own = daypass.sts({
    accessKeyId: exported(taken, 'AWS_ACCESS_KEY_ID'),
    secretAccessKey: exported(taken, 'AWS_SECRET_ACCESS_KEY'),
    sessionToken: exported(taken, 'AWS_SESSION_TOKEN'),
  });
  expect((await own.send(new GetCallerIdentityCommand({}))).Arn).toBe(`arn:aws:iam::${accountId}:root`);
  // Somebody has locked root out by guessing.
  for (let at = 0; at < 10; at += 1) await submitPassword('wrong');

  const answers = await Promise.all(Array.from({ length: 12 }, () => recover(TOKEN)));
  const winners = answers.filter(({ status }) => status === 200);
  expect(winners).toHaveLength(1);
  for (const { status } of answers) expect([200, 401, 409]).toContain(status);
  const body = winners[0]?.body ?? {};
  expect(body).toEqual({
    endpoint: daypass.url,
    accountId,
    root: { email: 'root@example.com', password: expect.stringMatching(/^[\w-]{32}$/) },
  });
  const { password } = Object(body).root as { password: string }; // as just seen

  expect((await signedIn.get('/me')).location).toBe('/login?next=me');
  await expect(own.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'ExpiredToken' });
  expect((await signInWithKey(key, 2)).cookies.has(SESSION)).toBe(false);
  expect((await submitPassword(daypass.bootstrap.root.password)).location).toBeNull();
  const { VirtualMFADevices } = await daypass.iam().send(new ListVirtualMFADevicesCommand({}));
  expect(VirtualMFADevices?.map(({ User }) => User)).toEqual([undefined]);
  const { SummaryMap } = await daypass.iam().send(new GetAccountSummaryCommand({}));
  expect(SummaryMap).toMatchObject({ AccountMFAEnabled: 0, MFADevices: 1, MFADevicesInUse: 0 });

  await daypass.advance(2);
  const { client, location } = await submitPassword(password);
  expect(location).toBe('/login/new-password');
  expect(client.cookies.has(SESSION)).toBe(false);
  await client.get('/login/new-password');
  const again = await client.post('/login/new-password', { old: password, new: password, again: password });
  expect(again.status).toBe(400);
  const chosen = await client.post('/login/new-password', { old: password, new: NEXT, again: NEXT });
  expect(chosen.location).toBe('/me/first-factor');
  expect((await client.get('/me')).location).toMatch(/^\/login\?next=/);
  expect((await submitPassword(password)).location).toBeNull();
  expect((await submitPassword(NEXT)).location).toBe('/me/first-factor');

  expect((await recover(TOKEN)).body).toMatchObject({
    error: 'missing_authentication',
    message: 'this recovery token was used before: set another one',
  });
  const [event, ...others] = await bodiesOf('RecoverRoot').then((all) =>
    all.filter(({ errorCode }) => errorCode === undefined || errorCode === null),
  );
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    eventSource: 'daypass.amazonaws.com',
    userIdentity: { type: 'Deployment' },
    requestParameters: { accountId },
  });
  const trail = JSON.stringify(await bodiesOf('RecoverRoot')) + daypass.logs.join('\n');
  for (const secret of [TOKEN, password, NEXT]) expect(trail).not.toContain(secret);
  expect(daypass.logs.filter((line) => line.includes('root.recovered'))).toHaveLength(1);
});

test('a used token stays used, whatever is cleared away later', async () => {
  await daypass.advance(400 * 24 * 3600);
  await daypass.scheduled();
  expect((await recover(TOKEN)).body).toMatchObject({
    error: 'missing_authentication',
    message: 'this recovery token was used before: set another one',
  });
});
