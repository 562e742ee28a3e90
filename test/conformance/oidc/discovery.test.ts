import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  SignJWT,
} from 'jose';
import * as oauth from 'oauth4webapi';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Application, askFor, letIn, redeemCode, toldTo } from '../../helpers/authorization.ts';
import type { Daypass } from '../../helpers/daypass.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
} from '../../helpers/oauth-clients.ts';
import { makePerson, makeRoleFor, type Person } from '../../helpers/oauth-person.ts';
import type { PageClient } from '../../helpers/page-client.ts';
import { CLIENT_ID, type Scenario, startScenario } from '../../helpers/scenario.ts';

const REDIRECT = 'https://app.example/cb';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const DOCUMENTS = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];

type Fields = Readonly<Record<string, string>>;
type Metadata = Readonly<Record<string, unknown>>;

let scenario: Scenario;
let daypass: Daypass;
let documents: readonly Metadata[];
let metadata: Metadata;
let roleArn: string;
let person: Person;
let role: string;
let application: Application;
let browser: PageClient;
beforeAll(async () => {
  scenario = await startScenario();
  daypass = scenario.daypass;
  documents = await Promise.all(
    DOCUMENTS.map(async (path): Promise<Metadata> => (await daypass.fetch(path)).json()),
  );
  metadata = Object.assign({}, ...documents);
  roleArn = await makeClientRole(daypass, 'worker', { Action: 's3:*' });
  person = await makePerson(scenario, 'wanda');
  role = await makeRoleFor(scenario, 'wanda', 'web');
  const registered = await registerClient(daypass, {
    TokenEndpointAuthMethod: 'none',
    'GrantTypes.member.1': 'authorization_code',
    'GrantTypes.member.2': 'refresh_token',
    'RedirectUris.member.1': REDIRECT,
  });
  application = { clientId: registered.clientId, redirectUri: REDIRECT };
  browser = (await person.signIn()).client;
});
afterAll(() => scenario.stop());

/** The texts of a member. */
const listOf = (name: string): readonly string[] => {
  const value = metadata[name];
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${name} is no list of something`);
  return value.map(String);
};

/** A client of one method, and the form and headers by which it proves itself. */
interface Proving {
  readonly client: RegisteredClient;
  readonly fields: Fields;
  readonly headers: Fields;
}

const registerMinter = (method: string, more: Fields = {}) =>
  registerClient(daypass, {
    TokenEndpointAuthMethod: method,
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: roleArn,
    ...more,
  });

/** @param alg - of `private_key_jwt` */
async function byKey(alg: string): Promise<Proving> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg, use: 'sig' };
  const client = await registerMinter('private_key_jwt', { JWKS: JSON.stringify({ keys: [jwk] }) });
  const { clientId } = client;
  const client_assertion = await new SignJWT({ jti: crypto.randomUUID() })
    .setProtectedHeader({ alg, kid: 'k' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(daypass.url)
    .setIssuedAt(daypass.nowSeconds())
    .setExpirationTime(daypass.nowSeconds() + 60)
    .sign(privateKey);
  const fields = { client_id: clientId, client_assertion_type: ASSERTION_TYPE, client_assertion };
  return { client, fields, headers: {} };
}

const PROOFS: Readonly<Record<string, () => Promise<Proving>>> = {
  none: async () => {
    const { clientId } = application;
    return { client: { clientId, secret: '' }, fields: { client_id: clientId }, headers: {} };
  },
  client_secret_basic: async () => {
    const client = await registerMinter('client_secret_basic');
    return { client, fields: {}, headers: basicOf(client) };
  },
  client_secret_post: async () => {
    const client = await registerMinter('client_secret_post');
    return { client, fields: { client_id: client.clientId, client_secret: client.secret }, headers: {} };
  },
  private_key_jwt: () => byKey('ES256'),
  federated_jwt: async () => {
    const client = await registerMinter('federated_jwt', {
      AssertionIssuer: scenario.issuer.issuer,
      AssertionSubject: 'workload',
      AssertionAudience: CLIENT_ID,
    });
    const client_assertion = await scenario.idToken({ sub: 'workload' });
    const fields = { client_id: client.clientId, client_assertion_type: ASSERTION_TYPE, client_assertion };
    return { client, fields, headers: {} };
  },
};

async function proofOf(method: string): Promise<Proving> {
  const prove = PROOFS[method];
  if (prove === undefined) throw new Error(`nothing here proves by ${method}`);
  return prove();
}

const mint = ({ fields, headers }: Proving) =>
  postForm(daypass, '/oauth/token', { grant_type: 'client_credentials', ...fields }, headers);

/** What an authorization request comes to: the error, or nothing. */
async function errorOf(over: Fields): Promise<string | null> {
  const answer = await askFor(browser, application, over);
  if (answer.status === 400) return 'refused here';
  return toldTo(answer).error ?? null;
}

const tokensOf = async (over: Fields, by = browser): Promise<Metadata> =>
  redeemCode(daypass, application, await letIn(by, application, role, over));

/** By member: every one of both documents. */
const CHECKS: Readonly<Record<string, () => Promise<void>>> = {
  issuer: async () => {
    for (const document of documents) expect(document.issuer).toBe(daypass.url);
    expect(decodeJwt(String((await tokensOf({})).id_token)).iss).toBe(daypass.url);
  },

  jwks_uri: async () => {
    const { keys }: JSONWebKeySet = JSON.parse(await (await fetch(String(metadata.jwks_uri))).text());
    const { kid } = decodeProtectedHeader(String((await tokensOf({})).id_token));
    expect(keys).toContainEqual(expect.objectContaining({ kid, alg: 'ES256', use: 'sig' }));
  },

  grant_types_supported: async () => {
    const errorOfGrant = async (grant_type: string) =>
      (await postForm(daypass, '/oauth/token', { grant_type })).body.error;
    for (const grant of listOf('grant_types_supported')) {
      expect([grant, await errorOfGrant(grant)]).toEqual([
        grant,
        expect.stringMatching(/^invalid_(client|request)$/),
      ]);
    }
    const others = ['password', 'implicit', 'Authorization_Code', 'urn:openid:params:grant-type:ciba'];
    for (const grant of [...others, 'urn:ietf:params:oauth:grant-type:saml2-bearer'])
      expect([grant, await errorOfGrant(grant)]).toEqual([grant, 'unsupported_grant_type']);
  },

  token_endpoint_auth_methods_supported: async () => {
    const methods = listOf('token_endpoint_auth_methods_supported');
    expect([...methods].sort()).toEqual(Object.keys(PROOFS).sort());
    for (const method of methods.filter((each) => each !== 'none'))
      expect([method, (await mint(await proofOf(method))).status]).toEqual([method, 200]);
    expect((await tokensOf({})).access_token).toBeDefined(); // by none
  },

  token_endpoint_auth_signing_alg_values_supported: async () => {
    for (const alg of listOf('token_endpoint_auth_signing_alg_values_supported'))
      expect([alg, (await mint(await byKey(alg))).status]).toEqual([alg, 200]);
    for (const alg of ['RS512', 'ES512', 'PS384'])
      await expect(byKey(alg)).rejects.toThrow('alg must be one of');
  },

  introspection_endpoint_auth_methods_supported: async () => {
    const methods = listOf('introspection_endpoint_auth_methods_supported');
    for (const method of methods) {
      const { fields, headers } = await proofOf(method);
      const { status, body } = await postForm(
        daypass,
        '/oauth/introspect',
        { token: 'x', ...fields },
        headers,
      );
      expect([method, status, body]).toEqual([method, 200, { active: false }]);
    }
    expect(methods).not.toContain('none');
    const { fields } = await proofOf('none');
    expect((await postForm(daypass, '/oauth/introspect', { token: 'x', ...fields })).status).toBe(401);
  },

  introspection_endpoint_auth_signing_alg_values_supported: () => bySigningAlgorithms('introspect'),
  revocation_endpoint_auth_signing_alg_values_supported: () => bySigningAlgorithms('revoke'),

  revocation_endpoint_auth_methods_supported: async () => {
    for (const method of listOf('revocation_endpoint_auth_methods_supported')) {
      const { fields, headers } = await proofOf(method);
      const { status } = await postForm(daypass, '/oauth/revoke', { token: 'x', ...fields }, headers);
      expect([method, status]).toEqual([method, 200]);
    }
  },

  authorization_response_iss_parameter_supported: async () => {
    expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
    for (const answer of [
      await letIn(browser, application, role),
      await askFor(browser, application, { response_type: 'token' }),
    ])
      expect(toldTo(answer).iss).toBe(daypass.url);
  },

  code_challenge_methods_supported: async () => {
    expect(listOf('code_challenge_methods_supported')).toEqual(['S256']);
    for (const code_challenge_method of ['plain', 's256', ''])
      expect(await errorOf({ code_challenge_method })).toBe('invalid_request');
  },

  response_types_supported: async () => {
    expect(listOf('response_types_supported')).toEqual(['code']);
    expect(await errorOf({})).toBe(null);
    for (const response_type of ['token', 'id_token', 'code id_token', 'none', 'CODE'])
      expect([response_type, await errorOf({ response_type })]).toEqual([
        response_type,
        'unsupported_response_type',
      ]);
  },

  response_modes_supported: async () => {
    const sent: Record<string, (mode: string) => Promise<string | undefined>> = {
      query: async (response_mode) => toldTo(await letIn(browser, application, role, { response_mode })).code,
      form_post: async (response_mode) =>
        /name="code" value="([^"]+)"/.exec(
          (await letIn(browser, application, role, { response_mode })).text,
        )?.[1],
    };
    expect(listOf('response_modes_supported')).toEqual(Object.keys(sent));
    for (const [mode, send] of Object.entries(sent))
      expect([mode, await send(mode)]).toEqual([mode, expect.any(String)]);
    for (const response_mode of ['fragment', 'jwt', 'query.jwt', 'web_message'])
      expect([response_mode, await errorOf({ response_mode })]).toEqual([response_mode, 'invalid_request']);
  },

  prompt_values_supported: async () => {
    const errors: Fields = { none: 'consent_required' };
    for (const prompt of listOf('prompt_values_supported'))
      expect([prompt, await errorOf({ prompt })]).toEqual([prompt, errors[prompt] ?? null]);
    for (const prompt of ['create', 'Login', 'none login'])
      expect([prompt, await errorOf({ prompt })]).toEqual([prompt, 'invalid_request']);
  },

  acr_values_supported: async () => {
    const single = (await makePersonWithoutFactor()).client;
    const acrOf = async (by: PageClient) => {
      const answer = await letIn(by, application, role);
      return decodeJwt(String((await redeemCode(daypass, application, answer)).id_token)).acr;
    };
    expect([await acrOf(single), await acrOf(browser)]).toEqual(listOf('acr_values_supported'));
    const [, mfa = ''] = listOf('acr_values_supported');
    const asked = await askFor(single, application, { acr_values: mfa });
    expect(toldTo(asked).error).toBe('unmet_authentication_requirements');
  },

  scopes_supported: async () => {
    const scopes = listOf('scopes_supported');
    const tokens = await tokensOf({ scope: scopes.join(' ') });
    expect(String(tokens.scope).split(' ').sort()).toEqual([...scopes].sort());
    expect([tokens.id_token, tokens.refresh_token]).toEqual([expect.any(String), expect.any(String)]); // openid, offline_access
    expect(await userInfo(tokens)).toHaveProperty('name'); // profile
    expect((await tokensOf({ scope: 'openid address' })).scope).toBe('openid'); // there is none to tell
    expect(await errorOf({ scope: 'openid addresses' })).toBe('invalid_scope');
  },

  claims_supported: async () => {
    const tokens = await tokensOf({ scope: 'openid profile', nonce: 'n' });
    const named = [
      decodeJwt(String(tokens.id_token)),
      decodeJwt(String(tokens.access_token)),
      await userInfo(tokens),
    ];
    // What only Daypass reads has a name that nobody takes for a claim; `scope` is the token's, not the person's.
    const claims = named
      .flatMap((each) => Object.keys(each))
      .filter((name) => !name.startsWith('urn:') && name !== 'scope');
    expect([...new Set(claims)].sort()).toEqual([...listOf('claims_supported')].sort());
  },

  dpop_signing_alg_values_supported: async () => {
    const bound = async (alg: string) => {
      const as = { issuer: daypass.url, token_endpoint: `${daypass.url}/oauth/token` };
      const { client } = await proofOf('client_secret_post');
      const DPoP = oauth.DPoP({}, await oauth.generateKeyPair(alg));
      const ask = async () => {
        const answer = await oauth.clientCredentialsGrantRequest(
          as,
          { client_id: client.clientId },
          oauth.ClientSecretPost(client.secret),
          {},
          { DPoP, [oauth.allowInsecureRequests]: true },
        );
        return oauth.processClientCredentialsResponse(as, { client_id: client.clientId }, answer);
      };
      return ask().catch((error: unknown) => {
        if (oauth.isDPoPNonceError(error)) return ask();
        throw error;
      });
    };
    for (const alg of listOf('dpop_signing_alg_values_supported'))
      expect([alg, (await bound(alg)).token_type]).toEqual([alg, 'dpop']);
    expect(listOf('dpop_signing_alg_values_supported').some((alg) => /^(none|HS)/.test(alg))).toBe(false);
  },

  id_token_signing_alg_values_supported: async () => {
    const algorithms = listOf('id_token_signing_alg_values_supported');
    for (const IdTokenSignedResponseAlg of algorithms) {
      const asking = await registerClient(daypass, {
        TokenEndpointAuthMethod: 'none',
        'GrantTypes.member.1': 'authorization_code',
        'RedirectUris.member.1': REDIRECT,
        IdTokenSignedResponseAlg,
      });
      const own = { clientId: asking.clientId, redirectUri: REDIRECT };
      const answer = await redeemCode(daypass, own, await letIn(browser, own, role));
      expect(decodeProtectedHeader(String(answer.id_token)).alg).toBe(IdTokenSignedResponseAlg);
    }
  },

  subject_types_supported: async () => {
    expect(listOf('subject_types_supported')).toEqual(['public']);
    const other = await registerClient(daypass, {
      TokenEndpointAuthMethod: 'none',
      'GrantTypes.member.1': 'authorization_code',
      'RedirectUris.member.1': REDIRECT,
    });
    const elsewhere = { clientId: other.clientId, redirectUri: REDIRECT };
    const there = await redeemCode(daypass, elsewhere, await letIn(browser, elsewhere, role));
    expect(decodeJwt(String(there.id_token)).sub).toBe(decodeJwt(String((await tokensOf({})).id_token)).sub);
  },

  request_parameter_supported: async () => {
    expect(metadata.request_parameter_supported).toBe(false);
    expect(await errorOf({ request: 'a.b.c' })).toBe('request_not_supported');
  },

  request_uri_parameter_supported: async () => {
    expect(metadata.request_uri_parameter_supported).toBe(false);
    expect(await errorOf({ request_uri: 'https://app.example/request.jwt' })).toBe(
      'request_uri_not_supported',
    );
  },
};

/** Those whose whole behaviour has a file of its own. */
const ELSEWHERE: Fields = {
  backchannel_logout_supported: 'logout.test.ts',
  backchannel_logout_session_supported: 'logout.test.ts',
  tls_client_certificate_bound_access_tokens: '../rfc8705',
  mtls_endpoint_aliases: '../rfc8705',
  authorization_details_types_supported: '../rfc9396',
};

async function bySigningAlgorithms(endpoint: 'introspect' | 'revoke'): Promise<void> {
  const name = endpoint === 'introspect' ? 'introspection' : 'revocation';
  for (const alg of listOf(`${name}_endpoint_auth_signing_alg_values_supported`)) {
    const { fields } = await byKey(alg);
    const { status } = await postForm(daypass, `/oauth/${endpoint}`, { token: 'x', ...fields });
    expect([alg, status]).toEqual([alg, 200]);
  }
}

async function userInfo(tokens: Metadata): Promise<Metadata> {
  const headers = { authorization: `Bearer ${String(tokens.access_token)}` };
  return (await fetch(String(metadata.userinfo_endpoint), { headers })).json();
}

/** Somebody who may take the same role, and has a password alone. */
async function makePersonWithoutFactor() {
  const other = await makePerson(scenario, 'paula', false);
  await makeRoleFor(scenario, 'paula', 'paulas');
  const { client } = await other.signIn();
  const paulas = role.replace(/web$/, 'paulas');
  return {
    client: Object.assign(client, {
      post: (path: string, fields: Fields) =>
        Object.getPrototypeOf(client).post.call(client, path, {
          ...fields,
          ...(fields.role === role && { role: paulas }),
        }),
    }),
  };
}

const isEndpoint = (name: string): boolean => name.endsWith('_endpoint');

describe('every member of the documents', () => {
  test('has its check, and every check its member', () => {
    const names = Object.keys(metadata).filter((name) => !isEndpoint(name));
    const checked = [...Object.keys(CHECKS), ...Object.keys(ELSEWHERE)];
    expect(names.filter((name) => !checked.includes(name))).toEqual([]);
    expect(Object.keys(CHECKS).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('is the same in both, where both have it', () => {
    const [plain = {}, openId = {}] = documents;
    expect(openId).toMatchObject(plain);
  });

  test.each(Object.keys(CHECKS))('%s', async (name) => {
    await CHECKS[name]?.();
  });

  test('an endpoint answers under its name, and is asked by no other method', async () => {
    const endpoints = Object.entries(metadata).filter(([name]) => isEndpoint(name));
    expect(endpoints.length).toBeGreaterThan(8);
    for (const [name, url] of endpoints) {
      expect([name, new URL(String(url)).origin]).toEqual([name, daypass.url]);
      const answers = await Promise.all(
        ['GET', 'POST', 'DELETE'].map((method) => fetch(String(url), { method })),
      );
      const statuses = answers.map(({ status }) => status);
      expect([name, statuses.includes(404), statuses[2]]).toEqual([name, false, 405]);
    }
  });

  test('what a library asks of a document holds', async () => {
    for (const algorithm of ['oauth2', 'oidc'] as const) {
      const options = { algorithm, [oauth.allowInsecureRequests]: true };
      const answer = await oauth.discoveryRequest(new URL(daypass.url), options);
      expect((await oauth.processDiscoveryResponse(new URL(daypass.url), answer)).issuer).toBe(daypass.url);
    }
  });
});
