/** What people let clients keep, as an administrator sees it. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Credentials, Daypass } from '../../../helpers/daypass.ts';
import { daypassQuery } from '../../../helpers/daypass-query.ts';
import { postForm, registerClient } from '../../../helpers/oauth-clients.ts';
import { mayDo, REDIRECT, tokensOf } from '../../../helpers/oauth-login.ts';
import { makePerson, makeRoleFor, type Person } from '../../../helpers/oauth-person.ts';
import type { PageClient } from '../../../helpers/page-client.ts';
import { type Scenario, startScenario } from '../../../helpers/scenario.ts';

let scenario: Scenario;
let daypass: Daypass;
let person: Person;
let browser: PageClient;
let role: string;
let clientId: string;
let other: string;
let nobody: Credentials;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  person = await makePerson(scenario, 'gina');
  role = await makeRoleFor(scenario, 'gina', 'web');
  const app = {
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
  };
  ({ clientId } = await registerClient(daypass, app));
  ({ clientId: other } = await registerClient(daypass, app));
  nobody = await scenario.makeUser('nobody');
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

const begin = async (client = clientId) =>
  (await tokensOf(daypass, browser, { clientId: client, role, scope: 'openid offline_access' })).body;
const list = (more: Readonly<Record<string, string>> = {}, by?: Credentials) =>
  daypassQuery(daypass, 'ListClientGrants', { ClientId: clientId, ...more }, by);
const revoke = (GrantId: string, by?: Credentials, client = clientId) =>
  daypassQuery(daypass, 'RevokeClientGrant', { ClientId: client, GrantId }, by);
const refresh = async (token: unknown) =>
  (
    await postForm(daypass, '/oauth/token', {
      ...{ grant_type: 'refresh_token', refresh_token: String(token), client_id: clientId },
    })
  ).status;

describe('ListClientGrants', () => {
  test('tells who let the client keep what, and no token', async () => {
    const { refresh_token: token, access_token: access } = await begin();
    const answer = await list();
    const { sub, daypass: of } = decodeJwt(String(access));
    for (const [element, value] of Object.entries({
      ClientId: clientId,
      PrincipalId: sub,
      Name: 'gina',
      RoleArn: role,
      SessionId: Object(of).session,
      Audience: daypass.url,
    }))
      expect(answer.all(element), element).toEqual([value]);
    expect(answer.all('State')).toEqual(['active']);
    expect(answer.all('GrantId')).toEqual([expect.stringMatching(/^rtf_[\w-]{22}$/)]);
    for (const secret of String(token).split('.').slice(1)) expect(answer.text).not.toContain(secret);
  });

  test('page by page, of one client, of one user', async () => {
    await begin();
    await begin(other);
    const all = (await list()).all('GrantId');
    expect(all.length).toBeGreaterThan(1);
    const first = await list({ MaxResults: '1' });
    const second = await list({ MaxResults: '1', NextToken: first.all('NextToken')[0] ?? '' });
    expect([...first.all('GrantId'), ...second.all('GrantId')]).toEqual(all.slice(0, 2));
    expect((await list({ UserName: 'gina' })).all('GrantId')).toEqual(all);
    expect((await list({ UserName: 'nobody' })).all('GrantId')).toEqual([]);
    expect((await list({ UserName: 'nemo' })).code).toBe('NoSuchEntity');
    expect((await list({ NextToken: 'AAAA' })).code).toBe('ValidationError');
  });

  test('says which of them are revoked already', async () => {
    const before = new Set((await list()).all('GrantId'));
    const { access_token: token } = await begin();
    const { session } = Object(decodeJwt(String(token)).daypass);
    expect((await daypassQuery(daypass, 'RevokeSessions', { SessionId: session })).status).toBe(200);
    const answer = await list();
    const ids = answer.all('GrantId');
    const states = answer.all('State');
    for (const [index, id] of ids.entries())
      expect(states[index], id).toBe(before.has(id) ? 'active' : 'revoked');
    expect(ids).toHaveLength(before.size + 1);
    const page = await browser.get('/me');
    expect(page.text).toContain('Applications that you let in');
    await daypassQuery(daypass, 'RevokeSessions', { UserName: 'gina' });
    expect(new Set((await list()).all('State'))).toEqual(new Set(['revoked']));
    await daypass.advance(1);
    browser = (await person.signIn()).client;
    expect((await browser.get('/me')).text).not.toContain('Applications that you let in');
  });

  test('is allowed on the client', async () => {
    expect((await list({}, nobody)).code).toBe('AccessDenied');
    const reader = await scenario.makeUser('reader', {
      Effect: 'Allow',
      Action: 'daypass:ListClientGrants',
      Resource: `arn:aws:daypass::${daypass.bootstrap.accountId}:client/${clientId}`,
    });
    expect((await list({}, reader)).status).toBe(200);
    expect((await list({ ClientId: other }, reader)).code).toBe('AccessDenied');
  });
});

describe('RevokeClientGrant', () => {
  test('ends the tokens of that grant, and of no other', async () => {
    const before = (await list()).all('GrantId');
    const ended = await begin();
    const [grant = ''] = (await list()).all('GrantId').filter((id) => !before.includes(id));
    const bystander = await begin();
    expect(await mayDo(daypass, ended.access_token, 's3:GetObject')).toBe(true);
    expect((await revoke(grant, nobody)).code).toBe('AccessDenied');
    expect((await revoke(grant, undefined, other)).code).toBe('NoSuchEntity');
    expect((await revoke(grant)).status).toBe(200);
    expect(await mayDo(daypass, ended.access_token, 's3:GetObject')).toBe(false);
    expect([await refresh(ended.refresh_token), await refresh(bystander.refresh_token)]).toEqual([400, 200]);
    expect((await revoke(grant)).code).toBe('NoSuchEntity');
    expect((await list()).all('GrantId')).not.toContain(grant);
  });

  test.for(['', 'x', 'rtf_', 'rtf_*', `rtf_${'A'.repeat(100)}`])('is not asked for `%s`', async (grant) => {
    expect((await revoke(grant)).code).toBe('ValidationError');
  });
});
