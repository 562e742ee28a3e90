/** A sign-in does the same work whoever is named: its time tells nothing of who is there. */
import { CreateLoginProfileCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PageClient } from '../helpers/page-client.ts';
import { type Scenario, startScenario } from '../helpers/scenario.ts';

const PASSWORD = 'seven quiet otters under the old mill';

let scenario: Scenario;
beforeAll(async () => {
  scenario = await startScenario({ setup: { email: 'root@example.com', accountAlias: 'example' } });
  for (const UserName of ['anna', 'locked']) {
    await scenario.makeUser(UserName);
    await scenario.daypass.iam().send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  }
  await scenario.makeUser('without-password');
  for (let at = 0; at < 10; at += 1) await refusal('/login', user('locked'));
});
afterAll(() => scenario.stop());

const user = (username: string, over: Record<string, string> = {}) => ({
  account: 'example',
  username,
  password: 'wrong',
  ...over,
});
const root = (email: string) => ({ email, password: 'wrong' });

async function refusal(path: '/login' | '/login/root', fields: Record<string, string>) {
  const client = new PageClient(scenario.daypass);
  await client.get(path);
  const { status, text } = await client.post(path, fields);
  return `${status} ${/<li>(.*?)<\/li>/.exec(text)?.[1]}`;
}

/** The statements of one refused sign-in, with the page before it. */
async function work(path: '/login' | '/login/root', fields: Record<string, string>) {
  await refusal(path, fields); // what is held afterwards is no matter of this one
  let answer = '';
  const calls = await scenario.daypass.countD1(async () => {
    answer = await refusal(path, fields);
  });
  return { answer, calls };
}

describe('the same answer after the same statements', () => {
  test.for<[string, () => Record<string, string>]>([
    ['a user that is none', () => user('nobody')],
    ['a user that has no password', () => user('without-password')],
    ['a user whose password is locked', () => user('locked')],
    ['a user in another spelling', () => user('ANNA')],
    ['a user by the name of a member of every object', () => user('__proto__')],
    ['an account alias that is none', () => user('anna', { account: 'nowhere' })],
  ])('for %s', async ([, fields]) => {
    expect(await work('/login', fields())).toEqual(await work('/login', user('anna')));
  });

  test('for an account id, of an account or none', async () => {
    const account = scenario.daypass.bootstrap.accountId;
    const known = await work('/login', user('anna', { account }));
    expect(await work('/login', user('anna', { account: '999988887777' }))).toEqual(known);
    expect(await work('/login', user('nobody', { account }))).toEqual(known);
  });

  test('for root’s address and another', async () => {
    expect(await work('/login/root', root('nobody@example.com'))).toEqual(
      await work('/login/root', root('root@example.com')),
    );
  });
});
