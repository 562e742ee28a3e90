/** Who is asked, and when: OpenID Connect Core section 3.1.2, RFC 8252 section 8.6, RFC 9700 section 4.16. */
import {
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Application, askFor, letIn, redeemCode, toldTo } from '../../helpers/authorization.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { mayDo } from '../../helpers/oauth-login.ts';
import {
  makePerson,
  makeRoleFor,
  type Person,
  postForm,
  registerClient,
} from '../../helpers/oauth-person.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { policy, type Scenario, startScenario } from '../../helpers/scenario.ts';

const TICKED = { remember: 'yes' };
const REDIRECT = 'https://app.example/cb';

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let role: string;
let browser: PageClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'wanda', false);
  role = await makeRoleFor(scenario, 'wanda', 'web');
  for (const Scope of ['read', 'write']) {
    const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
    expect((await daypassQuery(daypass, 'RegisterScope', { Scope, PolicyDocument })).status).toBe(200);
  }
});
afterAll(() => scenario.stop());

type Fields = Readonly<Record<string, string>>;

/** An application that nobody has let in yet. */
const register = async (more: Fields = {}, redirectUri = REDIRECT): Promise<Application> => ({
  clientId: await registerClient(daypass, 'authorization_code', {
    'RedirectUris.member.1': redirectUri,
    'Scopes.member.1': 'read',
    'Scopes.member.2': 'write',
    'Audiences.member.1': 'https://api.example',
    'Audiences.member.2': 'https://other.example',
    ...more,
  }),
  redirectUri,
});

const removeRole = async (RoleName: string): Promise<void> => {
  const iam = daypass.iam();
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
};

let application: Application;
beforeEach(async () => {
  // Sign-ins grow old while the tests move the clock.
  browser = (await person.signIn()).client;
  application = await register();
});

/** What becomes of a request: the page that asks, a code, or an error. */
async function outcome(over: Fields = {}, by = application, with_ = browser): Promise<string> {
  const answer = await askFor(with_, by, { scope: 'openid read', ...over });
  if (answer.status === 200) return answer.text.includes('Let this application in?') ? 'asked' : answer.text;
  const { code, error, iss } = toldTo(answer);
  if (answer.location?.startsWith('/') === true) return answer.location.replace(/:.*/, '');
  expect(iss).toBe(daypass.url);
  return code === undefined ? String(error) : 'code';
}

const may = (token: unknown) => mayDo(daypass, token, 's3:GetObject');

const agree = (over: Fields = {}, by = application) =>
  letIn(browser, by, role, { scope: 'openid read', ...over }, TICKED);

describe('what a person let an application have is remembered', () => {
  test('the first time they are asked; the same again gives a code at once, of the same role', async () => {
    expect(await outcome()).toBe('asked');
    expect(toldTo(await agree()).code).toBeDefined();
    const answer = await askFor(browser, application, { scope: 'openid read' });
    const tokens = await redeemCode(daypass, application, answer);
    expect(decodeJwt(String(tokens.access_token)).daypass).toMatchObject({
      arn: expect.stringContaining('assumed-role/web/wanda'),
    });
    expect(tokens.scope).toBe('openid read');
  });

  test('the page says so, and /me shows it', async () => {
    expect((await askFor(browser, application, { scope: 'read' })).text).toContain(
      'Do not ask me again for the same',
    );
    await agree();
    const { text } = await browser.get('/me');
    expect(text).toContain('Applications that you let in');
    expect(text).toContain(application.clientId);
    expect(text).toContain(role);
  });

  test('less than before is let too; one scope more is asked for, and then both are remembered', async () => {
    await agree();
    expect(await outcome({ scope: 'read' })).toBe('code');
    expect(await outcome({ scope: 'openid write' })).toBe('asked');
    await agree({ scope: 'write' });
    expect(await outcome({ scope: 'openid read write' })).toBe('code');
  });

  test('another audience is asked for', async () => {
    await agree();
    expect(await outcome({ resource: 'https://other.example' })).toBe('asked');
    expect(await outcome({ resource: 'https://api.example' })).toBe('code');
  });

  test('for that application and that person alone', async () => {
    await agree();
    expect(await outcome({}, await register())).toBe('asked');
    const other = await makePerson(scenario, `other-${daypass.nowSeconds()}`, false);
    const { client } = await other.signIn();
    expect(await outcome({}, application, client)).toBe('asked');
  });

  test('who takes the tick away is asked again', async () => {
    await letIn(browser, application, role, { scope: 'openid read' });
    expect(await outcome()).toBe('asked');
  });

  test('a refusal is not remembered', async () => {
    const page = await askFor(browser, application, { scope: 'read' });
    const request = /name="request" value="([\w-]+)"/.exec(page.text)?.[1] ?? '';
    const refused = await browser.post('/oauth/authorize/decide', { request, role, decision: 'refuse' });
    expect(toldTo(refused).error).toBe('access_denied');
    expect(await outcome()).toBe('asked');
  });

  test('until it is taken back on /me', async () => {
    const { access_token: given } = await redeemCode(daypass, application, await agree());
    const beside = await register();
    const other = await redeemCode(daypass, beside, await agree({}, beside));
    const both = () => Promise.all([given, other.access_token].map((token) => may(token)));
    expect(await both()).toEqual([true, true]);
    await browser.get('/me');
    const forged = await browser.post('/me/applications/remove', { client: application.clientId, csrf: 'x' });
    expect([forged.status, await outcome()]).toEqual([403, 'code']);
    await browser.get('/me');
    const taken = await browser.post('/me/applications/remove', { client: application.clientId });
    expect(taken.location).toBe('/me?done=application-removed');
    expect([await outcome(), await outcome({ prompt: 'none' })]).toEqual(['asked', 'consent_required']);
    // What it has been given ends, and not what another application has.
    expect(await both()).toEqual([false, true]);
    await daypass.advance(1);
    const anew = await redeemCode(daypass, application, await agree());
    expect(await may(anew.access_token)).toBe(true);
  });

  test('for a year', async () => {
    await agree();
    await daypass.advance(366 * 86_400);
    browser = (await person.signIn()).client;
    expect(await outcome()).toBe('asked');
  });

  test('not past the role: taken from the person, or made anew under the same name', async () => {
    await makeRoleFor(scenario, 'wanda', 'passing');
    const passing = role.replace(/web$/, 'passing');
    await letIn(browser, application, passing, { scope: 'openid read' }, TICKED);
    expect(await outcome()).toBe('code');
    await removeRole('passing');
    expect(await outcome({ prompt: 'none' })).toBe('consent_required');
    await makeRoleFor(scenario, 'wanda', 'passing');
    expect(await outcome()).toBe('asked');
    await removeRole('passing');
  });

  test('the trail tells which codes nobody was asked about', async () => {
    await agree();
    await outcome();
    const { results } = await daypass.d1
      .prepare(`SELECT body FROM audit_events WHERE event_name = 'AuthorizeClient'`)
      .all<{ body: string }>();
    const told = results.map(({ body }) => JSON.parse(body).requestParameters);
    const mine = told.filter(({ clientId }) => clientId === application.clientId);
    expect(mine.map(({ unasked }) => unasked)).toEqual([undefined, 'remembered']);
  });
});

describe('who is asked each time', () => {
  test.each([
    ['a program on a loopback port', 'http://127.0.0.1/cb'],
    ['a program with a scheme of its own', 'com.example.app:/cb'],
  ])('a public client that any program can pose as: %s', async (_what, redirectUri) => {
    const native = await register({}, redirectUri);
    const page = await askFor(browser, native, { scope: 'read' });
    expect(page.text).not.toContain('Do not ask me again for the same');
    await agree({}, native);
    expect(await outcome({}, native)).toBe('asked');
    expect(await outcome({ prompt: 'none' }, native)).toBe('consent_required');
  });

  test('one that proves itself may have such an address', async () => {
    const confidential = await register(
      { TokenEndpointAuthMethod: 'client_secret_post' },
      'http://127.0.0.1/cb',
    );
    await agree({}, confidential);
    expect(await outcome({}, confidential)).toBe('code');
  });

  test('who asks for it: prompt=consent', async () => {
    await agree();
    expect(await outcome({ prompt: 'consent' })).toBe('asked');
  });

  test('who wants to act while the person is away', async () => {
    const refreshing = await register({ 'GrantTypes.member.2': 'refresh_token' });
    await agree({ scope: 'openid read offline_access' }, refreshing);
    expect(await outcome({}, refreshing)).toBe('code');
    expect(await outcome({ scope: 'openid read offline_access' }, refreshing)).toBe('asked');
  });

  test('everybody, in an account that goes by PCI DSS', async () => {
    await agree();
    const set = (SecurityPreset: string) =>
      daypassQuery(daypass, 'UpdateAccountSecurityPreset', { SecurityPreset });
    expect((await set('PCI')).status).toBe(200);
    expect(await outcome()).toBe('asked');
    expect((await set('NIST')).status).toBe(200);
    expect(await outcome()).toBe('code');
  });
});

describe('first-party clients: the account’s own need not ask', () => {
  test('where the person has one role to give, it is that one', async () => {
    const own = await register({ FirstParty: 'true' });
    expect(await outcome({}, own)).toBe('code');
    expect(await outcome({ prompt: 'none' }, own)).toBe('code');
    expect(await outcome({ prompt: 'consent' }, own)).toBe('asked');
  });

  test('where there are several, the person chooses once', async () => {
    const own = await register({ FirstParty: 'true' });
    const second = await makeRoleFor(scenario, 'wanda', 'second');
    try {
      expect(await outcome({}, own)).toBe('asked');
      expect(await outcome({ prompt: 'none' }, own)).toBe('interaction_required');
      await letIn(browser, own, second, { scope: 'openid read' }, TICKED);
      const tokens = await redeemCode(daypass, own, await askFor(browser, own, { scope: 'write' }));
      expect(decodeJwt(String(tokens.access_token)).daypass).toMatchObject({
        arn: expect.stringContaining('assumed-role/second/'),
      });
    } finally {
      await removeRole('second');
    }
  });

  test('no program that another can pose as is one', async () => {
    const refused = await daypassQuery(daypass, 'RegisterClient', {
      ClientName: 'Native',
      TokenEndpointAuthMethod: 'none',
      'GrantTypes.member.1': 'authorization_code',
      'RedirectUris.member.1': 'http://127.0.0.1/cb',
      FirstParty: 'true',
    });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('is always asked about')]);
  });

  test('a client that is both asks where its answer could be caught', async () => {
    const own = await register({ FirstParty: 'true', 'RedirectUris.member.2': 'http://127.0.0.1/cb' });
    expect(await outcome({ redirect_uri: 'http://127.0.0.1/cb' }, own)).toBe('asked');
  });
});

describe('prompt=none answers exactly why it cannot', () => {
  test('nobody is signed in: login_required', async () => {
    expect(await outcome({ prompt: 'none' }, application, new PageClient(daypass))).toBe('login_required');
  });

  test('never let in: consent_required; let in: a code', async () => {
    expect(await outcome({ prompt: 'none' })).toBe('consent_required');
    await agree();
    expect(await outcome({ prompt: 'none' })).toBe('code');
  });

  test('the sign-in is too old, or has too few factors: login_required', async () => {
    await agree();
    await daypass.advance(60);
    expect(await outcome({ prompt: 'none', max_age: '30' })).toBe('login_required');
    expect(await outcome({ prompt: 'none', acr_values: 'urn:daypass:acr:mfa' })).toBe('login_required');
    expect(await outcome({ prompt: 'none', max_age: '300' })).toBe('code');
  });

  test('with another prompt beside it: invalid_request', async () => {
    expect(await outcome({ prompt: 'none login' })).toBe('invalid_request');
  });

  test('a pushed request asks nobody either', async () => {
    await agree();
    const { body } = await postForm(daypass, '/oauth/par', {
      client_id: application.clientId,
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid read',
      prompt: 'none',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    const query = new URLSearchParams({
      client_id: application.clientId,
      request_uri: String(body.request_uri),
    });
    expect(toldTo(await browser.get(`/oauth/authorize?${query.toString()}`)).code).toBeDefined();
  });
});

describe('prompt and login_hint on the way in', () => {
  test('select_account signs in again, though somebody is signed in and has let it in', async () => {
    await agree();
    await daypass.advance(5);
    expect(await outcome({ prompt: 'select_account' })).toBe('/login?next=oauth');
  });

  test('login asks who they are, though they have let it in', async () => {
    await agree();
    await daypass.advance(5);
    expect(await outcome({ prompt: 'login' })).toBe('/me/confirm?next=oauth');
  });

  test.each([
    ['wanda@example.com', 'wanda@example.com'],
    ['wanda', 'wanda'],
    ['"><script>', ''],
    ['x'.repeat(65), ''],
  ])('login_hint %s fills the form in with %s, and nothing else', async (hint, shown) => {
    const visitor = new PageClient(daypass);
    const sent = await askFor(visitor, application, { login_hint: hint, scope: 'read' });
    const { text } = await visitor.get(sent.location ?? '');
    const filledIn = (name: string) =>
      /value="([^"]*)"/.exec(
        text.split('<input ').find((input) => input.includes(`name="${name}"`)) ?? '',
      )?.[1];
    expect([filledIn('username'), filledIn('account')]).toEqual([shown, daypass.bootstrap.accountId]);
    expect(text).not.toContain('<script>');
    // Whoever signs in is who they prove to be.
    const own = await askFor(browser, application, { login_hint: 'somebody-else', scope: 'read' });
    expect(own.text).toContain('wanda');
  });
});

describe('what is remembered goes', () => {
  const count = async (clientId: string) => {
    const row = await daypass.d1
      .prepare('SELECT count(*) AS rows FROM consents WHERE client_id = ?')
      .bind(clientId)
      .first<{ rows: number }>();
    return row?.rows;
  };

  test('with the application', async () => {
    await agree();
    expect(await count(application.clientId)).toBe(1);
    await daypassQuery(daypass, 'DeleteClient', { ClientId: application.clientId });
    expect(await count(application.clientId)).toBe(0);
  });

  test('when the application is changed: it was let as it was', async () => {
    await agree();
    const changed = {
      ClientId: application.clientId,
      ClientName: 'Reports on TV',
      TokenEndpointAuthMethod: 'none',
    };
    const updated = await daypassQuery(daypass, 'UpdateClient', {
      ...changed,
      'GrantTypes.member.1': 'authorization_code',
      'RedirectUris.member.1': REDIRECT,
    });
    expect([updated.status, await count(application.clientId)]).toEqual([200, 0]);
    expect(await outcome({ scope: 'openid' })).toBe('asked');
  });

  test('with the person', async () => {
    const UserName = 'leaving';
    const { client } = await (await makePerson(scenario, UserName, false)).signIn();
    const leavingRole = await makeRoleFor(scenario, UserName, 'leaving');
    await letIn(client, application, leavingRole, { scope: 'openid read' }, TICKED);
    expect(await count(application.clientId)).toBe(1);
    const iam = daypass.iam();
    const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
    for (const { AccessKeyId } of AccessKeyMetadata)
      await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
    await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: 'inline' }));
    await iam.send(new DeleteLoginProfileCommand({ UserName }));
    await iam.send(new DeleteUserCommand({ UserName }));
    expect(await count(application.clientId)).toBe(0);
  });
});
