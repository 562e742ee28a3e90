/** A person gets to see what changed about how they sign in, whoever changed it. */
import {
  CreateLoginProfileCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  ListAccessKeysCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PageClient } from '../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';
import { twoCodes } from '../../helpers/totp.ts';

const PASSWORD = 'seven quiet otters under the old mill';
const NEXT = 'eleven loud herons above the new bridge';
const DAY = 86_400;

let scenario: Scenario;
beforeAll(async () => {
  scenario = await startScenario({ setup: { email: 'root@example.com', accountAlias: 'example' } });
  await makePerson('anna');
  await makePerson('ben');
});
afterAll(() => scenario.stop());

async function makePerson(UserName: string): Promise<void> {
  await scenario.makeUser(UserName);
  await scenario.daypass.iam().send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
}

async function signIn(username: string, password = PASSWORD): Promise<PageClient> {
  const client = new PageClient(scenario.daypass);
  await client.get('/login');
  await client.post('/login', { account: 'example', username, password });
  return client;
}

/** The list of the page, as text, the newest first; and the notice above it. */
async function seen(client: PageClient): Promise<{ list: readonly string[]; notice: string | null }> {
  const { text } = await client.get('/me');
  const plain = (html: string) =>
    html
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  const section = /<section[^>]*aria-labelledby="changes">(.*?)<\/section>/s.exec(text)?.[1] ?? '';
  return {
    list: [...section.matchAll(/<li>(.*?)<\/li>/gs)].map(([, item = '']) => plain(item)),
    notice: /<div class="notice"><p>(.*?)<\/p>/s.exec(text)?.map(plain)[1] ?? null,
  };
}

test('what an administrator set is told, with who did it, to whom it concerns alone', async () => {
  const account = scenario.daypass.bootstrap.accountId;
  const { list, notice } = await seen(await signIn('anna'));
  expect(list).toEqual([`A password was set just now from 127.0.0.1 by arn:aws:iam::${account}:user/admin`]);
  expect(notice).toContain('not in this session. A password was set just now');
  await scenario.daypass.iam().send(new UpdateLoginProfileCommand({ UserName: 'BEN', Password: NEXT }));
  expect((await seen(await signIn('ben', NEXT))).list).toEqual([
    `The password was set anew, or is to be changed just now from 127.0.0.1 by arn:aws:iam::${account}:user/admin`,
    `A password was set just now from 127.0.0.1 by arn:aws:iam::${account}:user/admin`,
  ]);
  expect((await seen(await signIn('anna'))).list).toHaveLength(1);
});

test('what the person did is theirs, and is pointed out in another session for a week, in the list for a month', async () => {
  const { daypass } = scenario;
  const own = await signIn('anna');
  await own.get('/me/app');
  const { text } = await own.post('/me/app', { name: 'phone' });
  const seed = /data-copy-text="([A-Z2-7]+)"/.exec(text)?.[1] ?? '';
  const device = /name="device" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const [first, second] = twoCodes(seed, daypass.nowSeconds());
  await own.post('/me/app/confirm', { device, first, second });
  const added = 'A passkey or an authenticator app was added';
  const [newest] = (await seen(own)).list;
  expect(newest).toBe(`${added} just now from 127.0.0.1 by you, in this session`);

  const enter = async () => {
    const other = await signIn('anna');
    await other.get('/mfa');
    const [, code] = twoCodes(seed, daypass.nowSeconds());
    await other.post('/mfa/code', { code });
    return seen(other);
  };
  await daypass.advance(60);
  const soon = await enter();
  expect(soon.list[0]).toMatch(/^A passkey or .* added 1 minute ago from 127\.0\.0\.1 by you$/);
  expect(soon.notice).toContain(added);
  await daypass.advance(7 * DAY);
  const later = await enter();
  expect([later.notice, later.list.length]).toEqual([null, 2]);
  await daypass.advance(24 * DAY);
  expect(await enter()).toEqual({ notice: null, list: [] });
});

test('whoever has the name later is told nothing of who had it before', async () => {
  const iam = scenario.daypass.iam();
  const UserName = 'ben';
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
  const AccessKeyId = AccessKeyMetadata?.[0]?.AccessKeyId ?? '';
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteLoginProfileCommand({ UserName }));
  await iam.send(new DeleteUserCommand({ UserName }));
  await scenario.daypass.advance(2);
  await makePerson('ben');
  expect((await seen(await signIn('ben'))).list).toHaveLength(1);
});
