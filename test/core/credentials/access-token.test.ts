import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type AccessTokenFacts,
  parseAccessToken,
  signAccessToken,
  verifyAccessToken,
} from '../../../src/core/credentials/access-token.ts';
import type { Session } from '../../../src/core/credentials/session.ts';
import type { Keyring, SigningKey } from '../../../src/core/keyring/keyring.ts';
import { START_SECONDS as NOW } from '../../helpers/fake-world.ts';
import { testKeyring } from '../../helpers/keys.ts';
import { roleSession } from '../../helpers/sessions.ts';

const ISSUER = 'https://daypass.example.com';
const facts: AccessTokenFacts = {
  issuer: ISSUER,
  audience: 'https://api.example.com',
  clientId: 'app',
  subject: 'fed_1',
  arn: 'arn:aws:sts::111122223333:assumed-role/Reader/anna',
  tokenId: 'id-1',
  scope: null,
  marks: [],
  chain: [],
};

type Members = Readonly<Record<string, unknown>>;

let keyring: Keyring;
let key: SigningKey;
beforeAll(async () => {
  keyring = await testKeyring();
  key = signingKeyOf(keyring);
});

function signingKeyOf({ signing }: Keyring): SigningKey {
  const found = signing.get('ES256');
  if (found === undefined) throw new Error('no signing key');
  return found;
}

const sign = (session: Session = roleSession(), over: Partial<AccessTokenFacts> = {}) =>
  signAccessToken(key, session, { ...facts, ...over }, NOW);
async function verify(text: string, ring = keyring, now = NOW) {
  const token = parseAccessToken(text);
  return token === null ? null : verifyAccessToken(token, ring, ISSUER, now);
}

/** A token that differs from a good one in its header or claims alone; undefined takes a member away. */
async function forge(header: Members, claims: Members = {}, by: SigningKey = key): Promise<string> {
  const good = decodeJwt(await sign());
  const payload = Object.fromEntries(
    Object.entries({ ...good, ...claims }).filter(([, value]) => value !== undefined),
  );
  const all = { alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header };
  const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(payload).setProtectedHeader(present as { alg: string }).sign(by.privateKey);
}

describe('an access token', () => {
  test('is an RFC 9068 token with the claims that resource servers read', async () => {
    const token = await sign();
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: key.kid });
    expect(decodeJwt(token)).toEqual({
      iss: ISSUER,
      aud: 'https://api.example.com',
      client_id: 'app',
      sub: 'fed_1',
      jti: 'id-1',
      iat: NOW,
      exp: NOW + 3600,
      daypass: { account: '111122223333', arn: facts.arn, session: 'ses_1' },
      'urn:daypass:session': expect.any(Object),
    });
  });

  test('carries scope, amr and auth_time where they are known', async () => {
    const federation = {
      provider: 'p',
      keyPrefix: 'k',
      audience: 'a',
      subject: 's',
      amr: ['pwd', 'mfa'],
      authTimeSeconds: 7,
    };
    const token = await sign(roleSession({ federation }), { scope: 'read' });
    expect(decodeJwt(token)).toMatchObject({ scope: 'read', amr: ['pwd'], auth_time: 7 });
  });

  test('is believed, whole', async () => {
    const session = roleSession({
      policies: { inline: '{"Statement":[]}', arns: [] },
      tags: [{ Key: 'team', Value: 'red' }],
      sourceIdentity: 'anna',
    });
    const token = await sign(session);
    const { 'urn:daypass:session': _, ...claims } = decodeJwt(token);
    expect(await verify(token)).toEqual({
      session,
      claims,
      audience: 'https://api.example.com',
      subject: 'fed_1',
      tokenId: 'id-1',
      clientId: 'app',
      scope: null,
      issuedAtSeconds: NOW,
      keyThumbprint: null,
    });
  });

  test('is believed until the second it ends, and no longer', async () => {
    const token = await sign();
    expect(await verify(token, keyring, NOW + 3599)).not.toBeNull();
    expect(await verify(token, keyring, NOW + 3600)).toBeNull();
  });

  test('is refused with any one character of it changed', async () => {
    const token = await sign();
    for (let at = 0; at < token.length; at += 7) {
      const other = token[at] === 'A' ? 'B' : 'A';
      expect([at, await verify(token.slice(0, at) + other + token.slice(at + 1))]).toEqual([at, null]);
    }
  });
});

test('an access token has one spelling: the spare bits at its end are zero', async () => {
  const token = await sign();
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const believed = [];
  for (const last of alphabet) if ((await verify(token.slice(0, -1) + last)) !== null) believed.push(last);
  expect(believed).toEqual([token.at(-1)]);
});

describe('refused', () => {
  test('the forger of these tests makes a good token when it changes nothing', async () => {
    expect(await verify(await forge({}))).not.toBeNull();
  });

  test.for<[string, Members]>([
    ['no type', { typ: undefined }],
    ['the type of an ID token', { typ: 'JWT' }],
    ['a logout token', { typ: 'logout+jwt' }],
    ['no key id', { kid: undefined }],
    ['an unknown key id', { kid: '0000000000000000' }],
    ['a key id that objects inherit', { kid: 'constructor' }],
    ['an unknown critical header', { crit: ['x'], x: 1 }],
  ])('%s', async ([, header]) => {
    expect(await verify(await forge(header).catch(() => 'cannot be made'))).toBeNull();
  });

  test.for<[string, Members]>([
    ['another issuer', { iss: 'https://evil.example.com' }],
    ['an issuer with a slash behind it', { iss: `${ISSUER}/` }],
    ['no issuer', { iss: undefined }],
    ['no expiry', { exp: undefined }],
    ['no time of issue', { iat: undefined }],
    ['no id', { jti: undefined }],
    ['no subject', { sub: undefined }],
    ['no audience', { aud: undefined }],
    ['a list of audiences', { aud: ['https://api.example.com'] }],
    ['expired', { exp: NOW - 1 }],
    ['not yet valid', { nbf: NOW + 1 }],
    ['no session', { 'urn:daypass:session': undefined }],
    ['a session of another shape', { 'urn:daypass:session': { s: 1 } }],
  ])('%s', async ([, claims]) => {
    expect(await verify(await forge({}, claims))).toBeNull();
  });

  test('a token of another deployment, although it names our key', async () => {
    const other = signingKeyOf(await testKeyring(99));
    expect(await verify(await forge({}, {}, other))).toBeNull();
  });

  test('no algorithm', async () => {
    const [, body] = (await sign()).split('.');
    const head = (alg: string) =>
      Buffer.from(JSON.stringify({ alg, typ: 'at+jwt', kid: key.kid })).toString('base64url');
    for (const alg of ['none', 'None', 'NONE', '']) expect(await verify(`${head(alg)}.${body}.`)).toBeNull();
  });

  test('HS256 with our public key for a secret', async () => {
    const jwk = JSON.stringify(keyring.publicKeys[0]);
    const token = await new SignJWT(decodeJwt(await sign()))
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })
      .sign(new TextEncoder().encode(jwk));
    expect(await verify(token)).toBeNull();
  });

  test.for(['', '.', '..', '...', 'a.b.c', 'x'.repeat(16_385), '.'.repeat(5000)])(
    'the text %#',
    async (text) => {
      expect(await verify(text)).toBeNull();
    },
  );

  test('what a forgotten key signed, from that second on', async () => {
    const token = await sign();
    const forgotten = (atSeconds: number): Keyring => ({
      ...keyring,
      verification: new Map(
        [...keyring.verification].map(([kid, each]) => [kid, { ...each, forgottenAtSeconds: atSeconds }]),
      ),
    });
    expect(await verify(token, forgotten(NOW + 1))).not.toBeNull();
    expect(await verify(token, forgotten(NOW))).toBeNull();
  });
});
