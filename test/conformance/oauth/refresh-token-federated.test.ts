/** Refresh tokens of people who signed in through an outside provider: its login is remembered, and asked about anew each time. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Daypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { postForm, registerClient } from '../../helpers/oauth-clients.ts';
import { mayDo, REDIRECT, tokensOf } from '../../helpers/oauth-login.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { signInAtProvider } from '../../helpers/provider-browser.ts';
import { type Scenario, startScenario } from '../../helpers/scenario.ts';

const CLIENT = 'daypass-demo';

let scenario: Scenario;
let daypass: Daypass;
let browser: PageClient;
let role: string;
let clientId: string;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  const OpenIDConnectProviderArn = scenario.providerArn;
  await daypass
    .iam()
    .send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: CLIENT }));
  role = await scenario.makeRole('outside', {
    Condition: { StringEquals: { [`${scenario.prefix}:aud`]: CLIENT } },
  });
  await scenario.allow('outside', {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::reports/*',
  });
  await putRules([{ Effect: 'Allow', Roles: [role] }]);
  const secret = { OpenIDConnectProviderArn, ClientId: CLIENT, ClientSecret: 'daypass-demo-secret' };
  await daypassQuery(daypass, 'PutProviderClientSecret', secret);
  ({ clientId } = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
  }));
  browser = await signIn('alice');
});
afterAll(() => scenario.stop());

const putRules = async (rules: readonly object[]) => {
  const RulesDocument = JSON.stringify({ Rules: rules });
  const parameters = { ProviderArn: scenario.providerArn, RulesDocument };
  expect((await daypassQuery(daypass, 'PutMappingRules', parameters)).status).toBe(200);
};

async function signIn(sub: string): Promise<PageClient> {
  const listed = await daypassQuery(daypass, 'ListProviderClientSecrets', {
    OpenIDConnectProviderArn: scenario.providerArn,
  });
  const client = new PageClient(daypass);
  const begun = await client.get(`/login/${listed.all('ProviderId')[0] ?? ''}`);
  const finished = await client.get(await signInAtProvider(new URL(begun.location ?? ''), sub));
  expect(finished.status).toBe(303);
  return client;
}

const begin = async (by = browser) => {
  const wish = { clientId, role, scope: 'openid offline_access' };
  const { status, body } = await tokensOf(daypass, by, wish);
  expect(status).toBe(200);
  return body;
};
const refresh = (token: unknown) =>
  postForm(daypass, '/oauth/token', {
    ...{ grant_type: 'refresh_token', client_id: clientId, refresh_token: String(token) },
  });
const outcome = async (token: unknown) => {
  const { status, body } = await refresh(token);
  return status === 200 ? 'given' : `${status} ${String(body.error)}`;
};
const REFUSED = '400 invalid_grant';

test('gives tokens for the same person, by the trust of now on the login of then', async () => {
  const first = await begin();
  await daypass.advance(3600);
  expect(await mayDo(daypass, first.access_token, 's3:GetObject')).toBe(false);
  const { status, body } = await refresh(first.refresh_token);
  expect(status).toBe(200);
  expect(await mayDo(daypass, body.access_token, 's3:GetObject')).toBe(true);
  const [before, now] = [first, body].map(({ access_token: token }) => decodeJwt(String(token)));
  expect([now?.sub, now?.auth_time]).toEqual([before?.sub, before?.auth_time]);
  browser = await signIn('alice');
});

test('ends when the rules give the role no more, and goes on when they do again', async () => {
  const { refresh_token: token } = await begin();
  await putRules([]);
  expect(await outcome(token)).toBe(REFUSED);
  await putRules([{ Effect: 'Allow', Roles: [role] }]);
  expect(await outcome(token)).toBe('given');
});

test('ends when the logins of that person are revoked, and of nobody else', async () => {
  const { refresh_token: token } = await begin();
  const { refresh_token: bobs } = await begin(await signIn('bob'));
  await daypass.advance(1);
  const of = { Provider: scenario.providerArn, Subject: 'alice' };
  expect((await daypassQuery(daypass, 'RevokeSessions', of)).status).toBe(200);
  expect([await outcome(token), await outcome(bobs)]).toEqual([REFUSED, 'given']);
  await daypass.advance(1);
  browser = await signIn('alice');
});

test('ends with the provider', async () => {
  const { refresh_token: token } = await begin();
  const OpenIDConnectProviderArn = scenario.providerArn;
  await daypass.iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
  expect(await outcome(token)).toBe(REFUSED);
});
