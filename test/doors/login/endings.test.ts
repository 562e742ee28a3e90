/** What ends a browser's session, and what it ends with it. */
import {
  ChangePasswordCommand,
  CreateLoginProfileCommand,
  DeleteLoginProfileCommand,
  PutUserPolicyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials, Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { credentialsFrom, policy, type Scenario, startScenario } from '../../helpers/scenario.ts';
import { twoCodes } from '../../helpers/totp.ts';

const PASSWORD = 'seven quiet otters under the old mill';
const NEXT = 'eleven loud herons above the new bridge';

let scenario: Scenario;
let daypass: Daypass;
let account: string;
let roleArn: string;
beforeAll(async () => {
  scenario = await startScenario({ setup: { email: 'root@example.com', accountAlias: 'example' } });
  daypass = scenario.daypass;
  account = daypass.bootstrap.accountId;
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  roleArn = await scenario.makeRole('hat', { Principal, Action: 'sts:AssumeRole' });
  await scenario.allow('hat', { Effect: 'Allow', Action: 'sts:*', Resource: '*' });
});
afterAll(() => scenario.stop());

/** A user with a password who may take every role. @returns the user's long-term key */
async function makePerson(UserName: string): Promise<Credentials> {
  const key = await scenario.makeUser(UserName);
  const iam = daypass.iam();
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: PASSWORD }));
  const allowed = { Effect: 'Allow', Action: ['sts:*', 'iam:ChangePassword'], Resource: '*' };
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'p', PolicyDocument: policy(allowed) }));
  return key;
}

async function signIn(username: string, password = PASSWORD): Promise<PageClient> {
  const client = new PageClient(daypass);
  await client.get('/login');
  const answer = await client.post('/login', { account: 'example', username, password });
  expect(answer.location).toBe('/me');
  return client;
}

const isIn = async (client: PageClient): Promise<boolean> => (await client.get('/me')).status === 200;

function keysIn(text: string): Required<Credentials> {
  const lines = text.replaceAll('&#x2F;', '/');
  const exported = (name: string) => new RegExp(`${name}=([^\\s<]+)`).exec(lines)?.[1] ?? '';
  return {
    accessKeyId: exported('AWS_ACCESS_KEY_ID'),
    secretAccessKey: exported('AWS_SECRET_ACCESS_KEY'),
    sessionToken: exported('AWS_SESSION_TOKEN'),
  };
}

/** Credentials for the command line, those of a role, and those of a role taken with the former. */
async function takenFrom(client: PageClient): Promise<readonly Required<Credentials>[]> {
  await client.get('/me/cli');
  const own = keysIn((await client.post('/me/cli', { duration: '900' })).text);
  await client.get('/me/roles');
  const role = keysIn((await client.post('/me/roles', { role: roleArn, arn: '', duration: '900' })).text);
  const chained = await daypass
    .sts(own)
    .send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'further' }));
  return [own, role, credentialsFrom(chained.Credentials)];
}

async function state(credentials: Credentials): Promise<string> {
  try {
    await daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
}
const states = (all: readonly Credentials[]) => Promise.all(all.map(state));
const ALL_OK = ['ok', 'ok', 'ok'];
const ALL_ENDED = ['ExpiredToken', 'ExpiredToken', 'ExpiredToken'];

/** The browser sessions of a user as the list has them: id and state, newest first. */
async function listed(UserName: string): Promise<readonly (readonly string[])[]> {
  const answer = await daypassQuery(daypass, 'ListSessions', { UserName });
  const [ids, kinds, stateNames] = [answer.all('SessionId'), answer.all('Kind'), answer.all('State')];
  return ids.flatMap((id, at) => (kinds[at] === 'sign-in' ? [[id, stateNames[at] ?? '']] : []));
}

describe('RevokeSessions', () => {
  test('of the user ends the browser’s session and what was taken from it', async () => {
    await makePerson('anna');
    await makePerson('bert');
    const [anna, bert] = [await signIn('anna'), await signIn('bert')];
    const [ofAnna, ofBert] = [await takenFrom(anna), await takenFrom(bert)];
    expect([await states(ofAnna), await states(ofBert)]).toEqual([ALL_OK, ALL_OK]);
    await daypassQuery(daypass, 'RevokeSessions', { UserName: 'anna' });
    expect([await isIn(anna), await states(ofAnna)]).toEqual([false, ALL_ENDED]);
    expect([await isIn(bert), await states(ofBert)]).toEqual([true, ALL_OK]);
    await daypass.advance(1);
    const again = await signIn('anna');
    expect([await isIn(again), await states(await takenFrom(again))]).toEqual([true, ALL_OK]);
  });

  test('of one browser’s session ends that one with what was taken from it, and not the other', async () => {
    await makePerson('carl');
    const first = await signIn('carl');
    await daypass.advance(1);
    const second = await signIn('carl');
    const [ofFirst, ofSecond] = [await takenFrom(first), await takenFrom(second)];
    const [newest, oldest] = await listed('carl');
    expect([newest?.[1], oldest?.[1]]).toEqual(['active', 'active']);
    await daypassQuery(daypass, 'RevokeSessions', { SessionId: oldest?.[0] ?? '' });
    expect([await isIn(first), await states(ofFirst)]).toEqual([false, ALL_ENDED]);
    expect([await isIn(second), await states(ofSecond)]).toEqual([true, ALL_OK]);
    expect((await listed('carl')).map(([, stateName]) => stateName)).toEqual(['active', 'revoked']);
  });

  test('of root ends what root has in browsers and took from them, and nobody else’s', async () => {
    const { client: root, seed } = await rootWithApp();
    await makePerson('dora');
    const dora = await signIn('dora');
    await root.get('/me/cli');
    const own = keysIn((await root.post('/me/cli', { duration: '900' })).text);
    expect(await state(own)).toBe('ok');
    expect((await daypassQuery(daypass, 'RevokeSessions', { Root: 'true' }, own)).code).toBeNull();
    expect([await state(own), await isIn(root), await isIn(dora)]).toEqual(['ExpiredToken', false, true]);
    await daypass.advance(60);
    expect(await isIn(await signInRoot(seed))).toBe(true);
    const { code } = await daypassQuery(daypass, 'RevokeSessions', { Root: 'true' }, await makePerson('eve'));
    expect(code).toBe('AccessDenied');
  });
});

async function rootPassword(): Promise<PageClient> {
  const client = new PageClient(daypass);
  await client.get('/login/root');
  const password = daypass.bootstrap.root.password;
  await client.post('/login/root', { email: 'root@example.com', password });
  return client;
}

async function rootWithApp(): Promise<{ readonly client: PageClient; readonly seed: string }> {
  const client = await rootPassword();
  await client.get('/me/app');
  const { text } = await client.post('/me/app', { name: 'phone' });
  const seed = /data-copy-text="([A-Z2-7]+)"/.exec(text)?.[1] ?? '';
  const device = /name="device" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const [first, second] = twoCodes(seed, daypass.nowSeconds());
  await client.post('/me/app/confirm', { device, first, second });
  return { client, seed };
}

async function signInRoot(seed: string): Promise<PageClient> {
  const client = await rootPassword();
  await client.get('/mfa');
  const [, code] = twoCodes(seed, daypass.nowSeconds());
  await client.post('/mfa/code', { code });
  return client;
}

describe('browsers’ sessions of a user end with', () => {
  test.for([
    [
      'another password, given by an administrator',
      (UserName: string) => daypass.iam().send(new UpdateLoginProfileCommand({ UserName, Password: NEXT })),
    ],
    [
      'another password, chosen by the user',
      (_: string, key: Credentials) =>
        daypass.iam(key).send(new ChangePasswordCommand({ OldPassword: PASSWORD, NewPassword: NEXT })),
    ],
    [
      'the login profile',
      (UserName: string) => daypass.iam().send(new DeleteLoginProfileCommand({ UserName })),
    ],
  ] as const)('%s; credentials taken from them live on', async ([what, change]) => {
    const name = `user-${what.length}`;
    const [key] = [await makePerson(name), await makePerson(`${name}-other`)];
    const [browsers, other] = [[await signIn(name), await signIn(name)], await signIn(`${name}-other`)];
    const taken = await takenFrom(other);
    const own = await takenFrom(browsers[0] ?? other);
    await change(name, key);
    expect(await Promise.all(browsers.map(isIn))).toEqual([false, false]);
    expect([await isIn(other), await states(taken), await states(own)]).toEqual([true, ALL_OK, ALL_OK]);
    expect((await listed(name)).map(([, stateName]) => stateName)).toEqual(['expired', 'expired']);
  });

  test('nothing that leaves the password as it is', async () => {
    await makePerson('fred');
    const fred = await signIn('fred');
    const iam = daypass.iam();
    await iam.send(new UpdateLoginProfileCommand({ UserName: 'fred', PasswordResetRequired: true }));
    const short = new UpdateLoginProfileCommand({ UserName: 'fred', Password: 'short' });
    await expect(iam.send(short)).rejects.toMatchObject({ name: 'PasswordPolicyViolationException' });
    expect(await isIn(fred)).toBe(true);
  });

  test('signing out, as the list shows', async () => {
    await makePerson('gina');
    const gina = await signIn('gina');
    expect((await listed('gina')).map(([, stateName]) => stateName)).toEqual(['active']);
    await gina.get('/me');
    await gina.post('/logout', {});
    expect((await listed('gina')).map(([, stateName]) => stateName)).toEqual(['expired']);
  });
});
