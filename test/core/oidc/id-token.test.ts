import fc from 'fast-check';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkClaims, chooseKey, parseIdToken, verifySignature } from '../../../src/core/oidc/id-token.ts';
import { type IssuerKeys, readKeySet } from '../../../src/core/oidc/key-set.ts';
import { START_SECONDS as NOW } from '../../helpers/fake-world.ts';

const ISSUER = 'https://accounts.example.com';
type Members = Readonly<Record<string, unknown>>;

const base64Url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const goodHeader = { alg: 'RS256', typ: 'JWT', kid: 'k1' };
const goodClaims = { iss: ISSUER, aud: 'client', sub: 'anna', exp: NOW + 300, iat: NOW };

/** A token whose signature is only a shape. */
const shaped = (header: unknown, claims: unknown = goodClaims, signature = 'c2ln'): string =>
  `${base64Url(header)}.${base64Url(claims)}.${signature}`;

const refusal = (text: string) => {
  const parsed = parseIdToken(text);
  return parsed.ok ? null : parsed.failure;
};

describe('taking a token apart', () => {
  test('gives algorithm, key id and the issuer it claims', () => {
    expect(parseIdToken(shaped(goodHeader))).toMatchObject({
      ok: true,
      value: { algorithm: 'RS256', kid: 'k1', issuer: ISSUER },
    });
  });

  test.for<[string, Members]>([
    ['without a type', { alg: 'RS256', kid: 'k1' }],
    ['without a key id', { alg: 'RS256' }],
    ['with the long form of its type', { ...goodHeader, typ: 'application/jwt' }],
    ['with its type in lower case', { ...goodHeader, typ: 'jwt' }],
    [
      'with headers that are never looked at',
      { ...goodHeader, jku: 'https://evil.example', jwk: {}, x5u: 'u', x5c: [] },
    ],
  ])('accepts one %s', ([, header]) => {
    expect(parseIdToken(shaped(header)).ok).toBe(true);
  });

  test.for<[string, string]>([
    ['nothing', ''],
    ['one part', base64Url(goodHeader)],
    ['two parts', `${base64Url(goodHeader)}.${base64Url(goodClaims)}`],
    ['an empty signature', shaped(goodHeader, goodClaims, '')],
    ['four parts', `${shaped(goodHeader)}.x`],
    ['five parts (encrypted)', `${shaped(goodHeader)}.x.y`],
    ['many dots', '.'.repeat(19_000)],
    ['too long', shaped(goodHeader, { ...goodClaims, padding: 'x'.repeat(20_000) })],
    ['padding', shaped(goodHeader).replace('.', '=.')],
    ['white space before', ` ${shaped(goodHeader)}`],
    ['a newline behind', `${shaped(goodHeader)}\n`],
    ["base64's own alphabet", shaped(goodHeader, goodClaims, 'a+/b')],
    ['a header that is no object', shaped([goodHeader])],
    ['a header that is null', shaped(null)],
    ['a header that is no JSON', shaped('{alg:1}')],
    ['a payload that is a list', shaped(goodHeader, [goodClaims])],
    ['a payload that is text', shaped(goodHeader, '"text"')],
    [
      'a payload that is no UTF-8',
      `${base64Url(goodHeader)}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.c2ln`,
    ],
    ['a payload with a byte order mark', shaped(goodHeader, `\ufeff${JSON.stringify(goodClaims)}`)],
    ['a key id that is a number', shaped({ ...goodHeader, kid: 5 })],
    ['a key id that is null', shaped({ ...goodHeader, kid: null })],
    ['a type that is a list', shaped({ ...goodHeader, typ: ['JWT'] })],
    ['an unknown critical header', shaped({ ...goodHeader, crit: ['exp'] })],
    ['an empty list of critical headers', shaped({ ...goodHeader, crit: [] })],
    ['an unencoded payload', shaped({ ...goodHeader, b64: false, crit: ['b64'] })],
    ['b64 said aloud', shaped({ ...goodHeader, b64: true })],
    ['no issuer', shaped(goodHeader, { ...goodClaims, iss: undefined })],
    ['an empty issuer', shaped(goodHeader, { ...goodClaims, iss: '' })],
    ['a list of issuers', shaped(goodHeader, { ...goodClaims, iss: [ISSUER] })],
  ])('refuses %s as malformed', ([, text]) => {
    expect(refusal(text)).toMatchObject({ why: 'malformed' });
  });

  test.for([
    'at+jwt',
    'AT+JWT',
    'application/at+jwt',
    'logout+jwt',
    'secevent+jwt',
    'dpop+jwt',
    'oauth-authz-req+jwt',
    'token-introspection+jwt',
    'client-authentication+jwt',
    'kb+jwt',
    'entity-statement+jwt',
    'wallet-attestation+jwt',
  ])('refuses another kind of token: %s', (typ) => {
    expect(refusal(shaped({ ...goodHeader, typ }))).toEqual({
      why: 'malformed',
      what: 'another kind of token',
    });
  });

  test.for<[unknown, string]>([
    ['none', 'none'],
    ['None', 'None'],
    ['HS256', 'HS256'],
    ['HS512', 'HS512'],
    ['rs256', 'rs256'],
    ['RS1', 'RS1'],
    ['ES256K', 'ES256K'],
    ['dir', 'dir'],
    ['', ''],
    ['x'.repeat(100), 'x'.repeat(32)],
    [undefined, 'none of the names'],
    [null, 'none of the names'],
    [['RS256'], 'none of the names'],
    [{ toString: null }, 'none of the names'],
    [{ toString: 1, valueOf: 1 }, 'none of the names'],
  ])('refuses the algorithm %o', ([alg, algorithm]) => {
    expect(refusal(shaped({ ...goodHeader, alg }))).toEqual({ why: 'algorithm', algorithm });
  });

  test('any text and any JSON are answered, never thrown at', () => {
    const tokens = fc.tuple(fc.jsonValue(), fc.jsonValue()).map(([header, claims]) => shaped(header, claims));
    const bent = fc
      .dictionary(fc.constantFrom('alg', 'typ', 'kid', 'crit', 'b64'), fc.jsonValue())
      .map((over) => shaped({ ...goodHeader, ...over }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), tokens, bent), (text) => {
        expect(typeof parseIdToken(text).ok).toBe('boolean');
      }),
    );
  });
});

describe('key and signature', () => {
  let keys: IssuerKeys;
  let privateKey: CryptoKey;
  let otherPrivateKey: CryptoKey;
  let publicJwk: JWK;

  beforeAll(async () => {
    const pair = await generateKeyPair('RS256', { extractable: true });
    const ecPair = await generateKeyPair('ES256', { extractable: true });
    privateKey = pair.privateKey;
    otherPrivateKey = (await generateKeyPair('RS256')).privateKey;
    publicJwk = await exportJWK(pair.publicKey);
    const set = {
      keys: [
        { ...publicJwk, kid: 'k1' },
        { ...(await exportJWK(ecPair.publicKey)), kid: 'e1' },
      ],
    };
    keys = readKeySet(set, new Set(['RS256', 'ES256']));
  });

  const sign = (header: Members = goodHeader, key: CryptoKey | Uint8Array = privateKey) =>
    new SignJWT(goodClaims).setProtectedHeader(header as { alg: string }).sign(key);

  /** The whole way: apart, key, signature. */
  async function verify(text: string, among = keys) {
    const parsed = parseIdToken(text);
    if (!parsed.ok) return parsed.failure.why;
    const key = chooseKey(parsed.value, among);
    if (!key.ok) return key.failure.why;
    const claims = await verifySignature(parsed.value, await among.import(key.value, parsed.value.algorithm));
    return claims.ok ? claims.value : claims.failure.why;
  }

  test('a good token gives its claims', async () => {
    expect(await verify(await sign())).toEqual(goodClaims);
  });

  test('without a key id the only key that fits is taken', async () => {
    expect(await verify(await sign({ alg: 'RS256' }))).toEqual(goodClaims);
  });

  test('without a key id and with two keys that fit none is guessed', async () => {
    const two = readKeySet(
      {
        keys: [
          { ...publicJwk, kid: 'k1' },
          { ...publicJwk, kid: 'k2' },
        ],
      },
      new Set(['RS256']),
    );
    expect(await verify(await sign({ alg: 'RS256' }), two)).toBe('unknown_key');
    expect(await verify(await sign(), two)).toEqual(goodClaims);
  });

  test('two keys of one name are as good as none', async () => {
    const two = readKeySet(
      {
        keys: [
          { ...publicJwk, kid: 'k1' },
          { ...publicJwk, kid: 'k1' },
        ],
      },
      new Set(['RS256']),
    );
    expect(await verify(await sign(), two)).toBe('unknown_key');
  });

  test.for<[string, () => Promise<string>, string]>([
    ['by another key of that name', () => sign(goodHeader, otherPrivateKey), 'signature'],
    ['by an unknown name', () => sign({ ...goodHeader, kid: 'k9' }), 'unknown_key'],
    ['by a name of another type of key', () => sign({ ...goodHeader, kid: 'e1' }), 'unknown_key'],
    [
      'by an algorithm that the issuer does not announce',
      async () => shaped({ ...goodHeader, alg: 'RS512' }),
      'algorithm',
    ],
    [
      'by HMAC with the public key for a secret',
      () => sign({ ...goodHeader, alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(publicJwk))),
      'algorithm',
    ],
    ['by nothing', async () => shaped({ ...goodHeader, alg: 'none' }), 'algorithm'],
    [
      'by an elliptic signature of zeros',
      async () => shaped({ alg: 'ES256', kid: 'e1' }, goodClaims, Buffer.alloc(64).toString('base64url')),
      'signature',
    ],
  ])('signed %s', async ([, make, why]) => {
    expect(await verify(await make())).toBe(why);
  });

  test.for(['jwk', 'jku', 'x5u', 'x5c'])(
    'a key in the token itself (%s) is never looked at',
    async (name) => {
      const pair = await generateKeyPair('RS256', { extractable: true });
      const own = { ...(await exportJWK(pair.publicKey)), kid: 'k1' };
      const value = name === 'jwk' ? own : name === 'x5c' ? ['MIIB'] : 'https://evil.example/keys';
      expect(await verify(await sign({ ...goodHeader, [name]: value }, pair.privateKey))).toBe('signature');
    },
  );

  test('claims and signatures of two tokens do not mix', async () => {
    const [head, , signature] = (await sign()).split('.');
    expect(await verify(`${head}.${base64Url({ ...goodClaims, sub: 'eve' })}.${signature}`)).toBe(
      'signature',
    );
  });
});

describe('judging the claims', () => {
  const rules = { issuer: ISSUER, clientIds: ['client', 'other-client'], nowSeconds: NOW };
  const judge = (over: Members) => checkClaims({ ...goodClaims, ...over }, rules);
  const why = (over: Members) => {
    const judged = judge(over);
    return judged.ok ? 'accepted' : judged.failure.why;
  };

  test('good ones prove subject, audience and expiry', () => {
    expect(judge({})).toEqual({
      ok: true,
      value: {
        subject: 'anna',
        audience: 'client',
        authorizedParty: null,
        expiresAtSeconds: NOW + 300,
        claims: goodClaims,
      },
    });
  });

  test.for<[string, Members, string]>([
    ['another issuer', { iss: 'https://evil.example.com' }, 'issuer'],
    ['the issuer with a slash', { iss: `${ISSUER}/` }, 'issuer'],
    ['the issuer in other case', { iss: ISSUER.toUpperCase() }, 'issuer'],
    ['a list with the issuer', { iss: [ISSUER] }, 'issuer'],
    ['no issuer', { iss: undefined }, 'issuer'],

    ['another audience', { aud: 'somebody' }, 'audience'],
    ['the audience in other case', { aud: 'Client' }, 'audience'],
    ['no audience', { aud: undefined }, 'audience'],
    ['an empty audience', { aud: '' }, 'audience'],
    ['an empty list of audiences', { aud: [] }, 'audience'],
    ['a list with a number', { aud: ['client', 5] }, 'audience'],
    ['an object for audience', { aud: { 0: 'client', length: 1 } }, 'audience'],
    ['several audiences without an authorized party', { aud: ['client', 'somebody'] }, 'audience'],
    [
      'several audiences, and somebody else authorized',
      { aud: ['client', 'somebody'], azp: 'somebody' },
      'audience',
    ],
    [
      'an authorized party that is not among the audiences',
      { aud: ['client', 'x'], azp: 'other-client' },
      'audience',
    ],
    ['an authorized party that is no text', { azp: ['client'] }, 'audience'],
    ['a list of one audience', { aud: ['client'] }, 'accepted'],
    [
      'several audiences, and one of ours authorized',
      { aud: ['client', 'somebody'], azp: 'client' },
      'accepted',
    ],

    ['no expiry', { exp: undefined }, 'malformed'],
    ['an expiry of text', { exp: String(NOW + 300) }, 'malformed'],
    ['an expiry of null', { exp: null }, 'malformed'],
    ['an expiry of a fraction', { exp: NOW + 300.5 }, 'malformed'],
    ['an endless expiry', { exp: Number.POSITIVE_INFINITY }, 'malformed'],
    ['an expiry that is no number', { exp: Number.NaN }, 'malformed'],
    ['a huge expiry', { exp: 1e11 }, 'malformed'],
    ['an expiry of zero', { exp: 0 }, 'malformed'],
    ['a negative expiry', { exp: -NOW }, 'malformed'],
    ['expired by more than the skew', { exp: NOW - 60 }, 'expired'],
    ['expired within the skew', { exp: NOW - 59 }, 'accepted'],

    ['no time of issue', { iat: undefined }, 'malformed'],
    ['a time of issue of text', { iat: String(NOW) }, 'malformed'],
    ['issued in the future', { iat: NOW + 61 }, 'not_yet_valid'],
    ['issued within the skew', { iat: NOW + 60 }, 'accepted'],
    ['issued a day and more ago', { iat: NOW - 86_460 }, 'expired'],
    ['issued a day ago', { iat: NOW - 86_459 }, 'accepted'],
    ['a fraction of a second of issue', { iat: NOW - 0.5 }, 'accepted'],

    ['not valid before the future', { nbf: NOW + 61 }, 'not_yet_valid'],
    ['valid within the skew', { nbf: NOW + 60 }, 'accepted'],
    ['a not-before of text', { nbf: 'tomorrow' }, 'malformed'],
    ['a not-before of null', { nbf: null }, 'malformed'],

    ['no subject', { sub: undefined }, 'subject'],
    ['an empty subject', { sub: '' }, 'subject'],
    ['a subject that is a number', { sub: 5 }, 'subject'],
    ['a subject that is a list', { sub: ['anna'] }, 'subject'],
    ['a subject of 256 characters', { sub: 'x'.repeat(256) }, 'subject'],
    ['a subject of 255 characters', { sub: 'x'.repeat(255) }, 'accepted'],

    [
      'a logout token or security event without its type',
      { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } },
      'malformed',
    ],
  ])('%s', ([, over, expected]) => {
    expect(why(over)).toBe(expected);
  });

  test('an expired token says when it ended', () => {
    expect(judge({ exp: NOW - 100 })).toEqual({
      ok: false,
      failure: { why: 'expired', atSeconds: NOW - 100 },
    });
  });

  test('of several audiences the authorized one counts, and the party is kept', () => {
    expect(judge({ aud: ['client', 'other-client'], azp: 'other-client' })).toMatchObject({
      value: { audience: 'other-client', authorizedParty: 'other-client' },
    });
  });

  test('a provider without client ids accepts nobody', () => {
    expect(checkClaims(goodClaims, { ...rules, clientIds: [] })).toEqual({
      ok: false,
      failure: { why: 'audience' },
    });
  });

  test('the issuer is judged before the audience, times before the subject', () => {
    expect(why({ iss: 'x', aud: 'x', exp: 0, sub: '' })).toBe('issuer');
    expect(why({ aud: 'x', exp: 1, sub: '' })).toBe('audience');
    expect(why({ exp: 1, sub: '' })).toBe('expired');
  });
});
