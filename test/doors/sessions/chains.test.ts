/** Sessions end with the user that began them and with each session that they were chained from. */
import {
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { exchange } from '../../helpers/exchange.ts';
import {
  askCredentials,
  associate,
  deviceKey,
  instanceArnOf,
  makeProfile,
  proofOf,
  register,
} from '../../helpers/instances.ts';
import { jsonOf } from '../../helpers/json.ts';
import { call, form } from '../../helpers/raw-http.ts';
import { credentialsFrom, type Scenario, startScenario } from '../../helpers/scenario.ts';
import { postSignedForm } from '../../helpers/signed-form.ts';

type Temporary = Required<Credentials>;

let scenario: Scenario;
let accountId: string;
let alice: Credentials;
let bob: Credentials;
const roles: string[] = [];

const STS = { Effect: 'Allow', Action: 'sts:*', Resource: '*' };

beforeAll(async () => {
  scenario = await startScenario();
  accountId = scenario.daypass.bootstrap.accountId;
  alice = await scenario.makeUser('alice', STS);
  bob = await scenario.makeUser('bob', STS);
  const Principal = { AWS: `arn:aws:iam::${accountId}:root` };
  const Action = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
  for (const name of ['one', 'two', 'three']) {
    roles.push(await scenario.makeRole(name, { Principal, Action }));
    await scenario.allow(name, STS);
  }
  await scenario.allow('reader', STS);
});
afterAll(() => scenario.stop());

/** @param role - 1 to 3 */
async function assume(by: Credentials, role: number, over: object = {}): Promise<Temporary> {
  const RoleArn = roles[role - 1] ?? '';
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'al', ...over });
  return credentialsFrom((await scenario.daypass.sts(by).send(command)).Credentials);
}

/** `ok`, or the code of the refusal. */
async function state(credentials: Credentials): Promise<string> {
  try {
    await scenario.daypass.sts(credentials).send(new GetCallerIdentityCommand({}));
    return 'ok';
  } catch (error) {
    return (error as Error).name;
  }
}
const states = (all: readonly Credentials[]) => Promise.all(all.map(state));

async function revoke(parameters: Readonly<Record<string, string>>): Promise<void> {
  const answer = await daypassQuery(scenario.daypass, 'RevokeSessions', parameters);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

/** The session as an access token, in a request that it signs. */
async function tokenOf(session: Temporary): Promise<string> {
  const fields = {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: session.sessionToken,
    subject_token_type: 'urn:daypass:token-type:aws-session',
  };
  const answer = await postSignedForm(scenario.daypass, fields, {
    path: '/oauth/token',
    credentials: session,
  });
  expect(answer.status).toBe(200);
  return String((await jsonOf(answer)).access_token);
}

interface DaypassClaims {
  readonly session: string;
  readonly issued_at?: number;
  readonly marks?: readonly string[];
  readonly chain?: readonly { session: string; issued_at: number; marks: readonly string[] }[];
}
const claimsOf = (jwt: string) => decodeJwt(jwt).daypass as DaypassClaims; // as docs/sessions.md has them
const idOf = async (session: Temporary): Promise<string> => claimsOf(await tokenOf(session)).session;

/** As docs/sessions.md shows it. */
async function feedRevokes(jwt: string): Promise<boolean> {
  const text = await (await scenario.daypass.fetch('/.well-known/daypass-revocations')).text();
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', scenario.daypass.url));
  const { payload: feed } = await jwtVerify(text, keys, {
    typ: 'daypass-revocations+jwt',
    currentDate: new Date(scenario.daypass.nowSeconds() * 1000),
  });
  const { jti, iat = 0 } = decodeJwt(jwt);
  const daypass = claimsOf(jwt);
  const entries = feed.revocations as readonly {
    session?: string;
    token?: string;
    marks?: readonly string[];
    issued_until?: number;
  }[];
  const links = [
    { jti, issued_at: iat, ...daypass },
    ...(daypass.chain ?? []).map((link) => ({ jti: undefined, ...link })),
  ];
  return links.some((link) =>
    entries.some(
      (entry) =>
        (entry.session === undefined || entry.session === link.session) &&
        (entry.token === undefined || entry.token === link.jti) &&
        (entry.marks ?? []).every((mark) => link.marks?.includes(mark)) &&
        (entry.issued_until === undefined || link.issued_at <= entry.issued_until),
    ),
  );
}

async function believed(jwt: string): Promise<boolean> {
  const answer = await scenario.daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id: jwt },
      action: { name: 'sts:AssumeRole' },
      resource: { type: 'arn', id: roles[0] },
    }),
  });
  return (await jsonOf(answer)).decision === true;
}

const userIdOf = async (UserName: string): Promise<string> =>
  (await scenario.daypass.iam().send(new GetUserCommand({ UserName }))).User?.UserId ?? '';

const nextSecond = () => scenario.daypass.advance(1);

describe('revoking a user ends', () => {
  test('role sessions that its key began, by however many hops, and nobody else’s', async () => {
    const first = await assume(alice, 1);
    await nextSecond();
    const second = await assume(first, 2);
    const third = await assume(second, 3);
    const others = [await assume(bob, 1), await assume(await assume(bob, 1), 2)];
    expect(await states([first, second, third])).toEqual(['ok', 'ok', 'ok']);
    await revoke({ UserName: 'alice' });
    expect(await states([first, second, third])).toEqual(['ExpiredToken', 'ExpiredToken', 'ExpiredToken']);
    expect(await states([...others, alice])).toEqual(['ok', 'ok', 'ok']);
    await nextSecond();
    expect(await state(await assume(await assume(alice, 1), 2))).toBe('ok');
  });

  test('what its own session began, and what was issued before a moment with all that followed', async () => {
    const own = credentialsFrom(
      (await scenario.daypass.sts(alice).send(new GetSessionTokenCommand({}))).Credentials,
    );
    await nextSecond();
    const before = new Date(scenario.daypass.nowSeconds() * 1000).toISOString();
    const [late, direct] = [await assume(await assume(own, 1), 2), await assume(alice, 1)];
    await revoke({ UserName: 'alice', IssuedBefore: before });
    // Younger than the moment, but begun by a session that is older; the key itself is no session.
    expect(await states([own, late, direct])).toEqual(['ExpiredToken', 'ExpiredToken', 'ok']);
  });

  test('its sessions of one role with what came of them, where the role is named too', async () => {
    const [inOne, inTwo] = [await assume(alice, 1), await assume(alice, 2)];
    const [fromOne, fromTwo] = [await assume(inOne, 3), await assume(inTwo, 3)];
    const other = await assume(await assume(bob, 1), 3);
    await revoke({ UserName: 'alice', RoleName: 'one' });
    expect(await states([inOne, fromOne])).toEqual(['ExpiredToken', 'ExpiredToken']);
    expect(await states([inTwo, fromTwo, other])).toEqual(['ok', 'ok', 'ok']);
    await nextSecond();
  });
});

describe('revoking a session ends', () => {
  test('what was chained from it, and neither its sibling nor what it came from', async () => {
    const root = await assume(alice, 1);
    const [ended, sibling] = [await assume(root, 2), await assume(root, 2)];
    const [below, besides] = [await assume(ended, 3), await assume(sibling, 3)];
    const further = await assume(below, 1);
    await revoke({ SessionId: await idOf(ended) });
    expect(await states([ended, below, further])).toEqual(Array(3).fill('ExpiredToken'));
    expect(await states([root, sibling, besides])).toEqual(['ok', 'ok', 'ok']);
  });

  test('scoped credentials of what was chained from it, and access tokens, for Daypass and offline', async () => {
    const root = await assume(alice, 1);
    const child = await assume(await assume(root, 2), 3);
    const scope = form({
      ...{ Action: 'GetScopedCredentials', Version: '2011-06-15' },
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: STS }),
    });
    const answer = await call(scenario.daypass, scope, { service: 'sts', credentials: child });
    const member = (name: string) => new RegExp(`<${name}>([^<]*)`).exec(answer.text)?.[1] ?? '';
    const scoped = {
      accessKeyId: member('AccessKeyId'),
      secretAccessKey: member('SecretAccessKey'),
      sessionToken: member('SessionToken'),
    };
    const [ended, other] = [await tokenOf(scoped), await tokenOf(await assume(alice, 3))];
    expect([await state(scoped), await believed(ended), await feedRevokes(ended)]).toEqual([
      'ok',
      true,
      false,
    ]);
    await revoke({ SessionId: await idOf(root) });
    expect([await state(scoped), await believed(ended), await feedRevokes(ended)]).toEqual([
      'ExpiredToken',
      false,
      true,
    ]);
    expect([await believed(other), await feedRevokes(other)]).toEqual([true, false]);
    expect(claimsOf(ended).chain).toHaveLength(2);
    expect(claimsOf(other).chain).toBeUndefined();
  });

  test('what an outside login or a running instance began', async () => {
    const { body } = await exchange(scenario.daypass, {
      subject_token: await scenario.idToken(),
      resource: scenario.roleArn,
      requested_token_type: 'urn:daypass:token-type:aws-credentials',
    });
    const login = {
      accessKeyId: String(body.access_key_id),
      secretAccessKey: String(body.secret_access_key),
      sessionToken: String(body.session_token),
    };
    await nextSecond();
    const below = await assume(await assume(login, 1), 2);
    await revoke({ Provider: scenario.providerArn, Subject: 'mallory' });
    expect(await state(below)).toBe('ok');
    await revoke({ Provider: scenario.providerArn, Subject: 'alice' });
    expect(await states([login, below])).toEqual(['ExpiredToken', 'ExpiredToken']);

    await makeProfile(scenario.daypass, 'sensor', { allow: 'sts:*' });
    const key = await deviceKey();
    const [device, lives] = await Promise.all([instanceWith(key), instanceWith(await deviceKey())]);
    const [ofDevice, ofOther] = [await assume(await assume(device, 1), 2), await assume(lives, 1)];
    await revoke({ SessionId: await idOf(device) });
    expect(await states([device, ofDevice, ofOther])).toEqual(['ExpiredToken', 'ExpiredToken', 'ok']);
  });

  test('fifty of what was chained from it, and fifty more that race with it', async () => {
    const [root, other] = [await assume(alice, 1), await assume(alice, 1)];
    const id = await idOf(root);
    const before = await Promise.all(Array.from({ length: 50 }, () => assume(root, 2)));
    const racing = Array.from({ length: 50 }, () => assume(root, 2).catch(() => null));
    await Promise.all([revoke({ SessionId: id }), ...racing]);
    const begun = [...before, ...(await Promise.all(racing)).filter((each) => each !== null)];
    expect(await states(begun)).toEqual(begun.map(() => 'ExpiredToken'));
    expect(await state(await assume(other, 2))).toBe('ok');
    await expect(assume(root, 2)).rejects.toMatchObject({ name: 'ExpiredToken' });
  });
});

async function instanceWith(key: Awaited<ReturnType<typeof deviceKey>>): Promise<Temporary> {
  const { daypass } = scenario;
  const instanceId = await register(daypass, key);
  await associate(daypass, instanceId, 'sensor');
  const proof = await proofOf(daypass, key, { sub: instanceArnOf(daypass, instanceId) });
  const { body } = await askCredentials(daypass, proof);
  return {
    accessKeyId: String(body.AccessKeyId),
    secretAccessKey: String(body.SecretAccessKey),
    sessionToken: String(body.Token),
  };
}

test('a user who is gone is revoked by its id, as its sessions show it; others may not without permission', async () => {
  const carol = await scenario.makeUser('carol', STS);
  const begun = await assume(await assume(carol, 1), 2);
  const carolId = await userIdOf('carol');
  expect((await daypassQuery(scenario.daypass, 'RevokeSessions', { UserId: carolId }, bob)).code).toBe(
    'AccessDenied',
  );
  const iam = scenario.daypass.iam();
  const UserName = 'carol';
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'inline' }));
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: carol.accessKeyId }));
  await iam.send(new DeleteUserCommand({ UserName }));
  expect(await state(begun)).toBe('ok');
  await revoke({ UserId: carolId });
  expect(await state(begun)).toBe('ExpiredToken');
  expect(
    (await daypassQuery(scenario.daypass, 'RevokeSessions', { UserId: await userIdOf('bob') }, bob)).status,
  ).toBe(200);
  await nextSecond();
});

test('a role’s revocation ends what its sessions were chained to, and not who takes the role anew', async () => {
  const first = await assume(alice, 1);
  const inTwo = await assume(first, 2);
  const below = await assume(inTwo, 3);
  await revoke({ RoleName: 'two' });
  expect(await states([first, inTwo, below])).toEqual(['ok', 'ExpiredToken', 'ExpiredToken']);
  await scenario.daypass.advance(6); // past what a stale isolate may still have believed
  const anew = await assume(first, 2);
  expect(await states([anew, await assume(anew, 3)])).toEqual(['ok', 'ok']);
});

test('a source identity set on the way ends with what bears it, and an older session without it does not matter', async () => {
  const shared = await assume(alice, 1);
  const [anna, bert] = [
    await assume(shared, 2, { SourceIdentity: 'anna' }),
    await assume(shared, 2, { SourceIdentity: 'bert' }),
  ];
  const below = await assume(anna, 3);
  await revoke({ SourceIdentity: 'anna' });
  expect(await states([anna, below, bert, shared])).toEqual(['ExpiredToken', 'ExpiredToken', 'ok', 'ok']);
  await scenario.daypass.advance(6);
  expect(await state(await assume(shared, 2, { SourceIdentity: 'anna' }))).toBe('ok');
});

test('eight sessions may stand before one; the ninth hop is refused', async () => {
  let session = await assume(alice, 1);
  for (let hop = 1; hop <= 8; hop += 1) session = await assume(session, 1 + (hop % 2));
  expect(session.sessionToken.length).toBeLessThan(1400);
  await expect(assume(session, 1)).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('chained from 8 others'),
  });
  expect(await state(session)).toBe('ok');
});

test('a revocation outlives what it touches: the last session of a chain may have begun just before', async () => {
  const own = credentialsFrom(
    (await scenario.daypass.sts(alice).send(new GetSessionTokenCommand({ DurationSeconds: 129_600 })))
      .Credentials,
  );
  await nextSecond();
  const before = new Date(scenario.daypass.nowSeconds() * 1000).toISOString();
  await scenario.daypass.advance(35.9 * 3600);
  const late = await assume(own, 1);
  await revoke({ UserName: 'alice', IssuedBefore: before });
  await scenario.daypass.advance(600);
  await scenario.daypass.scheduled();
  await scenario.daypass.restart();
  expect(await state(late)).toBe('ExpiredToken');
});

test('the list shows them with their user and what they were chained from', async () => {
  const first = await assume(bob, 1);
  const last = await assume(await assume(first, 2), 3);
  const [firstId, lastId] = [await idOf(first), await idOf(last)];
  const shown = async (id: string) => {
    const { text } = await call(
      scenario.daypass,
      { method: 'GET', target: `/v1/sessions/${id}`, headers: {}, body: '' },
      { service: 'daypass' },
    );
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  };
  await vi.waitFor(async () => expect(await shown(lastId)).toHaveProperty('state', 'active'), {
    timeout: 20_000,
    interval: 100,
  });
  const { chained_from: chain, from_session: parent, user_id: userId } = await shown(lastId);
  expect(chain).toEqual([firstId, parent]);
  expect(userId).toMatch(/^AIDA/);
  const byUser = await daypassQuery(scenario.daypass, 'ListSessions', { UserName: 'bob', RoleName: 'three' });
  expect(byUser.all('SessionId')).toContain(lastId);
  expect(new Set(byUser.all('UserId'))).toEqual(new Set([userId]));
  const described = await daypassQuery(scenario.daypass, 'DescribeSession', { SessionId: lastId });
  expect(described.text).toContain(`<ChainedFrom><member>${firstId}</member><member>${parent}</member>`);
  await revoke({ SessionId: firstId });
  expect(await shown(lastId)).toMatchObject({ state: 'revoked' });
});
