/** Logins at providers that IAM users link to themselves: both proved just now, by the same person in the same browser. */
import {
  CreateLoginProfileCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials, Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { makePerson, type Person } from '../../helpers/oauth-person.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { policy, type Scenario, startScenario } from '../../helpers/scenario.ts';
import {
  type RegisteredIssuer,
  type ScriptedIssuer,
  startScriptedIssuer,
} from '../../helpers/scripted-issuer.ts';

const SESSION = '__Host-daypass-session';
const LINK = '__Host-daypass-link';

let scenario: Scenario;
let daypass: Daypass;
let issuer: ScriptedIssuer;
let provider: RegisteredIssuer;
let anna: Person;
let bob: Person;

beforeAll(async () => {
  [scenario, issuer] = await Promise.all([startScenario(), startScriptedIssuer()]);
  daypass = scenario.daypass;
  provider = await issuer.register(daypass);
  anna = await makePerson(scenario, 'anna', false);
  bob = await makePerson(scenario, 'bob');
});
afterAll(() => Promise.all([scenario.stop(), issuer.stop()]));

const signedIn = async (person: Person): Promise<PageClient> => {
  const { client } = await person.signIn();
  await client.get('/me');
  return client;
};
const saying = (sub: string, over: JWTPayload = {}): JWTPayload => ({
  sub,
  name: `${sub} at work`,
  auth_time: daypass.nowSeconds(),
  ...over,
});
/** Begins, signs in at the provider, and comes back. @returns what the callback answered */
const goThere = async (client: PageClient, claims: JWTPayload) => {
  const page = await client.post('/me/links', { provider: provider.providerId });
  return client.get(issuer.answer(addressOn(page.text), claims));
};
const addressOn = (html: string): string =>
  (/content="0; url=([^"]+)"/.exec(html)?.[1] ?? '').replaceAll('&amp;', '&');
const link = async (client: PageClient, claims: JWTPayload) => {
  await goThere(client, claims);
  await client.get('/me/links/confirm');
  return (await client.post('/me/links/confirm', {})).location;
};
/** Somebody comes to the sign-in page's button for the provider. */
const signInThere = async (claims: JWTPayload, next = 'me') => {
  const client = new PageClient(daypass);
  const { location } = await client.get(`/login/${provider.providerId}?next=${next}`);
  const answer = await client.get(issuer.answer(location, claims));
  return { client, answer };
};
const eventsOf = async (name: string): Promise<string[]> => {
  const query = 'select body from audit_events where event_name = ?1';
  const { results } = await daypass.d1.prepare(query).bind(name).all<{ body: string }>();
  return results.map(({ body }) => body);
};
const linkRows = async () => (await daypass.d1.prepare('select * from identity_links').all()).results;

describe('a login that a user has linked', () => {
  test('is asked for anew, shown before it is linked, and signs the user in', async () => {
    const client = await signedIn(anna);
    const page = await client.post('/me/links', { provider: provider.providerId });
    const { searchParams } = new URL(addressOn(page.text));
    expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0']);
    const back = await client.get(issuer.answer(addressOn(page.text), saying('anna-1')));
    expect([back.status, back.location]).toEqual([303, '/me/links/confirm']);
    const { text } = await client.get('/me/links/confirm');
    expect(text).toContain('anna-1 at work');
    expect(await linkRows()).toEqual([]);
    expect((await client.post('/me/links/confirm', {})).location).toBe('/me?done=linked');
    expect(client.cookies.has(LINK)).toBe(false);
    expect((await client.get('/me?done=linked')).text).toContain('anna-1 at work');

    const { client: visitor, answer } = await signInThere(saying('anna-1'), 'roles');
    expect([answer.status, answer.location]).toEqual([303, '/me/roles']);
    const me = await visitor.get('/me');
    expect(me.text).toContain(`arn:aws:iam::${daypass.bootstrap.accountId}:user/anna`);
    const [linked] = await eventsOf('LinkIdentity');
    expect(linked).toContain('"subject":"anna-1"');
    const logins = await eventsOf('ConsoleLogin');
    expect(logins.at(-1)).toContain(JSON.stringify({ provider: provider.arn, subject: 'anna-1' }));
  });

  test('is one subject of one provider: nobody else comes through it, whatever their e-mail', async () => {
    for (const sub of ['anna-2', 'anna-1 ', 'ANNA-1', 'anna']) {
      const { answer, client } = await signInThere(
        saying(sub, { email: 'anna@example.com', email_verified: true }),
      );
      expect([sub, answer.status, client.cookies.has(SESSION)]).toEqual([sub, 403, false]);
    }
  });

  test('needs the second factor of a user who has one', async () => {
    const client = await signedIn(bob);
    expect(await link(client, saying('bob-1'))).toBe('/me?done=linked');
    const { client: visitor, answer } = await signInThere(saying('bob-1', { amr: ['mfa'] }));
    expect([answer.status, answer.location]).toEqual([303, '/mfa']);
    expect(visitor.cookies.has(SESSION)).toBe(false);
    expect((await visitor.get('/me')).location).toBe('/login?next=me');
    await visitor.get('/mfa');
    expect((await visitor.post('/mfa/code', { code: '000000' })).status).toBe(400);
    expect(visitor.cookies.has(SESSION)).toBe(false);
  });

  test('is linked once, to one user', async () => {
    const [first, second] = [await signedIn(anna), await signedIn(bob)];
    await goThere(first, saying('shared'));
    await goThere(second, saying('shared'));
    for (const client of [first, second]) await client.get('/me/links/confirm');
    const both = await Promise.all([first, second].map((client) => client.post('/me/links/confirm', {})));
    expect(both.map(({ location }) => location).sort()).toEqual(['/me?done=link-taken', '/me?done=linked']);
  });

  test('is taken away by its user, and signs nobody in any more', async () => {
    const client = await signedIn(anna);
    await link(client, saying('anna-3'));
    await client.get('/me');
    const form = { provider: provider.providerId, subject: 'anna-3' };
    const other = await signedIn(bob);
    expect((await other.post('/me/links/remove', form)).status).toBe(404);
    expect((await client.post('/me/links/remove', form)).location).toBe('/me?done=unlinked');
    expect((await signInThere(saying('anna-3'))).answer.status).toBe(403);
    expect((await client.post('/me/links/remove', form)).status).toBe(404);
  });
});

describe('what is not linked', () => {
  test.each<[string, (nowSeconds: number) => JWTPayload]>([
    ['of a session that the provider still had', (now) => ({ auth_time: now - 120 })],
    ['that does not say when', () => ({ auth_time: undefined })],
  ])('a login %s', async (_name, over) => {
    const client = await signedIn(anna);
    const answer = await goThere(client, saying('stale', over(daypass.nowSeconds())));
    expect([answer.status, client.cookies.has(LINK)]).toEqual([403, false]);
  });

  test('a login that came back to another session, or to nobody', async () => {
    const [annas, bobs] = [await signedIn(anna), await signedIn(bob)];
    await goThere(annas, saying('planted'));
    const planted = annas.cookies.get(LINK) ?? '';
    const again = await signedIn(anna);
    for (const client of [bobs, again]) {
      client.cookies.set(LINK, planted);
      expect((await client.get('/me/links/confirm')).location).toBe('/me?done=link-gone');
      client.cookies.set(LINK, planted);
      await client.get('/me');
      expect((await client.post('/me/links/confirm', {})).location).toBe('/me?done=link-gone');
    }
    const nobody = new PageClient(daypass);
    nobody.cookies.set(LINK, planted);
    expect((await nobody.get('/me/links/confirm')).location).toBe('/login?next=me');
    expect(JSON.stringify(await linkRows())).not.toContain('planted');
  });

  test('a login whose form another site sends, or that has waited too long', async () => {
    const client = await signedIn(anna);
    await goThere(client, saying('late'));
    await client.get('/me/links/confirm');
    const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    expect((await client.post('/me/links/confirm', {}, foreign)).status).toBe(403);
    expect((await client.post('/me/links/confirm', { csrf: 'x' })).status).toBe(403);
    expect((await client.post('/me/links', { provider: provider.providerId }, foreign)).status).toBe(403);
    await daypass.advance(301);
    expect((await client.post('/me/links/confirm', {})).location).toBe('/me/confirm');
    expect(JSON.stringify(await linkRows())).not.toContain('late');
  });

  test('a login of a person who has not confirmed just now who they are', async () => {
    const client = await signedIn(anna);
    await daypass.advance(301);
    await client.get('/me');
    expect((await client.post('/me/links', { provider: provider.providerId })).location).toBe('/me/confirm');
  });

  test('a login at a provider that is none of the account’s', async () => {
    const client = await signedIn(anna);
    for (const id of ['', 'op', '__proto__', `op999988887777${'a'.repeat(24)}`, `SAMLSP${'A'.repeat(24)}`]) {
      expect((await client.post('/me/links', { provider: id })).status).toBe(404);
    }
  });

  test('a login that a policy denies', async () => {
    const carol = await makePerson(scenario, 'carol', false);
    const PolicyDocument = policy({ Effect: 'Deny', Action: 'daypass:LinkIdentity', Resource: '*' });
    await daypass
      .iam()
      .send(new PutUserPolicyCommand({ UserName: 'carol', PolicyName: 'no', PolicyDocument }));
    const client = await signedIn(carol);
    expect((await client.post('/me/links', { provider: provider.providerId })).status).toBe(403);
  });

  test('an eleventh', async () => {
    const client = await signedIn(await makePerson(scenario, 'dora', false));
    for (let at = 0; at < 10; at += 1) {
      expect(await link(client, saying(`dora-${at}`))).toBe('/me?done=linked');
    }
    await goThere(client, saying('dora-10'));
    await client.get('/me/links/confirm');
    expect((await client.post('/me/links/confirm', {})).status).toBe(409);
  });
});

describe('an administrator', () => {
  const list = (UserName: string, credentials: Credentials = daypass.bootstrap.admin) =>
    daypassQuery(daypass, 'ListIdentityLinks', { UserName }, credentials);

  test('lists a user’s links and deletes them', async () => {
    await link(await signedIn(anna), saying('anna-9'));
    const listed = await list('anna');
    expect(listed.all('Subject')).toContain('anna-9');
    expect(new Set(listed.all('ProviderArn'))).toEqual(new Set([provider.arn]));
    const named = { UserName: 'anna', ProviderId: provider.providerId, Subject: 'anna-9' };
    expect((await daypassQuery(daypass, 'DeleteIdentityLink', { ...named, UserName: 'bob' })).code).toBe(
      'NoSuchEntity',
    );
    expect((await daypassQuery(daypass, 'DeleteIdentityLink', named)).code).toBeNull();
    expect((await signInThere(saying('anna-9'))).answer.status).toBe(403);
    expect((await list('nobody')).code).toBe('NoSuchEntity');
  });

  test('is somebody who may', async () => {
    const clerk = await scenario.makeUser(
      'clerk',
      {
        Effect: 'Allow',
        Action: 'daypass:*IdentityLink*',
        Resource: '*',
      },
      {
        Effect: 'Deny',
        Action: 'daypass:*',
        Resource: `arn:aws:iam::${daypass.bootstrap.accountId}:user/anna`,
      },
    );
    expect((await list('anna', clerk)).code).toBe('AccessDenied');
    expect((await list('bob', clerk)).all('Subject')).toContain('bob-1');
    const named = { UserName: 'anna', ProviderId: provider.providerId, Subject: 'anna-1' };
    expect((await daypassQuery(daypass, 'DeleteIdentityLink', named, clerk)).code).toBe('AccessDenied');
  });
});

test('what revokes an outside login ends the sessions that it began as a user, and what came of them; others of the user go on', async () => {
  const gil = await makePerson(scenario, 'gil', false);
  const byPassword = await signedIn(gil);
  await link(byPassword, saying('gil-1'));
  const { client: throughIt } = await signInThere(saying('gil-1'));
  const stateOf = async (client: PageClient) => (await client.get('/me')).status;
  await throughIt.get('/me/cli');
  const text = (await throughIt.post('/me/cli', { duration: '900' })).text.replaceAll('&#x2F;', '/');
  const exported = (name: string) => new RegExp(`${name}=([^\\s<]+)`).exec(text)?.[1] ?? '';
  const own = {
    accessKeyId: exported('AWS_ACCESS_KEY_ID'),
    secretAccessKey: exported('AWS_SECRET_ACCESS_KEY'),
    sessionToken: exported('AWS_SESSION_TOKEN'),
  };
  const whoAmI = () => daypass.sts(own).send(new GetCallerIdentityCommand({}));
  expect((await whoAmI()).Arn).toMatch(/user\/gil$/);
  expect([await stateOf(byPassword), await stateOf(throughIt)]).toEqual([200, 200]);
  const login = { Provider: provider.arn, Subject: 'gil-1' };
  expect((await daypassQuery(daypass, 'RevokeSessions', { ...login, Subject: 'gil-2' })).status).toBe(200);
  expect(await stateOf(throughIt)).toBe(200);
  expect((await daypassQuery(daypass, 'RevokeSessions', login)).status).toBe(200);
  expect([await stateOf(byPassword), await stateOf(throughIt)]).toEqual([200, 303]);
  await expect(whoAmI()).rejects.toMatchObject({ name: 'ExpiredToken' });
});

test('a user whose console access was taken away does not come in by a linked login, until it is given again', async () => {
  const fay = await makePerson(scenario, 'fay', false);
  await link(await signedIn(fay), saying('fay-1'));
  const iam = daypass.iam();
  const UserName = 'fay';
  await iam.send(new DeleteLoginProfileCommand({ UserName }));
  const { client, answer } = await signInThere(saying('fay-1'));
  expect([answer.status, client.cookies.has(SESSION)]).toEqual([403, false]);
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'nine loud herons above the mill' }));
  expect((await signInThere(saying('fay-1'))).answer.location).toBe('/me');
});

test('a user’s links go with the user: one of the same name inherits none', async () => {
  const eve = await makePerson(scenario, 'eve', false);
  await link(await signedIn(eve), saying('eve-1'));
  const iam = daypass.iam();
  const UserName = 'eve';
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  for (const { AccessKeyId } of AccessKeyMetadata)
    await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
  await iam.send(new DeleteLoginProfileCommand({ UserName }));
  await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'inline' }));
  await iam.send(new DeleteUserCommand({ UserName }));
  await makePerson(scenario, 'eve', false);
  expect((await signInThere(saying('eve-1'))).answer.status).toBe(403);
  expect((await daypassQuery(daypass, 'ListIdentityLinks', { UserName })).all('Subject')).toEqual([]);
});

test('a disabled user is not let in by a linked login', async () => {
  const fred = await makePerson(scenario, 'fred', false);
  await link(await signedIn(fred), saying('fred-1'));
  const set = (at: number | null) =>
    daypass.d1.prepare("update users set disabled_at_seconds = ?1 where name = 'fred'").bind(at).run();
  await set(daypass.nowSeconds());
  const { answer, client } = await signInThere(saying('fred-1'));
  expect([answer.status, client.cookies.has(SESSION)]).toEqual([403, false]);
  await set(null);
  expect((await signInThere(saying('fred-1'))).answer.status).toBe(303);
});
