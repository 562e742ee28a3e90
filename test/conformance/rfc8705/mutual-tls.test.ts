/** RFC 8705: clients and tokens by the certificate of the connection. Miniflare takes Cloudflare's word from a header. */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { SubjectAlternativeNameExtension } from '@peculiar/x509';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  authority,
  derOf,
  deviceCertificate,
  type Issued,
  pemOf,
  revokedList,
} from '../../helpers/certificates.ts';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { askNonce, makeDpopKey } from '../../helpers/dpop.ts';
import { jsonOf } from '../../helpers/json.ts';
import {
  basicOf,
  makeClientRole,
  postForm,
  type RegisteredClient,
  registerClient,
} from '../../helpers/oauth-clients.ts';

let daypass: Daypass;
let root: Issued;
let middle: Issued;
let TlsClientAuthTrustAnchorId: string;
let machine: Record<string, string>;
let nightly: Issued;
let byName: RegisteredClient;
let own: Issued;
let byCertificate: RegisteredClient;

const SUBJECT = 'O=Example, CN=nightly';

beforeAll(async () => {
  [daypass, root] = await Promise.all([startDaypass({ directSockets: false }), authority()]);
  middle = await authority({ subject: 'O=Example, CN=Issuing', by: root });
  const anchor = await daypassQuery(daypass, 'CreateTrustAnchor', {
    Name: 'services',
    X509CertificateData: pemOf(root),
  });
  TlsClientAuthTrustAnchorId = anchor.all('TrustAnchorId')[0] ?? '';
  machine = {
    'GrantTypes.member.1': 'client_credentials',
    RoleArn: await makeClientRole(daypass, 'nightly', {
      Action: ['s3:GetObject', 'daypass:LookupEvents'],
    }),
  };
  [nightly, own] = await Promise.all([
    deviceCertificate(root, { subject: SUBJECT }),
    authority({ subject: 'CN=self' }),
  ]);
  byName = await register({ TlsClientAuthSubjectDN: 'CN=nightly,O=Example' });
  byCertificate = await registerClient(daypass, {
    ...machine,
    TokenEndpointAuthMethod: 'self_signed_tls_client_auth',
    'TlsClientCertificates.member.1': pemOf(own),
  });
});
afterAll(() => daypass.stop());

const register = (more: Readonly<Record<string, string>>) =>
  registerClient(daypass, {
    ...machine,
    TokenEndpointAuthMethod: 'tls_client_auth',
    TlsClientAuthTrustAnchorId,
    ...more,
  });

const bytes = (issued: Issued): string => `:${Buffer.from(derOf(issued)).toString('base64')}:`;

/** What Cloudflare would tell of a connection with this certificate. */
const told = (leaf: Issued, over: Readonly<Record<string, unknown>> = {}, chain: readonly Issued[] = []) => ({
  'MF-CF-Blob': JSON.stringify({
    tlsClientAuth: {
      ...{ certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0' },
      certRFC9440: bytes(leaf),
      certChainRFC9440: chain.map(bytes).join(', '),
      ...over,
    },
  }),
});

type Headers = Readonly<Record<string, string>>;

const token = ({ clientId }: RegisteredClient, headers: Headers, more: Headers = {}) =>
  postForm(
    daypass,
    '/oauth/token',
    { grant_type: 'client_credentials', client_id: clientId, ...more },
    headers,
  );

const errorOf = ({ status, body }: Awaited<ReturnType<typeof token>>) => `${status} ${String(body.error)}`;

/** Whether a token may read an object, as a resource server asks. */
const may = async (id: unknown): Promise<unknown> => {
  const answer = await daypass.fetch('/access/v1/evaluation', {
    method: 'POST',
    body: JSON.stringify({
      subject: { type: 'access_token', id },
      action: { name: 's3:GetObject' },
      resource: { type: 'arn', id: 'arn:aws:s3:::reports/1' },
    }),
  });
  return Object(await answer.json()).decision;
};

const thumbprint = (issued: Issued): string => createHash('sha256').update(derOf(issued)).digest('base64url');

describe('section 2.1: tls_client_auth', () => {
  test('proves a client by the name of a certificate under the trust anchor', async () => {
    const { status, body } = await token(byName, told(nightly));
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect(decodeJwt(String(body.access_token))).toMatchObject({ client_id: byName.clientId });
  });

  test('takes a certificate of an authority between, where it comes with it', async () => {
    const leaf = await deviceCertificate(middle, { subject: SUBJECT });
    expect((await token(byName, told(leaf, {}, [middle]))).status).toBe(200);
    expect(errorOf(await token(byName, told(leaf)))).toBe('401 invalid_client');
  });

  test('judges the chain itself, whether or not Cloudflare knows the authority', async () => {
    const certVerified = 'FAILED:unable to get local issuer certificate';
    expect((await token(byName, told(nightly, { certVerified }))).status).toBe(200);
    const stranger = await authority();
    const forged = await deviceCertificate(stranger, { subject: SUBJECT });
    expect(errorOf(await token(byName, told(forged)))).toBe('401 invalid_client');
    expect(errorOf(await token(byName, told(forged, {}, [stranger])))).toBe('401 invalid_client');
  });

  test('knows a client by one alternative name', async () => {
    const issue = (type: 'dns' | 'url' | 'email' | 'ip', value: string) =>
      deviceCertificate(root, {
        subject: 'CN=any',
        extensions: [new SubjectAlternativeNameExtension([{ type, value }])],
      });
    const cases = [
      ['TlsClientAuthSanDNS', 'dns', 'nightly.example', 'x.nightly.example'],
      ['TlsClientAuthSanURI', 'url', 'spiffe://example/nightly', 'spiffe://example/nightly/x'],
      ['TlsClientAuthSanEmail', 'email', 'nightly@example.com', 'weekly@example.com'],
      ['TlsClientAuthSanIP', 'ip', '192.0.2.7', '192.0.2.8'],
    ] as const;
    for (const [field, type, value, other] of cases) {
      const client = await register({ [field]: value });
      expect((await token(client, told(await issue(type, value)))).status, field).toBe(200);
      expect(errorOf(await token(client, told(await issue(type, other)))), field).toBe('401 invalid_client');
      expect(errorOf(await token(client, told(nightly))), field).toBe('401 invalid_client');
    }
    const asDns = await deviceCertificate(root, {
      subject: 'CN=nightly.example',
      dns: 'spiffe://example/nightly',
    });
    const byUri = await register({ TlsClientAuthSanURI: 'spiffe://example/nightly' });
    expect(errorOf(await token(byUri, told(asDns)))).toBe('401 invalid_client');
  });

  test('refuses every other certificate, and everything that Cloudflare does not vouch for, alike', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expired = await deviceCertificate(root, { subject: SUBJECT, from: now - 7200, to: now - 3600 });
    const notYet = await deviceCertificate(root, { subject: SUBJECT, from: now + 3600, to: now + 7200 });
    const cases: Readonly<Record<string, Headers>> = {
      'no certificate': {},
      'no word': { 'MF-CF-Blob': '{}' },
      'another name': told(await deviceCertificate(root, { subject: 'O=Example, CN=other' })),
      'the name turned round': told(await deviceCertificate(root, { subject: 'CN=nightly, O=Example' })),
      'part of the name': told(await deviceCertificate(root, { subject: 'CN=nightly' })),
      'the authority': told(root),
      expired: told(expired),
      'not yet': told(notYet),
      'not presented': told(nightly, { certPresented: '0' }),
      revoked: told(nightly, { certRevoked: '1' }),
      'not told whether revoked': told(nightly, { certRevoked: undefined }),
      'not verified': told(nightly, { certVerified: 'NONE' }),
      'expired, says Cloudflare': told(nightly, { certVerified: 'FAILED:certificate has expired' }),
      'failed for no reason': told(nightly, { certVerified: 'FAILED' }),
      'failed otherwise': told(nightly, { certVerified: 'FAILED:certificate signature failure' }),
      'no bytes': told(nightly, { certRFC9440: '' }),
      'other bytes': told(nightly, { certRFC9440: ':AAAA:' }),
      'bytes without colons': told(nightly, { certRFC9440: bytes(nightly).slice(1, -1) }),
      'two certificates': told(nightly, { certRFC9440: `${bytes(nightly)}, ${bytes(nightly)}` }),
      'a chain that is none': told(nightly, { certChainRFC9440: 'x' }),
    };
    for (const [why, headers] of Object.entries(cases)) {
      expect(errorOf(await token(byName, headers)), why).toBe('401 invalid_client');
    }
  });

  test('takes no other proof beside, and no other client takes a certificate for one', async () => {
    const more = { client_secret: 'x' };
    expect(errorOf(await token(byName, told(nightly), more))).toBe('401 invalid_client');
    const secretive = await registerClient(daypass, {
      ...machine,
      TokenEndpointAuthMethod: 'client_secret_post',
    });
    expect(errorOf(await token(secretive, told(nightly)))).toBe('401 invalid_client');
    expect((await token(secretive, {}, { client_secret: secretive.secret })).status).toBe(200);
  });

  test('ends with a revoked serial and with the anchor; the session ends with the certificate', async () => {
    const soon = daypass.nowSeconds() + 1200;
    const short = await deviceCertificate(root, { subject: SUBJECT, to: soon, serial: '0a0b0c' });
    const { body } = await token(byName, told(short));
    expect(decodeJwt(String(body.access_token)).exp).toBeLessThanOrEqual(soon);
    const other = (await token(byName, told(nightly))).body.access_token;
    expect([await may(body.access_token), await may(other)]).toEqual([true, true]);
    const crl = await daypassQuery(daypass, 'ImportCrl', {
      Name: 'revoked',
      TrustAnchorId: TlsClientAuthTrustAnchorId,
      CrlData: await revokedList(root, ['0a0b0c']),
      Enabled: 'true',
    });
    expect(crl.status, crl.text).toBe(200);
    expect(errorOf(await token(byName, told(short)))).toBe('401 invalid_client');
    expect((await token(byName, told(nightly))).status).toBe(200);
    // What it was given ends with it.
    expect(await may(body.access_token)).toBe(false);
    expect(await may(other)).toBe(true);
    const anchor = { TrustAnchorId: TlsClientAuthTrustAnchorId };
    await daypassQuery(daypass, 'DisableTrustAnchor', anchor);
    expect(await may(other)).toBe(false);
    expect(errorOf(await token(byName, told(nightly)))).toBe('401 invalid_client');
    await daypassQuery(daypass, 'EnableTrustAnchor', anchor);
    expect((await token(byName, told(nightly))).status).toBe(200);
  });
});

describe('a client that acts for another', () => {
  test('acts no longer than its certificate is believed and lasts, whoever it acts for', async () => {
    const RoleArn = await makeClientRole(daypass, 'acting', { Action: 'daypass:ActFor' });
    await daypass.iam().send(
      new PutRolePolicyCommand({
        ...{ RoleName: 'nightly', PolicyName: 'chained' },
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['s3:*', 'sts:*'], Resource: '*' }],
        }),
      }),
    );
    const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
    const type = 'urn:ietf:params:oauth:token-type:access_token';
    const acting = await register({
      ...{ RoleArn, TlsClientAuthSubjectDN: 'CN=acting,O=Example' },
      ...{ 'GrantTypes.member.2': exchange, 'ServedAudiences.member.1': 'https://api.example' },
    });
    const asking = { 'Audiences.member.1': 'https://api.example' };
    const plain = await registerClient(daypass, {
      ...{ ...machine, ...asking, TokenEndpointAuthMethod: 'client_secret_post' },
    });
    const named = await register({ ...asking, TlsClientAuthSubjectDN: 'CN=nightly,O=Example' });
    const subject = 'O=Example, CN=acting';
    const soon = daypass.nowSeconds() + 1200;
    const [short, long] = await Promise.all([
      deviceCertificate(root, { subject, to: soon, serial: '0d0e0f' }),
      deviceCertificate(root, { subject }),
    ]);
    const act = async (subjectToken: unknown, proof: Issued) => {
      const actor = await token(acting, told(proof));
      const { body } = await token(acting, told(proof), {
        ...{ grant_type: exchange, subject_token: String(subjectToken), subject_token_type: type },
        ...{ actor_token: String(actor.body.access_token), actor_token_type: type },
      });
      return String(body.access_token);
    };
    const secretive = (await token(plain, {}, { client_secret: plain.secret })).body.access_token;
    const certified = (await token(named, told(nightly))).body.access_token;
    const [one, two, three] = [
      await act(secretive, short),
      await act(certified, short),
      await act(certified, long),
    ];
    const all = () => Promise.all([one, two, three, secretive, certified].map(may));
    expect(await all()).toEqual([true, true, true, true, true]);
    for (const each of [one, two])
      expect(Object(decodeJwt(each)['urn:daypass:session']).N).toBeLessThanOrEqual(soon);
    const crl = await daypassQuery(daypass, 'ImportCrl', {
      ...{ Name: 'of-actors', TrustAnchorId: TlsClientAuthTrustAnchorId, Enabled: 'true' },
      CrlData: await revokedList(root, ['0d0e0f']),
    });
    expect(crl.status, crl.text).toBe(200);
    expect(await all()).toEqual([false, false, true, true, true]);
  });
});

describe('section 2.2: self_signed_tls_client_auth', () => {
  const certVerified = 'FAILED:self signed certificate';

  test('proves a client by a certificate that is registered with it, whoever signed it', async () => {
    expect((await token(byCertificate, told(own, { certVerified }))).status).toBe(200);
    expect((await token(byCertificate, told(own))).status).toBe(200);
  });

  test('refuses another certificate of the same name, and none', async () => {
    const twin = await authority({ subject: 'CN=self' });
    expect(errorOf(await token(byCertificate, told(twin, { certVerified })))).toBe('401 invalid_client');
    expect(errorOf(await token(byCertificate, told(nightly)))).toBe('401 invalid_client');
    expect(errorOf(await token(byCertificate, {}))).toBe('401 invalid_client');
    expect(errorOf(await token(byName, told(own, { certVerified })))).toBe('401 invalid_client');
  });

  test('refuses a registered certificate past its time', async () => {
    const soon = daypass.nowSeconds() + 600;
    const short = await authority({ subject: 'CN=short', to: soon });
    const client = await registerClient(daypass, {
      ...machine,
      TokenEndpointAuthMethod: 'self_signed_tls_client_auth',
      'TlsClientCertificates.member.1': pemOf(own),
      'TlsClientCertificates.member.2': pemOf(short),
    });
    expect((await token(client, told(short, { certVerified }))).status).toBe(200);
    await daypass.advance(601);
    expect(errorOf(await token(client, told(short, { certVerified })))).toBe('401 invalid_client');
    expect((await token(client, told(own, { certVerified }))).status).toBe(200);
  });
});

describe('the other endpoints', () => {
  test('know a client by its certificate too', async () => {
    const { body } = await token(byName, told(nightly));
    const form = { client_id: byName.clientId, token: String(body.access_token) };
    const ask = (path: string, headers: Headers) => postForm(daypass, path, form, headers);
    expect((await ask('/oauth/introspect', told(nightly))).body).toMatchObject({
      active: true,
      client_id: byName.clientId,
    });
    expect(errorOf(await ask('/oauth/introspect', told(own)))).toBe('401 invalid_client');
    expect(errorOf(await ask('/oauth/revoke', {}))).toBe('401 invalid_client');
    expect((await ask('/oauth/revoke', told(nightly))).status).toBe(200);
    expect((await ask('/oauth/introspect', told(nightly))).body).toEqual({ active: false });
  });
});

describe('section 3: tokens that are bound to the certificate', () => {
  let bound: RegisteredClient;
  beforeAll(async () => {
    bound = await register({
      TlsClientAuthSubjectDN: 'CN=nightly,O=Example',
      CertificateBoundAccessTokens: 'true',
    });
  });

  const events = async (text: unknown, headers: Headers, scheme = 'Bearer') => {
    const answer = await daypass.fetch('/v1/events?limit=1', {
      headers: { authorization: `${scheme} ${String(text)}`, ...headers },
    });
    return `${answer.status} ${String((await jsonOf(answer)).error)}`;
  };

  test('name it in cnf, and open doors through a connection that has it, and no other', async () => {
    const { body } = await token(bound, told(nightly));
    expect([body.token_type, decodeJwt(String(body.access_token)).cnf]).toEqual([
      'Bearer',
      { 'x5t#S256': thumbprint(nightly) },
    ]);
    expect(await events(body.access_token, told(nightly))).toBe('200 undefined');
    const twin = await deviceCertificate(root, { subject: SUBJECT });
    for (const headers of [{}, told(twin), told(nightly, { certPresented: '0' })]) {
      expect(await events(body.access_token, headers)).toBe('401 missing_authentication');
    }
    const plain = await token(byName, told(nightly));
    expect(await events(plain.body.access_token, {})).toBe('200 undefined');
  });

  test('are introspected with it', async () => {
    const { body } = await token(bound, told(nightly));
    const form = { client_id: bound.clientId, token: String(body.access_token) };
    const answer = await postForm(daypass, '/oauth/introspect', form, told(nightly));
    expect(answer.body).toMatchObject({
      active: true,
      token_type: 'Bearer',
      cnf: { 'x5t#S256': thumbprint(nightly) },
    });
  });

  test('are not to be had without a certificate, by whatever else the client proves itself', async () => {
    const secretive = await registerClient(daypass, {
      ...machine,
      TokenEndpointAuthMethod: 'client_secret_basic',
      CertificateBoundAccessTokens: 'true',
    });
    const ask = (headers: Headers) => token(secretive, { ...basicOf(secretive), ...headers });
    expect(errorOf(await ask({}))).toBe('400 invalid_request');
    const { body } = await ask(told(own, { certVerified: 'FAILED:self signed certificate' }));
    expect(decodeJwt(String(body.access_token)).cnf).toEqual({ 'x5t#S256': thumbprint(own) });
  });

  test('are bound by it alone: a DPoP proof is refused, at the token endpoint and at the doors', async () => {
    const key = await makeDpopKey(daypass);
    const nonce = await askNonce(daypass, key);
    const dpop = await key.proof('/oauth/token', { nonce });
    expect(errorOf(await token(bound, { ...told(nightly), dpop }))).toBe('400 invalid_request');
    const { body } = await token(bound, told(nightly));
    const text = String(body.access_token);
    const proof = await key.proof('/v1/events', { method: 'GET', nonce, token: text });
    expect(await events(text, { ...told(nightly), dpop: proof }, 'DPoP')).toBe('401 missing_authentication');
  });

  test('are asked about by who is trusted to have compared the certificate', async () => {
    const { body } = await token(bound, told(nightly));
    const answer = await daypass.fetch('/access/v1/evaluation', {
      method: 'POST',
      body: JSON.stringify({
        subject: { type: 'access_token', id: body.access_token },
        action: { name: 's3:GetObject' },
        resource: { type: 'arn', id: 'arn:aws:s3:::reports/a' },
      }),
    });
    expect(answer.status).toBe(401);
  });
});

describe('registration', () => {
  const problem = async (parameters: Readonly<Record<string, string>>): Promise<string> => {
    const answer = await daypassQuery(daypass, 'RegisterClient', {
      ClientName: 'Wrong',
      ...machine,
      ...parameters,
    });
    return `${answer.status} ${answer.all('Code')[0] ?? ''}`;
  };

  test('shows what it was told', async () => {
    const read = async ({ clientId }: RegisteredClient) =>
      daypassQuery(daypass, 'GetClient', { ClientId: clientId });
    const named = await read(byName);
    expect(named.all('TlsClientAuthSubjectDN')).toEqual(['CN=nightly,O=Example']);
    expect(named.all('TlsClientAuthTrustAnchorId')).toEqual([TlsClientAuthTrustAnchorId]);
    expect((await read(byCertificate)).text).toContain(Buffer.from(derOf(own)).toString('base64'));
  });

  test('refuses what does not belong together', async () => {
    const issued = { TokenEndpointAuthMethod: 'tls_client_auth', TlsClientAuthTrustAnchorId };
    const name = { TlsClientAuthSubjectDN: 'CN=x' };
    const self = { TokenEndpointAuthMethod: 'self_signed_tls_client_auth' };
    const cases: readonly Readonly<Record<string, string>>[] = [
      issued,
      { TokenEndpointAuthMethod: 'tls_client_auth', ...name },
      { ...issued, ...name, TlsClientAuthSanDNS: 'x.example' },
      { ...issued, TlsClientAuthSubjectDN: 'nightly' },
      { ...issued, 'TlsClientCertificates.member.1': pemOf(own) },
      { ...issued, ...name, 'TlsClientCertificates.member.1': pemOf(own) },
      self,
      { ...self, 'TlsClientCertificates.member.1': 'x' },
      { TokenEndpointAuthMethod: 'client_secret_post', ...name, TlsClientAuthTrustAnchorId },
      {
        TokenEndpointAuthMethod: 'client_secret_post',
        CertificateBoundAccessTokens: 'true',
        DPoPBoundAccessTokens: 'true',
      },
    ];
    for (const [at, each] of cases.entries())
      expect([at, await problem(each)]).toEqual([at, '400 InvalidInput']);
    const gone = { ...issued, ...name, TlsClientAuthTrustAnchorId: '00000000-0000-0000-0000-000000000000' };
    expect(await problem(gone)).toBe('404 NoSuchEntity');
    const open = {
      TokenEndpointAuthMethod: 'none',
      'GrantTypes.member.1': 'urn:ietf:params:oauth:grant-type:device_code',
      CertificateBoundAccessTokens: 'true',
    };
    const { RoleArn: _, ...rest } = machine;
    const answer = await daypassQuery(daypass, 'RegisterClient', { ClientName: 'Open', ...rest, ...open });
    expect(answer.all('Code')).toEqual(['InvalidInput']);
  });
});

describe('a header', () => {
  const byHeader = (leaf: Issued) => ({ 'client-cert': bytes(leaf) });

  test('stands for the certificate on a local port, which has no TLS', async () => {
    expect((await token(byName, byHeader(nightly))).status).toBe(200);
    expect(errorOf(await token(byName, byHeader(own)))).toBe('401 invalid_client');
  });

  test('is nobody’s word in production', async () => {
    const vars = { DAYPASS_MODE: 'production', DAYPASS_ISSUER: 'https://daypass.example.com' };
    const production = await startDaypass({ vars, directSockets: false });
    try {
      const RoleArn = await makeClientRole(production, 'nightly', { Action: 's3:GetObject' });
      const client = await registerClient(production, {
        ...machine,
        RoleArn,
        TokenEndpointAuthMethod: 'self_signed_tls_client_auth',
        'TlsClientCertificates.member.1': pemOf(own),
      });
      const ask = (headers: Headers) =>
        postForm(
          production,
          '/oauth/token',
          { grant_type: 'client_credentials', client_id: client.clientId },
          headers,
        );
      expect((await ask(told(own))).status).toBe(200);
      expect((await ask(byHeader(own))).status).toBe(401);
    } finally {
      await production.stop();
    }
  });
});

describe('section 3.3 and 5: discovery', () => {
  const documents = async (at: Daypass) =>
    Promise.all(
      ['openid-configuration', 'oauth-authorization-server'].map(async (name) =>
        jsonOf(await at.fetch(`/.well-known/${name}`)),
      ),
    );

  test('says nothing of certificates where none are asked for', async () => {
    for (const document of await documents(daypass)) {
      expect(document).not.toHaveProperty('tls_client_certificate_bound_access_tokens');
      expect(document).not.toHaveProperty('mtls_endpoint_aliases');
      expect(JSON.stringify(document)).not.toContain('tls_client_auth');
    }
  });

  test('names the methods, and where to bring a certificate to', async () => {
    const origin = 'https://mtls.daypass.example.com';
    const other = await startDaypass({ vars: { DAYPASS_MTLS_ORIGIN: origin } });
    try {
      // A client that comes there with a certificate may bind its tokens by DPoP, and its library calls the place by this name.
      const key = await makeDpopKey(other);
      const ask = async (htu: string) => {
        const dpop = await key.proof('/oauth/token', { claims: { htu } });
        return (await postForm(other, '/oauth/token', { grant_type: 'client_credentials' }, { dpop })).body
          .error;
      };
      expect(await ask(`${origin}/oauth/token`)).toBe('use_dpop_nonce');
      expect(await ask(`${origin}/oauth/par`)).toBe('invalid_dpop_proof');
      expect(await ask('https://other.example.com/oauth/token')).toBe('invalid_dpop_proof');
      const [, document = {}] = await documents(other);
      expect(document).toMatchObject({
        tls_client_certificate_bound_access_tokens: true,
        token_endpoint_auth_methods_supported: expect.arrayContaining([
          'tls_client_auth',
          'self_signed_tls_client_auth',
        ]),
        token_endpoint: `${other.url}/oauth/token`,
        mtls_endpoint_aliases: { token_endpoint: `${origin}/oauth/token` },
      });
      const aliases = Object.entries(Object(document.mtls_endpoint_aliases) as Record<string, string>);
      for (const [name, url] of aliases) expect(document[name]).toBe(url.replace(origin, other.url));
    } finally {
      await other.stop();
    }
  });
});
