/** A provider, or somebody in its place, that answers a browser login with a token that is not the answer to it. */
import { createServer } from 'node:http';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import type { JWTPayload } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listen } from '../../dev/loopback.ts';
import { signIdToken } from '../../dev/peers/oidc/id-token.ts';
import { makeKeys, type SigningKey } from '../../dev/peers/oidc/keys.ts';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';
import { daypassQuery } from '../helpers/daypass-query.ts';
import {
  actOut,
  assembleToken,
  type ProviderFault,
  startOidcProvider,
  type TestIssuer,
} from '../helpers/oidc-provider.ts';
import { policy } from '../helpers/scenario.ts';

let daypass: Daypass;
let trusted: TestIssuer;
let issuer: string;
let providerId: string;
let keys: readonly SigningKey[];
/** What the token endpoint answers. */
let answer: object;
let fault: ProviderFault | null;
let authorization: string | undefined;

const server = createServer((request, response) => {
  const json = (value: object) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (request.url === '/.well-known/openid-configuration')
    json({
      issuer,
      jwks_uri: `${issuer}/jwks`,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    });
  else if (request.url === '/jwks')
    json({ keys: keys.map(({ d: _, p: _p, q: _q, dp, dq, qi, ...key }) => key) });
  else if (fault !== null) actOut(fault, response, () => json(answer));
  else {
    authorization = request.headers.authorization;
    json(answer);
  }
});

beforeAll(async () => {
  keys = await makeKeys();
  issuer = `http://localhost:${await listen(server, 0)}`;
  [daypass, trusted] = await Promise.all([startDaypass(), startOidcProvider()]);
  const iam = daypass.iam();
  const create = async (Url: string) => {
    const ClientIDList = ['our app:1', 'another-of-ours'];
    const made = await iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList }));
    return made.OpenIDConnectProviderArn ?? '';
  };
  await create(trusted.issuer);
  const ProviderArn = await create(issuer);
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: ProviderArn },
    Action: 'sts:AssumeRoleWithWebIdentity',
  };
  const AssumeRolePolicyDocument = policy(trust);
  const role = await iam.send(new CreateRoleCommand({ RoleName: 'any', AssumeRolePolicyDocument }));
  const RulesDocument = JSON.stringify({ Rules: [], Default: { Roles: role.Role?.Arn } });
  await daypassQuery(daypass, 'PutMappingRules', { ProviderArn, RulesDocument });
  const onProvider = { OpenIDConnectProviderArn: ProviderArn };
  const client = { ClientId: 'our app:1', ClientSecret: 'a secret:with%signs' };
  await daypassQuery(daypass, 'PutProviderClientSecret', { ...onProvider, ...client });
  const listed = await daypassQuery(daypass, 'ListProviderClientSecrets', onProvider);
  providerId = listed.all('ProviderId')[0] ?? '';
});
beforeEach(() => {
  fault = null;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await Promise.all([daypass.stop(), trusted.stop()]);
});

type MakeAnswer = (good: JWTPayload) => Promise<object> | object;
const sign = (claims: JWTPayload, header = {}) => {
  const key = keys[0];
  if (key === undefined) throw new Error('no key');
  return signIdToken(key, claims, header);
};

/** A login whose code is traded for what the case makes of the right claims. @returns the callback's status */
async function logIn(make: MakeAnswer): Promise<number> {
  const begun = await daypass.fetch(`/login/${providerId}`);
  const query = new URL(begun.headers.get('location') ?? '').searchParams;
  const nowSeconds = daypass.nowSeconds();
  answer = await make({
    iss: issuer,
    sub: 'anna',
    aud: 'our app:1',
    nonce: query.get('nonce') ?? '',
    iat: nowSeconds,
    exp: nowSeconds + 300,
  });
  const finished = await daypass.fetch(`/login/${providerId}/callback?code=c&state=${query.get('state')}`, {
    headers: { cookie: begun.headers.getSetCookie()[0]?.split(';')[0] ?? '' },
  });
  const isSignedIn = finished.headers
    .getSetCookie()
    .some((each) => each.startsWith('__Host-daypass-session='));
  expect(isSignedIn).toBe(finished.status === 303);
  return finished.status;
}

test('the right token signs in; the client proves itself with its secret, each part encoded', async () => {
  expect(await logIn(async (good) => ({ id_token: await sign(good), access_token: 'a' }))).toBe(303);
  const encoded = Buffer.from('our+app%3A1:a+secret%3Awith%25signs').toString('base64');
  expect(authorization).toBe(`Basic ${encoded}`);
});

test.for<[string, MakeAnswer]>([
  ['of another login', async (good) => ({ id_token: await sign({ ...good, nonce: 'another' }) })],
  ['without a nonce', async (good) => ({ id_token: await sign({ ...good, nonce: undefined }) })],
  [
    'for another client of ours',
    async (good) => ({ id_token: await sign({ ...good, aud: 'another-of-ours' }) }),
  ],
  ['for a stranger', async (good) => ({ id_token: await sign({ ...good, aud: 'stranger' }) })],
  [
    'that another client asked for',
    async (good) => ({ id_token: await sign({ ...good, azp: 'another-of-ours' }) }),
  ],
  ['that has expired', async (good) => ({ id_token: await sign({ ...good, exp: 1000 }) })],
  ['of another issuer', async (good) => ({ id_token: await sign({ ...good, iss: 'https://evil.example' }) })],
  [
    'of another provider that the account trusts',
    async (good) => ({ id_token: await trusted.signIdToken({ ...good, iss: trusted.issuer }) }),
  ],
  ['that is not signed', (good) => ({ id_token: assembleToken({ alg: 'none' }, good) })],
  ['of another kind', async (good) => ({ id_token: await sign(good, { typ: 'at+jwt' }) })],
  [
    'that belongs to another access token',
    async (good) => ({
      id_token: await sign({ ...good, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
      access_token: 'a',
    }),
  ],
])('a token %s signs nobody in', async ([, make]) => {
  expect(await logIn(make)).toBe(400);
});

test.for<[string, MakeAnswer, number]>([
  ['no ID token', () => ({ access_token: 'a' }), 403],
  ['a list', () => [], 403],
  [
    'an ID token in which somebody acts for the person',
    async (good) => ({ id_token: await sign({ ...good, act: { sub: 'desk' } }) }),
    403,
  ],
  [
    'an ID token in which somebody acts, nobody can read who',
    async (good) => ({ id_token: await sign({ ...good, act: 'desk' }) }),
    400,
  ],
  ['an ID token that is an object', () => ({ id_token: {} }), 403],
  ['an ID token that is none', () => ({ id_token: 'x' }), 400],
])('%s signs nobody in', async ([, make, status]) => {
  expect(await logIn(make)).toBe(status);
});

test.each<ProviderFault>(['down', 'hang', 'error', 'garbage', 'redirect', 'huge'])(
  'a token endpoint that is %s ends in a page within three seconds',
  async (kind) => {
    fault = kind;
    const startedAt = performance.now();
    expect(await logIn(async (good) => ({ id_token: await sign(good) }))).toBe(503);
    expect(performance.now() - startedAt).toBeLessThan(3500);
  },
);
