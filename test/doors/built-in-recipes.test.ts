/** The recipes of docs/providers for the built-in providers and for SAML: each trust policy as it stands there, tried, with near misses. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../dev/loopback.ts';
import { makeX } from '../../dev/peers/x/server.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import { startOidcProvider, type TestIssuer } from '../helpers/oidc-provider.ts';
import { PageClient } from '../helpers/page-client.ts';
import { type SamlScenario, startSamlScenario } from '../helpers/saml-scenario.ts';
import { policy } from '../helpers/scenario.ts';

const docs = join(import.meta.dirname, '../../docs/providers');
/** The first JSON of a recipe: a policy, or its one statement. */
function trustPolicyOf(file: string, changes: ReadonlyMap<string, string>): string {
  const text = readFileSync(join(docs, `${file}.md`), 'utf8');
  const [, json = ''] = /```json\n([\s\S]*?)\n```/.exec(text) ?? [];
  let changed = json;
  for (const [from, to] of changes) changed = changed.replaceAll(from, to);
  const parsed: { readonly Statement?: unknown } = JSON.parse(changed);
  return parsed.Statement === undefined ? policy(parsed) : changed;
}

describe('built-in providers', () => {
  const X_CLIENT = 'YOUR-CLIENT-ID';
  let daypass: Daypass;
  let google: TestIssuer;
  let facebook: TestIssuer;
  const x = createServer(makeX({ id: X_CLIENT, secret: 'a-secret-of-ours' }));

  beforeAll(async () => {
    const [xPort] = await Promise.all([
      listen(x, 0),
      startOidcProvider({ issuer: 'https://accounts.google.com' }).then((started) => {
        google = started;
      }),
      startOidcProvider({ issuer: 'https://www.facebook.com' }).then((started) => {
        facebook = started;
      }),
    ]);
    const vars = {
      DAYPASS_GOOGLE_DISCOVERY_URL: `${google.url}/.well-known/openid-configuration`,
      DAYPASS_FACEBOOK_DISCOVERY_URL: `${facebook.url}/.well-known/openid-configuration`,
      DAYPASS_X_API_URL: `http://localhost:${xPort}`,
    };
    daypass = await startDaypass({ vars });
  });
  afterAll(async () => {
    x.closeAllConnections();
    x.close();
    await Promise.all([daypass.stop(), google.stop(), facebook.stop()]);
  });

  const register = async (Url: string, ...ClientIDList: string[]): Promise<string> => {
    const sent = new CreateOpenIDConnectProviderCommand({ Url, ClientIDList });
    return (await daypass.iam().send(sent)).OpenIDConnectProviderArn ?? '';
  };
  const makeRole = async (file: string): Promise<string> => {
    const AssumeRolePolicyDocument = trustPolicyOf(file, new Map());
    const sent = new CreateRoleCommand({ RoleName: file, AssumeRolePolicyDocument });
    return (await daypass.iam().send(sent)).Role?.Arn ?? '';
  };
  const assume = async (RoleArn: string, WebIdentityToken: string): Promise<string> =>
    daypass
      .sts()
      .send(new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'anna', WebIdentityToken }))
      .then(
        ({ Provider }) => Provider ?? '',
        (error: Error) => error.name,
      );

  test('Google: the client and the Workspace domain', async () => {
    const client = '1234-web.apps.googleusercontent.com';
    await register('https://accounts.google.com', client, 'another-of-ours');
    const role = await makeRole('google');
    const claims: JWTPayload = {
      sub: '10769150350006150715113082367',
      aud: client,
      azp: client,
      hd: 'example.com',
    };
    const tryWith = async (over: JWTPayload) =>
      assume(role, await google.signIdToken({ ...claims, ...over }));
    expect(await tryWith({})).toBe('accounts.google.com');
    for (const over of [
      { hd: undefined },
      { hd: 'example.com.evil.test' },
      { aud: 'another-of-ours', azp: undefined },
    ])
      expect(await tryWith(over), JSON.stringify(over)).toBe('AccessDenied');
    expect(await tryWith({ aud: 'a-stranger', azp: 'a-stranger' })).toBe('InvalidIdentityTokenException');
  });

  test('Facebook: the app', async () => {
    await register('https://graph.facebook.com', '1234567890', 'another-of-ours');
    const role = await makeRole('facebook');
    const tryWith = async (aud: string) => assume(role, await facebook.signIdToken({ sub: '10', aud }));
    expect(await tryWith('1234567890')).toBe('graph.facebook.com');
    expect([await tryWith('another-of-ours'), await tryWith('999')]).toEqual([
      'AccessDenied',
      'InvalidIdentityTokenException',
    ]);
  });

  test('X: the client and the person, by browser', async () => {
    const ProviderArn = await register('https://api.x.com', X_CLIENT);
    const role = await makeRole('x');
    const RulesDocument = JSON.stringify({ Rules: [], Default: { Roles: role } });
    await daypassQuery(daypass, 'PutMappingRules', { ProviderArn, RulesDocument });
    const onProvider = { OpenIDConnectProviderArn: ProviderArn };
    const secret = { ClientId: X_CLIENT, ClientSecret: 'a-secret-of-ours' };
    await daypassQuery(daypass, 'PutProviderClientSecret', { ...onProvider, ...secret });
    const [id = ''] = (await daypassQuery(daypass, 'ListProviderClientSecrets', onProvider)).all(
      'ProviderId',
    );
    const signIn = async (person: string) => {
      const client = new PageClient(daypass);
      const there = new URL((await client.get(`/login/${id}?next=roles`)).location ?? '');
      there.searchParams.set('person', person);
      const back = new URL((await fetch(there, { redirect: 'manual' })).headers.get('location') ?? '');
      return { client, status: (await client.get(`${back.pathname}${back.search}`)).status };
    };
    const { client, status } = await signIn('2244994945');
    await client.get('/me/roles');
    const taken = await client.post('/me/roles', { role, duration: '3600' });
    expect([status, taken.status, taken.text.includes('ASIA')]).toEqual([303, 200, true]);
    expect((await signIn('783214')).status).toBe(403);
  });
});

describe('SAML', () => {
  const GROUP = 'http://schemas.xmlsoap.org/claims/Group';
  let saml: SamlScenario;
  beforeAll(async () => {
    saml = await startSamlScenario();
  });
  afterAll(() => saml.stop());

  test.each([
    ['saml', 'reports-readers'],
    ['simplesamlphp', 'CN=reports-readers,CN=Users,DC=corp,DC=example,DC=com'],
  ])('%s: the recipient and the group', async (file, group) => {
    const account = saml.daypass.bootstrap.accountId;
    const AssumeRolePolicyDocument = trustPolicyOf(
      file,
      new Map([
        ['arn:aws:iam::ACCOUNT:saml-provider/corp', saml.providerArn],
        ['arn:aws:iam::111122223333:saml-provider/corp', saml.providerArn],
        ['ISSUER/saml/{id}', `${saml.daypass.url}/saml/${saml.providerId}`],
        ['https://DAYPASS/saml/SAMLPROVIDERUUID', `${saml.daypass.url}/saml/${saml.providerId}`],
        ['111122223333', account],
      ]),
    );
    const sent = new CreateRoleCommand({ RoleName: `by-${file}`, AssumeRolePolicyDocument });
    const RoleArn = (await saml.daypass.iam().send(sent)).Role?.Arn ?? '';
    const tryWith = async (...groups: string[]) => {
      const content = { attributes: saml.granting(RoleArn, groups.length > 0 ? { [GROUP]: groups } : {}) };
      return saml.assume(await saml.say({ content }), { RoleArn }).then(
        ({ Subject }) => Subject,
        (error: Error) => error.name,
      );
    };
    expect(await tryWith('staff', group)).toBe('alice');
    for (const groups of [['staff'], [`${group} `], [group.toUpperCase()], []])
      expect(await tryWith(...groups), String(groups)).toBe('AccessDenied');
  });
});
