import { createVerify, X509Certificate } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import {
  CreateSAMLProviderCommand,
  DeleteSAMLProviderCommand,
  GetSAMLProviderCommand,
  UpdateSAMLProviderCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standInMetadata } from '../../../dev/peers/saml/metadata.ts';
import type { ResponseContent } from '../../../dev/peers/saml/response.ts';
import { makeSamlKey } from '../../../dev/peers/saml/signing-key.ts';
import { parseXml } from '../../../src/core/saml/xml.ts';
import { attributeOf } from '../../../src/core/saml/xml-query.ts';
import { daypassQuery } from '../../helpers/daypass-query.ts';
import { PageClient } from '../../helpers/page-client.ts';
import { IDP_ENTITY_ID } from '../../helpers/saml-idp.ts';
import { AWS_ATTRIBUTE, base64, type SamlScenario, startSamlScenario } from '../../helpers/saml-scenario.ts';

let saml: SamlScenario;
beforeAll(async () => {
  saml = await startSamlScenario();
});
afterAll(() => saml.stop());

const COOKIE = '__Host-daypass-saml';
const SESSION = '__Host-daypass-session';
const PASSWORD = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const REFEDS_MFA = 'https://refeds.org/profile/mfa';
const pathOf = (what: string): string => `/saml/${saml.providerId}/${what}`;
const cookiesOf = (answer: Response): ReadonlyMap<string, string> =>
  new Map(
    answer.headers.getSetCookie().map((each) => /^([^=]*)=([^;]*)/.exec(each)?.slice(1) as [string, string]),
  );

/** Begins a login as a browser does. */
async function begin(query = '') {
  const answer = await saml.daypass.fetch(`${pathOf('login')}${query}`);
  const url = new URL(answer.headers.get('location') ?? 'about:blank');
  const xml = inflateRawSync(Buffer.from(url.searchParams.get('SAMLRequest') ?? '', 'base64')).toString();
  const request = parseXml(xml);
  return {
    answer,
    url,
    xml,
    id: request.ok ? (attributeOf(request.value, 'ID') ?? '') : '',
    relayState: url.searchParams.get('RelayState') ?? '',
    cookie: `${COOKIE}=${cookiesOf(answer).get(COOKIE) ?? ''}`,
  };
}

type Begun = Awaited<ReturnType<typeof begin>>;
const post = (fields: Record<string, string> | string[][], cookie: string | null, init: RequestInit = {}) =>
  saml.daypass.fetch(pathOf('acs'), {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: {
      ...(cookie !== null && { cookie }),
      origin: 'https://idp.example.com',
      'sec-fetch-site': 'cross-site',
    },
    ...init,
  });
const answerTo = async ({ id }: Begun): Promise<string> =>
  base64(await saml.say({ content: { inResponseTo: id } }));
const finish = async (begun: Begun, cookie: string | null = begun.cookie) =>
  post({ SAMLResponse: await answerTo(begun), RelayState: begun.relayState }, cookie);

describe('metadata', () => {
  test('names our entity and where responses go', async () => {
    const answer = await saml.daypass.fetch(pathOf('metadata'));
    expect(answer.headers.get('content-type')).toBe('application/samlmetadata+xml');
    const text = await answer.text();
    const parsed = parseXml(text);
    expect(parsed.ok && attributeOf(parsed.value, 'entityID')).toBe(
      `${saml.daypass.url}${pathOf('metadata')}`,
    );
    expect(text).toContain(`Location="${saml.daypass.url}${pathOf('acs')}"`);
    expect(text).not.toContain('KeyDescriptor');
  });

  test('shows the public half of a private key', async () => {
    const key = await makeSamlKey(saml.daypass.nowSeconds());
    const SAMLProviderArn = saml.providerArn;
    const iam = saml.daypass.iam();
    await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, AddPrivateKey: key.privateKey }));
    const text = await (await saml.daypass.fetch(pathOf('metadata'))).text();
    const der = /use="encryption">.*?<ds:X509Certificate>([^<]*)/.exec(text)?.[1] ?? '';
    const shown = new X509Certificate(Buffer.from(der, 'base64')).publicKey;
    expect(shown.equals(new X509Certificate(Buffer.from(key.certificate, 'base64')).publicKey)).toBe(true);
  });

  test.each(['metadata', 'login', 'acs'])(
    'an unknown provider, and one of another account, has no %s',
    async (what) => {
      for (const id of [
        `SAMLSP${'A'.repeat(24)}`,
        `${saml.providerId.slice(0, -1)}${saml.providerId.endsWith('A') ? 'B' : 'A'}`,
        'idp',
        '__proto__',
        `%53${saml.providerId.slice(1)}`,
      ]) {
        expect((await saml.daypass.fetch(`/saml/${id}/${what}`)).status).toBe(404);
      }
    },
  );

  test('an encoded or deeper path is no door', async () => {
    for (const path of [
      `/%73aml/${saml.providerId}/metadata`,
      `${pathOf('metadata')}/x`,
      pathOf('METADATA'),
      '/saml/',
      pathOf(''),
    ]) {
      expect((await saml.daypass.fetch(path)).status).toBe(404);
    }
  });
});

describe('a login that begins here', () => {
  test('asks the identity provider and comes back to a session', async () => {
    const begun = await begin('?next=roles');
    expect([begun.answer.status, begun.url.origin + begun.url.pathname]).toEqual([
      302,
      'https://idp.example.com/sso',
    ]);
    expect(begun.xml).toContain(`AssertionConsumerServiceURL="${saml.daypass.url}${pathOf('acs')}"`);
    expect(begun.answer.headers.getSetCookie()[0]).toMatch(
      /; Path=\/; Max-Age=900; Secure; HttpOnly; SameSite=None$/,
    );
    const answer = await finish(begun);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/me/roles']);
    const cookies = cookiesOf(answer);
    expect(cookies.get('__Host-daypass-session')).toMatch(/.{32}/);
    expect(cookies.get(COOKIE)).toBe('');
    const { results } = await saml.daypass.d1
      .prepare("SELECT body FROM audit_events WHERE event_name = 'ConsoleLogin'")
      .all<{ body: string }>();
    expect(results.some(({ body }) => body.includes(saml.providerArn))).toBe(true);
  });

  test('in another browser, or in none, it does not finish', async () => {
    const [mine, other] = [await begin(), await begin()];
    for (const cookie of [other.cookie, null, `${COOKIE}=x`, `${mine.cookie}; ${mine.cookie}`]) {
      const answer = await finish(mine, cookie);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    }
    expect((await finish(mine)).status).toBe(303);
  });

  test('request and assertion are used once, also of twenty at once', async () => {
    const begun = await begin();
    const SAMLResponse = await answerTo(begun);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => post({ SAMLResponse, RelayState: begun.relayState }, begun.cookie)),
    );
    expect(all.filter(({ status }) => status === 303)).toHaveLength(1);
    // another assertion to the same request
    expect((await finish(begun)).status).toBe(400);
  });

  test.for<[string, (begun: Begun) => Promise<Record<string, string> | string[][]>, number]>([
    [
      'another RelayState',
      async (begun) => ({ SAMLResponse: await answerTo(begun), RelayState: 'https://evil.example.com' }),
      403,
    ],
    ['no RelayState', async (begun) => ({ SAMLResponse: await answerTo(begun) }), 403],
    [
      'an answer to another request',
      async (begun) => ({
        SAMLResponse: base64(await saml.say({ content: { inResponseTo: '_other' } })),
        RelayState: begun.relayState,
      }),
      400,
    ],
    [
      'an answer to no request',
      async (begun) => ({ SAMLResponse: base64(await saml.say()), RelayState: begun.relayState }),
      400,
    ],
    [
      'a changed answer',
      async (begun) => ({
        SAMLResponse: base64(
          (await saml.say({ content: { inResponseTo: begun.id } })).replace('>alice<', '>bob<'),
        ),
        RelayState: begun.relayState,
      }),
      400,
    ],
    [
      'an assertion by itself',
      async (begun) => ({
        SAMLResponse: base64(
          /<saml:Assertion .*<\/saml:Assertion>/s.exec(
            await saml.say({ content: { inResponseTo: begun.id } }),
          )?.[0] ?? '',
        ),
        RelayState: begun.relayState,
      }),
      400,
    ],
    [
      'two answers',
      async (begun) => [
        ['SAMLResponse', await answerTo(begun)],
        ['SAMLResponse', await answerTo(begun)],
        ['RelayState', begun.relayState],
      ],
      400,
    ],
    ['no answer', async (begun) => ({ RelayState: begun.relayState }), 400],
    [
      'an error of the provider',
      async (begun) => ({
        SAMLResponse: base64(
          await saml.say({
            content: { inResponseTo: begun.id, status: 'urn:oasis:names:tc:SAML:2.0:status:Requester' },
          }),
        ),
        RelayState: begun.relayState,
      }),
      403,
    ],
  ])('%s is refused', async ([, fields, status]) => {
    const begun = await begin();
    const answer = await post(await fields(begun), begun.cookie);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([status, []]);
  });

  test('a login that takes too long has to begin again', async () => {
    const begun = await begin();
    await saml.daypass.advance(901);
    expect((await finish(begun)).status).toBe(403);
  });

  test('a next page that is none of ours is refused', async () => {
    for (const next of ['https://evil.example.com', '//evil', '/me', 'nothing', 'me:a b']) {
      expect((await saml.daypass.fetch(`${pathOf('login')}?next=${encodeURIComponent(next)}`)).status).toBe(
        400,
      );
    }
  });

  test('methods, types and sizes', async () => {
    expect((await saml.daypass.fetch(pathOf('acs'))).status).toBe(405);
    expect((await saml.daypass.fetch(pathOf('login'), { method: 'POST' })).status).toBe(405);
    expect(
      (await post({ a: 'b' }, null, { body: '{}', headers: { 'content-type': 'application/json' } })).status,
    ).toBe(415);
    expect((await post({ SAMLResponse: 'A'.repeat(300_000) }, null)).status).toBe(413);
  });
});

test('a login that begins at the provider is admitted only where the provider’s row says so', async () => {
  const unsolicited = async (RelayState?: string) =>
    post({ SAMLResponse: base64(await saml.say()), ...(RelayState !== undefined && { RelayState }) }, null);
  const admit = (AdmitUnsolicited: string) =>
    daypassQuery(saml.daypass, 'UpdateSAMLProviderLogin', {
      SAMLProviderArn: saml.providerArn,
      AdmitUnsolicited,
    });
  expect((await unsolicited()).status).toBe(403);
  expect((await admit('true')).status).toBe(200);
  const answer = await unsolicited('https://evil.example.com');
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/me']);
  // what answers a request is no login that began there
  expect(
    (await post({ SAMLResponse: base64(await saml.say({ content: { inResponseTo: '_x' } })) }, null)).status,
  ).toBe(400);
  await admit('false');
  expect((await unsolicited()).status).toBe(403);
});

/** A browser that has signed in, on the page where a role is taken. */
async function signedIn(): Promise<PageClient> {
  const client = new PageClient(saml.daypass);
  const cookie = cookiesOf(await finish(await begin())).get('__Host-daypass-session') ?? '';
  client.cookies.set('__Host-daypass-session', cookie);
  expect((await client.get('/me/roles')).status).toBe(200);
  return client;
}
const take = (client: PageClient) => client.post('/me/roles', { role: saml.roleArn, duration: '3600' });
const SIGN_IN_AGAIN = '/login?next=roles';

describe('a browser that a provider has signed in', () => {
  test.for<[string, () => Record<string, string>]>([
    ['its subject', () => ({ Provider: saml.providerArn, Subject: 'alice' })],
    ['its provider', () => ({ Provider: saml.providerArn })],
    ['everybody', () => ({ IssuedBefore: new Date((saml.daypass.nowSeconds() + 1) * 1000).toISOString() })],
  ])('begins no more sessions once the sessions of %s are revoked', async ([, names]) => {
    const client = await signedIn();
    const { status, text } = await take(client);
    expect([status, text.includes('AWS_SESSION_TOKEN')]).toEqual([200, true]);
    await saml.daypass.advance(2);
    expect((await daypassQuery(saml.daypass, 'RevokeSessions', names())).code).toBeNull();
    await saml.daypass.advance(2);
    const after = await take(client);
    expect([after.status, after.location, after.text]).toEqual([303, '/login?next=me', '']);
    expect((await client.get('/me/roles')).location).toBe(SIGN_IN_AGAIN);
    await signedIn();
  });

  test('stays where the sessions of somebody else are revoked', async () => {
    const client = await signedIn();
    for (const names of [
      { Provider: saml.providerArn, Subject: 'bob' },
      { Provider: `${saml.providerArn}x` },
      { SourceIdentity: 'alice' },
    ])
      expect((await daypassQuery(saml.daypass, 'RevokeSessions', names)).code).toBeNull();
    expect((await take(client)).status).toBe(200);
  });

  test.for<[string, Record<string, readonly string[]>]>([
    ['twice the same key', { 'PrincipalTag:Team': ['red'], 'PrincipalTag:team': ['blue'] }],
    ['a key of AWS', { 'PrincipalTag:aws:team': ['red'] }],
    ['a key to hand on that is no tag', { TransitiveTagKeys: ['team'] }],
    [
      'more than fifty',
      Object.fromEntries(Array.from({ length: 51 }, (_, each) => [`PrincipalTag:t${each}`, ['x']])),
    ],
  ])('brings no session tags that the API would refuse: %s', async ([, tags]) => {
    const begun = await begin();
    const named = Object.entries(tags).map(([name, values]) => [`${AWS_ATTRIBUTE}${name}`, values] as const);
    const attributes = saml.granting(saml.roleArn, Object.fromEntries(named));
    const xml = await saml.say({ content: { inResponseTo: begun.id, attributes } });
    const answer = await post({ SAMLResponse: base64(xml), RelayState: begun.relayState }, begun.cookie);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([400, []]);
  });
});

describe('what the assertion asks for', () => {
  /** A browser that a response with these attributes has signed in. */
  const signedInWith = async (content: Partial<ResponseContent>, editAssertion = (xml: string) => xml) => {
    const begun = await begin();
    const xml = await saml.say({ content: { inResponseTo: begun.id, ...content }, editAssertion });
    const answer = await post({ SAMLResponse: base64(xml), RelayState: begun.relayState }, begun.cookie);
    const client = new PageClient(saml.daypass);
    client.cookies.set(SESSION, cookiesOf(answer).get(SESSION) ?? '');
    return { client, answer };
  };
  const named = (attributes: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [AWS_ATTRIBUTE + name, [value]]));
  const takeAs = async (client: PageClient, role: string, duration: string) => {
    await client.get('/me/roles');
    return client.post('/me/roles', { role, duration });
  };

  test('is in the session of the role that the browser takes, its length too', async () => {
    const everything = await saml.makeRole('everything', {
      Condition: {
        StringEquals: {
          'aws:RequestTag/team': 'red',
          'sts:SourceIdentity': 'anna',
          'sts:RoleSessionName': 'alice',
        },
        'ForAllValues:StringEquals': { 'sts:TransitiveTagKeys': ['team'] },
      },
    });
    const asked = named({
      'PrincipalTag:team': 'red',
      TransitiveTagKeys: 'team',
      SourceIdentity: 'anna',
      SessionDuration: '1200',
    });
    const { client } = await signedInWith({ attributes: saml.granting(everything, asked) });
    expect((await client.get('/me/roles')).text).toContain('As long as your login asks');
    const { status, text } = await takeAs(client, everything, 'login');
    expect(status).toBe(200);
    expect(text).toContain('AWS_SESSION_TOKEN');
    const expires = new Date((saml.daypass.nowSeconds() + 1200) * 1000).toISOString();
    expect(text).toContain(expires.slice(0, 16));
    // a browser whose login asks for something else is not let in
    const other = await signedInWith({
      attributes: saml.granting(everything, named({ SourceIdentity: 'bob' })),
    });
    expect((await takeAs(other.client, everything, '3600')).status).toBe(400);
  });

  test('is not offered as a length where the login names none', async () => {
    const { client } = await signedInWith({});
    expect((await client.get('/me/roles')).text).not.toContain('As long as your login asks');
  });

  test('ends with SessionNotOnOrAfter, however long the person wants', async () => {
    const { client } = await signedInWith({
      sessionNotOnOrAfterSeconds: saml.daypass.nowSeconds() + 600,
    });
    const { text } = await takeAs(client, saml.roleArn, '3600');
    expect(text).toContain(new Date((saml.daypass.nowSeconds() + 600) * 1000).toISOString().slice(0, 16));
    await saml.daypass.advance(601);
    expect((await client.get('/me/roles')).location).toBe(SIGN_IN_AGAIN);
  });

  test('a login that grants no role, or a role and no session name, signs nobody in', async () => {
    const { [`${AWS_ATTRIBUTE}RoleSessionName`]: _, ...nameless } = saml.granting(saml.roleArn);
    for (const [attributes, status] of [
      [{}, 403],
      [nameless, 400],
    ] as const) {
      const { answer } = await signedInWith({ attributes });
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([status, []]);
    }
  });

  test('a second factor counts where the provider’s row says so, from when it was proved', async () => {
    const recent = await saml.makeRole('recent', {
      Condition: {
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThan: { 'aws:MultiFactorAuthAge': '300' },
      },
    });
    const attributes = saml.granting(recent);
    const by =
      (context: string, ageSeconds = 0) =>
      (xml: string) =>
        xml
          .replace(PASSWORD, context)
          .replace(
            / AuthnInstant="[^"]*"/,
            ` AuthnInstant="${new Date((saml.daypass.nowSeconds() - ageSeconds) * 1000).toISOString()}"`,
          );
    const statusOf = async (edit: (xml: string) => string) =>
      (await takeAs((await signedInWith({ attributes }, edit)).client, recent, '900')).status;
    const apiStatusOf = async (edit: (xml: string) => string) =>
      saml.assume(await saml.say({ content: { attributes }, editAssertion: edit }), { RoleArn: recent }).then(
        () => 200,
        (error: Error) => error.name,
      );
    const settle = (values: readonly string[]) =>
      daypassQuery(saml.daypass, 'UpdateSAMLProviderLogin', {
        SAMLProviderArn: saml.providerArn,
        ...(values.length === 0
          ? { MfaAuthnContexts: '' }
          : Object.fromEntries(values.map((value, at) => [`MfaAuthnContexts.member.${at + 1}`, value]))),
      });
    expect([await statusOf(by(REFEDS_MFA)), await apiStatusOf(by(REFEDS_MFA))]).toEqual([
      400,
      'AccessDenied',
    ]);
    expect((await settle([REFEDS_MFA])).status).toBe(200);
    expect([await statusOf(by(REFEDS_MFA)), await apiStatusOf(by(REFEDS_MFA))]).toEqual([200, 200]);
    expect([await statusOf(by(PASSWORD)), await apiStatusOf(by(PASSWORD))]).toEqual([400, 'AccessDenied']);
    expect([await statusOf(by(REFEDS_MFA, 400)), await apiStatusOf(by(REFEDS_MFA, 400))]).toEqual([
      400,
      'AccessDenied',
    ]);
    await settle([]);
    expect(await statusOf(by(REFEDS_MFA))).toBe(400);
  });
});

test('requests are signed wherever there is a key, by the oldest one until it is taken away', async () => {
  const { daypass, idp } = saml;
  const iam = daypass.iam();
  const { SAMLProviderArn } = await iam.send(
    new CreateSAMLProviderCommand({ Name: 'quiet', SAMLMetadataDocument: idp.metadata }),
  );
  const show = () => iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
  const { SAMLProviderUUID } = await show();
  const shown = async () => (await daypass.fetch(`/saml/${SAMLProviderUUID}/metadata`)).text();
  const signers = async (): Promise<readonly boolean[]> => {
    const location = (await daypass.fetch(`/saml/${SAMLProviderUUID}/login`)).headers.get('location') ?? '';
    const [, signed = '', signature = ''] = /\?(.*)&Signature=(.*)$/.exec(location) ?? [];
    return keys.map(({ certificate }) =>
      createVerify('RSA-SHA256')
        .update(signed)
        .verify(
          new X509Certificate(Buffer.from(certificate, 'base64')).publicKey,
          decodeURIComponent(signature),
          'base64',
        ),
    );
  };
  const keys = [await makeSamlKey(daypass.nowSeconds()), await makeSamlKey(daypass.nowSeconds())] as const;
  const add = async ({ privateKey }: (typeof keys)[number]): Promise<void> => {
    await daypass.advance(1);
    await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, AddPrivateKey: privateKey }));
  };
  expect([await signers(), (await shown()).includes('AuthnRequestsSigned="true"')]).toEqual([
    [false, false],
    false,
  ]);
  await add(keys[0]);
  expect([await signers(), (await shown()).includes('AuthnRequestsSigned="true"')]).toEqual([
    [true, false],
    true,
  ]);
  await add(keys[1]);
  expect(await signers()).toEqual([true, false]);
  const [, oldest] = (await show()).PrivateKeyList ?? [];
  await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, RemovePrivateKey: oldest?.KeyId }));
  expect(await signers()).toEqual([false, true]);
});

test('a request is signed where the provider wants it, and not begun where no key can sign it', async () => {
  const { daypass, idp } = saml;
  const iam = daypass.iam();
  const key = await makeSamlKey(daypass.nowSeconds());
  const SAMLMetadataDocument = standInMetadata(
    IDP_ENTITY_ID,
    'https://idp.example.com',
    [idp.key.certificate],
    true,
  );
  const { SAMLProviderArn } = await iam.send(
    new CreateSAMLProviderCommand({ Name: 'strict', SAMLMetadataDocument }),
  );
  const { SAMLProviderUUID } = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
  const ask = () => daypass.fetch(`/saml/${SAMLProviderUUID}/login`);
  expect((await ask()).status).toBe(400);
  await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, AddPrivateKey: key.privateKey }));
  const [, signed = '', signature = ''] =
    /\?(.*)&Signature=(.*)$/.exec((await ask()).headers.get('location') ?? '') ?? [];
  const verifier = createVerify('RSA-SHA256').update(signed);
  const { publicKey } = new X509Certificate(Buffer.from(key.certificate, 'base64'));
  expect(verifier.verify(publicKey, decodeURIComponent(signature), 'base64')).toBe(true);
});

test('with its provider, a browser session ends', async () => {
  const client = await signedIn();
  await saml.daypass.iam().send(new DeleteSAMLProviderCommand({ SAMLProviderArn: saml.providerArn }));
  expect((await take(client)).text).toBe('');
  expect((await client.get('/me/roles')).location).toBe(SIGN_IN_AGAIN);
});
