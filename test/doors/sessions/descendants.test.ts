/** What is revoked takes with it all that was made from it, at every door, and nothing beside. @see RFC 7009 section 2.1 */
import { DeleteRoleCommand, DeleteRolePolicyCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Credentials } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { basicOf, postForm, type RegisteredClient, registerClient } from '../../helpers/oauth-clients.ts';
import {
  ACCESS_TOKEN,
  AWS_CREDENTIALS,
  EXCHANGE,
  type ExchangeWorld,
  ID_TOKEN,
  ORDERS,
  STOCK,
  startExchangeWorld,
} from '../../helpers/oauth-exchange.ts';
import { call, form } from '../../helpers/raw-http.ts';
import { credentialsFrom } from '../../helpers/scenario.ts';
import { postSignedForm } from '../../helpers/signed-form.ts';

type Keys = Required<Credentials>;

let world: ExchangeWorld;
/** Calls the orders API, and has no scopes: its tokens may what the role may. */
let app: RegisteredClient;
let alice: Credentials;
let belowArn: string;
const STS = { Effect: 'Allow', Action: ['sts:*', 's3:*'], Resource: '*' };
const POLICY = JSON.stringify({ Version: '2012-10-17', Statement: STS });

beforeAll(async () => {
  world = await startExchangeWorld();
  alice = await world.makeUser('alice', STS);
  belowArn = await world.makeRole('below', {
    Principal: { AWS: `arn:aws:iam::${world.daypass.bootstrap.accountId}:root` },
    Action: 'sts:AssumeRole',
  });
  await world.allow('below', STS);
  app = await registerClient(world.daypass, {
    ...{ TokenEndpointAuthMethod: 'client_secret_basic', 'GrantTypes.member.1': EXCHANGE },
    'Audiences.member.1': ORDERS,
  });
});
afterAll(() => world.stop());
beforeEach(() => world.daypass.advance(1));

async function appToken(parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  const subject = { subject_token: await world.idToken(), subject_token_type: ID_TOKEN };
  const { body } = await world.ask(app, { ...subject, resource: world.wideArn, ...parameters });
  if (typeof body.access_token !== 'string') throw new Error(JSON.stringify(body));
  return body.access_token;
}

async function tokenFrom(
  subject: string,
  parameters: Readonly<Record<string, string>> = {},
  client: RegisteredClient = app,
): Promise<string> {
  const { body } = await world.ask(client, {
    ...{ subject_token: subject, subject_token_type: ACCESS_TOKEN },
    ...parameters,
  });
  if (typeof body.access_token !== 'string') throw new Error(JSON.stringify(body));
  return body.access_token;
}

async function keysFrom(subject: string): Promise<Keys> {
  const { body } = await world.ask(app, {
    ...{ subject_token: subject, subject_token_type: ACCESS_TOKEN },
    requested_token_type: AWS_CREDENTIALS,
  });
  return {
    accessKeyId: String(body.access_key_id),
    secretAccessKey: String(body.secret_access_key),
    sessionToken: String(body.session_token),
  };
}

async function assume(by: Credentials, RoleArn = belowArn): Promise<Keys> {
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'al' });
  return credentialsFrom((await world.daypass.sts(by).send(command)).Credentials);
}

async function scoped(by: Keys): Promise<Keys> {
  const asked = form({ Action: 'GetScopedCredentials', Version: '2011-06-15', DurationSeconds: '900' });
  const { text } = await call(world.daypass, asked, { service: 'sts', credentials: by });
  const member = (name: string) => new RegExp(`<${name}>([^<]*)`).exec(text)?.[1] ?? '';
  return {
    accessKeyId: member('AccessKeyId'),
    secretAccessKey: member('SecretAccessKey'),
    sessionToken: member('SessionToken'),
  };
}

/** The keys as an access token, in a request that they sign. */
async function tokenOf(keys: Keys): Promise<string> {
  const fields = {
    ...{ grant_type: EXCHANGE, subject_token: keys.sessionToken },
    subject_token_type: 'urn:daypass:token-type:aws-session',
  };
  const answer = await postSignedForm(world.daypass, fields, { path: '/oauth/token', credentials: keys });
  const body = (await answer.json()) as Readonly<Record<string, unknown>>;
  return typeof body.access_token === 'string' ? body.access_token : `refused: ${String(body.error)}`;
}

/** A token, everything that can be made from it, and everything that can be made from that. */
interface Tree {
  readonly token: string;
  readonly narrowed: string;
  readonly keys: Keys;
  readonly keysOfNarrowed: Keys;
  readonly scoped: Keys;
  readonly chained: Keys;
  readonly further: Keys;
  readonly tokenOfKeys: string;
  readonly tokenOfFurther: string;
}

async function treeOf(token: string): Promise<Tree> {
  const narrowed = await tokenFrom(token, { policy: POLICY });
  const keys = await keysFrom(token);
  const further = await assume(await assume(keys));
  return {
    ...{ token, narrowed, keys, further },
    keysOfNarrowed: await keysFrom(narrowed),
    scoped: await scoped(keys),
    chained: await assume(keys),
    tokenOfKeys: await tokenOf(keys),
    tokenOfFurther: await tokenOf(further),
  };
}

/** A token of the application for Daypass, and two that were made from it. */
async function family() {
  const root = await appToken({ audience: world.daypass.url });
  const [ended, sibling] = [await treeOf(await tokenFrom(root)), await treeOf(await tokenFrom(root))];
  return { root, ended, sibling };
}

/** `live`, `dead`, or what each door says where they disagree. */
async function stateOf(one: string | Keys): Promise<string> {
  const said = typeof one === 'string' ? await saidOfToken(one) : await saidOfKeys(one);
  const [first = '', ...others] = [...new Set(said)];
  return others.length === 0 ? first : said.join(' ');
}

const word = (lives: boolean): string => (lives ? 'live' : 'dead');

async function saidOfToken(token: string): Promise<readonly string[]> {
  const believed = word((await world.may(token, 's3:GetObject')) === true);
  const offline = word(!(await feedRevokes(token)));
  if (decodeJwt(token).client_id !== app.clientId) return [believed, offline];
  const inspected = await postForm(world.daypass, '/oauth/introspect', { token }, basicOf(app));
  const exchanged = await world.ask(app, { subject_token: token, subject_token_type: ACCESS_TOKEN });
  return [believed, offline, word(inspected.body.active === true), word(exchanged.status === 200)];
}

async function saidOfKeys(keys: Keys): Promise<readonly string[]> {
  const signed = await world.daypass
    .sts(keys)
    .send(new GetCallerIdentityCommand({}))
    .then(() => 'live')
    .catch((error: Error) => (error.name === 'ExpiredToken' ? 'dead' : error.name));
  const body = JSON.stringify({
    subject: { type: 'session_token', id: keys.sessionToken },
    action: { name: 's3:GetObject' },
    resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
  });
  const request = { method: 'POST', target: '/access/v1/evaluation', headers: {}, body };
  const evaluated = await call(world.daypass, request, { service: 'daypass' });
  const exchanged = await tokenOf(keys);
  return [
    signed,
    word(JSON.parse(evaluated.text).decision === true),
    word(!exchanged.startsWith('refused: ')),
  ];
}

async function statesOf<Name extends string>(
  tree: Readonly<Record<Name, string | Keys>>,
): Promise<Readonly<Record<Name, string>>> {
  const entries: [string, string][] = [];
  for (const [name, one] of Object.entries<string | Keys>(tree)) entries.push([name, await stateOf(one)]);
  return Object.fromEntries(entries) as Record<Name, string>; // the same names
}

const all = (state: 'live' | 'dead') => ({
  ...{ token: state, narrowed: state, keys: state, keysOfNarrowed: state, scoped: state },
  ...{ chained: state, further: state, tokenOfKeys: state, tokenOfFurther: state },
});

interface FeedLink {
  readonly session?: string;
  readonly jti?: string | undefined;
  readonly made_from?: readonly string[];
  readonly marks?: readonly string[];
  readonly issued_at?: number;
  readonly chain?: readonly FeedLink[];
}

/** As docs/sessions.md shows it. */
async function feedRevokes(jwt: string): Promise<boolean> {
  const text = await (await world.daypass.fetch('/.well-known/daypass-revocations')).text();
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', world.daypass.url));
  const { payload: feed } = await jwtVerify(text, keys, {
    typ: 'daypass-revocations+jwt',
    currentDate: new Date(world.daypass.nowSeconds() * 1000),
  });
  const { jti, iat = 0, daypass } = decodeJwt(jwt);
  const own = daypass as FeedLink; // as docs/sessions.md has it
  const links: readonly FeedLink[] = [{ issued_at: iat, ...own, jti }, ...(own.chain ?? [])];
  const entries = feed.revocations as readonly {
    readonly session?: string;
    readonly token?: string;
    readonly marks?: readonly string[];
    readonly issued_until?: number;
  }[];
  return links.some((link) =>
    entries.some(
      (entry) =>
        (entry.session === undefined || entry.session === link.session) &&
        (entry.token === undefined || [link.jti, ...(link.made_from ?? [])].includes(entry.token)) &&
        (entry.marks ?? []).every((mark) => link.marks?.includes(mark)) &&
        (entry.issued_until === undefined || (link.issued_at ?? 0) <= entry.issued_until),
    ),
  );
}

async function revoke(parameters: Readonly<Record<string, string>>): Promise<void> {
  const answer = await daypassQuery(world.daypass, 'RevokeSessions', parameters);
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

const giveBack = (token: string, client = app) =>
  postForm(world.daypass, '/oauth/revoke', { token }, basicOf(client));

const jtiOf = (token: string): string => decodeJwt(token).jti ?? '';

describe('an access token ends with all that was made from it, its parent and sibling live on, where', () => {
  test.each([
    ['its client gives it back', (token: string) => giveBack(token)],
    ['an administrator names it', (token: string) => revoke({ JwtId: jtiOf(token) })],
  ] as const)('%s', async (_, end) => {
    const { root, ended, sibling } = await family();
    expect(await statesOf({ ...ended })).toEqual(all('live'));
    await end(ended.token);
    expect(await statesOf({ ...ended })).toEqual(all('dead'));
    expect(await statesOf({ ...sibling })).toEqual(all('live'));
    expect(await stateOf(root)).toBe('live');
  });

  test('another client went on with it, and another again', async () => {
    const [ended, sibling] = [await appToken(), await appToken()];
    const [stock, other] = [
      await tokenFrom(ended, { audience: STOCK }, world.orders),
      await tokenFrom(sibling, { audience: STOCK }, world.orders),
    ];
    const [below, beside] = [
      await tokenFrom(stock, {}, world.orders),
      await tokenFrom(other, {}, world.orders),
    ];
    // Of another client, it is no token to give back.
    await giveBack(ended, world.orders);
    expect([await stateOf(stock), await stateOf(below)]).toEqual(['live', 'live']);
    await giveBack(ended);
    expect([await stateOf(ended), await stateOf(stock), await stateOf(below)]).toEqual(Array(3).fill('dead'));
    expect([await stateOf(sibling), await stateOf(other), await stateOf(beside)]).toEqual(
      Array(3).fill('live'),
    );
    // What an API made of it ends by itself, and what it was made from does not.
    await giveBack(other, world.orders);
    expect([await stateOf(sibling), await stateOf(other), await stateOf(beside)]).toEqual([
      'live',
      'dead',
      'dead',
    ]);
  });
});

test('a token that has ended may still be given back, once: what was made from it lives on', async () => {
  const [ended, sibling] = [
    await appToken({ audience: world.daypass.url }),
    await appToken({ audience: world.daypass.url }),
  ];
  const keys = [await keysFrom(ended), await keysFrom(sibling)] as const;
  await world.daypass.advance(3500);
  const [below, beside] = [await assume(keys[0]), await assume(keys[1])];
  await world.daypass.advance(200);
  expect([await world.may(ended, 's3:GetObject'), await stateOf(below)]).toEqual([false, 'live']);
  const events = async () => {
    const { results } = await world.daypass.d1
      .prepare("select 1 from audit_events where event_name = 'RevokeToken'")
      .all();
    return results.length;
  };
  const before = await events();
  expect((await giveBack(ended)).status).toBe(200);
  expect((await giveBack(ended)).status).toBe(200);
  expect(await events()).toBe(before + 1);
  expect(await statesOf({ below, beside })).toEqual({ below: 'dead', beside: 'live' });
});

describe('an access key ends with all that was made from it', () => {
  test('the token that it came from lives on, with everything else of that', async () => {
    const { ended, sibling } = await family();
    await revoke({ AccessKeyId: ended.keys.accessKeyId });
    const kept = { token: 'live', narrowed: 'live', keysOfNarrowed: 'live' };
    expect(await statesOf({ ...ended })).toEqual({ ...all('dead'), ...kept });
    expect(await statesOf({ ...sibling })).toEqual(all('live'));
  });

  test('scoped-down keys end by themselves, with what they began', async () => {
    const keys = await assume(alice);
    const [narrow, other] = [await scoped(keys), await scoped(keys)];
    const [below, beside] = [await assume(narrow), await assume(other)];
    await revoke({ AccessKeyId: narrow.accessKeyId });
    expect(await statesOf({ keys, narrow, below, other, beside })).toEqual({
      ...{ keys: 'live', narrow: 'dead', below: 'dead', other: 'live', beside: 'live' },
    });
  });

  test('who holds it may end it, and what others hold not', async () => {
    const [keys, other] = [await assume(alice), await assume(alice)];
    const refused = await daypassQuery(
      world.daypass,
      'RevokeSessions',
      { AccessKeyId: other.accessKeyId },
      keys,
    );
    expect([refused.status, refused.code]).toEqual([403, 'AccessDenied']);
    await daypassQuery(world.daypass, 'RevokeSessions', { AccessKeyId: keys.accessKeyId }, keys);
    expect(await statesOf({ keys, other })).toEqual({ keys: 'dead', other: 'live' });
  });
});

describe('a long-term key', () => {
  test('reaches no further where a token would be named by its id', async () => {
    const dora = await world.makeUser('dora', STS);
    const bounds: number[] = [];
    for (const name of ['AccessKeyId', 'JwtId']) {
      const answer = await daypassQuery(world.daypass, 'RevokeSessions', { [name]: dora.accessKeyId }, dora);
      expect([name, answer.status]).toEqual([name, 200]);
      const before = /<IssuedBefore>([^<]+)</.exec(answer.text)?.[1];
      if (before === undefined) throw new Error(`${name} is revoked whenever it was issued: ${answer.text}`);
      bounds.push(Date.parse(before));
    }
    const [byKey = Number.NaN, byToken = Number.NaN] = bounds;
    expect(byToken - byKey).toBeGreaterThanOrEqual(0);
    expect(byToken - byKey).toBeLessThan(30_000); // two requests, one after the other
  });

  test('is not a session: what it began ends where that is said, by however many hops, and it goes on', async () => {
    const bob = await world.makeUser('bob', STS);
    const own = credentialsFrom(
      (await world.daypass.sts(alice).send(new GetSessionTokenCommand({}))).Credentials,
    );
    const direct = await assume(alice);
    const tree = { own, direct, ofOwn: await assume(own), below: await assume(await assume(direct)) };
    const others = { ofBob: await assume(bob), belowBob: await assume(await assume(bob)) };
    const token = await tokenOf(direct);
    expect([await statesOf(tree), await stateOf(token)]).toEqual([
      { own: 'live', direct: 'live', ofOwn: 'live', below: 'live' },
      'live',
    ]);
    const denied = await daypassQuery(
      world.daypass,
      'RevokeSessions',
      { AccessKeyId: alice.accessKeyId },
      bob,
    );
    expect(denied.code).toBe('AccessDenied');
    const answer = await daypassQuery(
      world.daypass,
      'RevokeSessions',
      { AccessKeyId: alice.accessKeyId },
      alice,
    );
    expect(answer.status).toBe(200);
    expect([await statesOf(tree), await stateOf(token)]).toEqual([
      { own: 'dead', direct: 'dead', ofOwn: 'dead', below: 'dead' },
      'dead',
    ]);
    expect(await statesOf(others)).toEqual({ ofBob: 'live', belowBob: 'live' });
    // The list tells it, too, where nothing but the key stands before a session.
    const id = String(Object(decodeJwt(token).daypass).session);
    const request = { method: 'GET', target: `/v1/sessions/${id}`, headers: {}, body: '' };
    const shown = async () =>
      JSON.parse((await call(world.daypass, request, { service: 'daypass' })).text) as unknown;
    await vi.waitFor(async () => expect(await shown()).toMatchObject({ state: 'revoked' }), {
      ...{ timeout: 30_000, interval: 100 },
    });
    expect(await shown()).not.toHaveProperty('chained_from');
    // An isolate that has not heard yet that the key is inactive may begin others for the freshness bound.
    await world.daypass.advance(5);
    expect(await stateOf(await assume(alice))).toBe('dead');
    await world.daypass.advance(56);
    expect(await stateOf(await assume(alice))).toBe('live');
  });
});

test('a role that is gone: what was chained from its sessions lives on, as in AWS, until its id is revoked', async () => {
  const Principal = { AWS: `arn:aws:iam::${world.daypass.bootstrap.accountId}:root` };
  const goneArn = await world.makeRole('gone', { Principal, Action: 'sts:AssumeRole' });
  await world.allow('gone', STS);
  const [gone, beside] = [await assume(alice, goneArn), await assume(await assume(alice))];
  const below = await assume(gone);
  const iam = world.daypass.iam();
  const RoleName = 'gone';
  const RoleId = (await iam.send(new GetRoleCommand({ RoleName }))).Role?.RoleId ?? '';
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  expect(await stateOf(gone)).toBe('InvalidClientTokenId dead dead');
  expect(await stateOf(below)).toBe('live');
  await revoke({ RoleId });
  expect(await statesOf({ below, beside })).toEqual({ below: 'dead', beside: 'live' });
});

describe('a client ends with all that it was given and that was made from it, where', () => {
  test.each([
    ['it is deleted', (ClientId: string) => daypassQuery(world.daypass, 'DeleteClient', { ClientId })],
    ['it is named', (ClientId: string) => daypassQuery(world.daypass, 'RevokeSessions', { ClientId })],
  ] as const)('%s', async (_, end) => {
    const client = await registerClient(world.daypass, {
      ...{ TokenEndpointAuthMethod: 'client_secret_basic', 'GrantTypes.member.1': EXCHANGE },
      ...{ 'ServedAudiences.member.1': ORDERS, 'Audiences.member.1': STOCK },
    });
    const login = { subject_token: await world.idToken(), subject_token_type: ID_TOKEN };
    const asked = { ...login, resource: world.wideArn };
    const { body } = await world.ask(client, { ...asked, audience: world.daypass.url });
    const token = String(body.access_token);
    const issued = await world.ask(client, { ...asked, requested_token_type: AWS_CREDENTIALS });
    const direct = {
      accessKeyId: String(issued.body.access_key_id),
      secretAccessKey: String(issued.body.secret_access_key),
      sessionToken: String(issued.body.session_token),
    };
    // What it was shown is its client's; what it made of that is its own.
    const shown = await appToken();
    const made = await tokenFrom(shown, { audience: STOCK }, client);
    const { root } = await family();
    const tree = { token, direct, below: await assume(direct), tokenOfKeys: await tokenOf(direct), made };
    expect(await statesOf(tree)).toEqual(Object.fromEntries(Object.keys(tree).map((name) => [name, 'live'])));
    expect((await end(client.clientId)).status).toBe(200);
    expect(await statesOf(tree)).toEqual(Object.fromEntries(Object.keys(tree).map((name) => [name, 'dead'])));
    expect(await statesOf({ shown, root })).toEqual({ shown: 'live', root: 'live' });
  });
});

test('fifty things that are made from a token while it is given back are dead as well', async () => {
  const { root } = await family();
  const [ended, sibling] = [await tokenFrom(root), await tokenFrom(root)];
  const making = Array.from({ length: 50 }, (_, index) =>
    (index % 2 === 0 ? tokenFrom(ended) : keysFrom(ended).then(assume)).catch(() => null),
  );
  await Promise.all([giveBack(ended), ...making]);
  const made = (await Promise.all(making)).filter((each) => each !== null);
  for (const one of made) expect(await stateOf(one)).toBe('dead');
  expect(await stateOf(sibling)).toBe('live');
});

test('whatever a client is given at the moment when it is deleted is dead as well', async () => {
  const client = await registerClient(world.daypass, {
    ...{ TokenEndpointAuthMethod: 'client_secret_basic', 'GrantTypes.member.1': EXCHANGE },
  });
  const login = { subject_token: await world.idToken(), subject_token_type: ID_TOKEN };
  const getKeys = async (by: RegisteredClient): Promise<Keys | null> => {
    const asked = { ...login, resource: world.wideArn, requested_token_type: AWS_CREDENTIALS };
    const { status, body } = await world.ask(by, asked);
    if (status !== 200) return null;
    return {
      accessKeyId: String(body.access_key_id),
      secretAccessKey: String(body.secret_access_key),
      sessionToken: String(body.session_token),
    };
  };
  const asking = Array.from({ length: 50 }, () => getKeys(client));
  const deleted = await daypassQuery(world.daypass, 'DeleteClient', { ClientId: client.clientId });
  const given = (await Promise.all(asking)).filter((keys) => keys !== null);
  expect(deleted.status).toBe(200);
  for (const keys of given) expect(await stateOf(keys)).toBe('dead');
  expect(await getKeys(client)).toBeNull();
  const other = await getKeys(app);
  expect(other === null ? 'none' : await stateOf(other)).toBe('live');
});

test('what was made from sixteen others makes nothing more', async () => {
  let token = await appToken({ audience: world.daypass.url });
  for (let made = 0; made < 15; made += 1) token = await tokenFrom(token);
  const { status, body } = await world.ask(app, {
    ...{ subject_token: token, subject_token_type: ACCESS_TOKEN },
  });
  expect([status, body]).toEqual([400, expect.objectContaining({ error: expect.any(String) })]);
  expect(await world.may(token, 's3:GetObject')).toBe(true);
});
