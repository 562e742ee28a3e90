import fc from 'fast-check';
import { compactVerify, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { type JwsAlgorithm, parseJws, verifyJws } from '../../src/core/jws.ts';
import { ID_TOKEN_ALGORITHMS } from '../../src/core/oidc/key-set.ts';

const base64Url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'ES256' };
const PAYLOAD = { sub: 'Zoë 🗝', list: [1, null, { x: 'y' }] };

const why = (text: string): string | null => {
  const parsed = parseJws(text);
  return parsed.ok ? null : parsed.failure;
};

describe('a signed text is taken apart', () => {
  test('into header, payload, what is signed, and the signature', () => {
    const signed = `${base64Url(HEADER)}.${base64Url(PAYLOAD)}`;
    expect(parseJws(`${signed}.c2ln`)).toEqual({
      ok: true,
      value: {
        text: `${signed}.c2ln`,
        header: HEADER,
        payload: PAYLOAD,
        signed,
        signature: new Uint8Array([115, 105, 103]),
      },
    });
  });

  test.for<[string, string, string]>([
    ['nothing', '', 'not three parts'],
    ['no signature', `${base64Url(HEADER)}.${base64Url(PAYLOAD)}.`, 'not three parts'],
    ['four parts', `${base64Url(HEADER)}.${base64Url(PAYLOAD)}.c2ln.c2ln`, 'not three parts'],
    ['a payload of its own', `${base64Url(HEADER)}..c2ln`, 'not JSON in base64url'],
    ['a list', `${base64Url(HEADER)}.${base64Url([PAYLOAD])}.c2ln`, 'not JSON in base64url'],
    ['null', `${base64Url('null')}.${base64Url(PAYLOAD)}.c2ln`, 'not JSON in base64url'],
    [
      'bytes that are no UTF-8',
      `${base64Url(HEADER)}.${Buffer.from([123, 34, 255, 34, 125]).toString('base64url')}.c2ln`,
      'not JSON in base64url',
    ],
    ['a byte order mark', `${base64Url(HEADER)}.${base64Url('\uFEFF{}')}.c2ln`, 'not JSON in base64url'],
    ['padding', `${base64Url(HEADER)}.${base64Url(PAYLOAD)}.YQ==`, 'not JSON in base64url'],
    ['a second spelling', `${base64Url(HEADER)}.${base64Url(PAYLOAD)}.YR`, 'not JSON in base64url'],
    ['something critical', `${base64Url({ ...HEADER, crit: ['x'] })}.e30.c2ln`, 'critical header'],
    ['an unencoded payload', `${base64Url({ ...HEADER, b64: false })}.e30.c2ln`, 'critical header'],
  ])('unless it has %s', ([, text, failure]) => {
    expect(why(text)).toBe(failure);
  });
});

describe('its signature', () => {
  const keys = new Map<JwsAlgorithm, CryptoKeyPair>();
  beforeAll(async () => {
    for (const algorithm of ID_TOKEN_ALGORITHMS)
      keys.set(algorithm, (await generateKeyPair(algorithm, { extractable: true })) as CryptoKeyPair);
  });
  const pairOf = (algorithm: JwsAlgorithm): CryptoKeyPair => {
    const pair = keys.get(algorithm);
    if (pair === undefined) throw new Error(`no key for ${algorithm}`);
    return pair;
  };
  const sign = (algorithm: JwsAlgorithm) =>
    new SignJWT(PAYLOAD).setProtectedHeader({ alg: algorithm }).sign(pairOf(algorithm).privateKey);

  async function ours(text: string, algorithm: JwsAlgorithm, key: CryptoKey): Promise<boolean> {
    const parsed = parseJws(text);
    return parsed.ok && (await verifyJws(parsed.value, algorithm, key));
  }
  const joses = (text: string, algorithm: JwsAlgorithm, key: CryptoKey): Promise<boolean> =>
    compactVerify(text, key, { algorithms: [algorithm] }).then(
      () => true,
      () => false,
    );

  test.for([...ID_TOKEN_ALGORITHMS])(
    'of %s is believed for its own key and for no other',
    async (algorithm) => {
      const text = await sign(algorithm);
      const believing = [];
      for (const other of ID_TOKEN_ALGORITHMS)
        if (await ours(text, algorithm, pairOf(other).publicKey)) believing.push(other);
      expect(believing).toEqual([algorithm]);
    },
  );

  test('is read by the algorithm that the caller admits, not by the one that it names', async () => {
    const [text, { publicKey }] = [await sign('RS256'), pairOf('RS256')];
    for (const other of ID_TOKEN_ALGORITHMS.filter((each) => !each.startsWith('RS')))
      expect([other, await ours(text, other, publicKey)]).toEqual([other, false]);
  });

  test('is refused wherever one bit of it, or of what it is over, is another', async () => {
    const text = await sign('ES256');
    const { publicKey } = pairOf('ES256');
    const bytes = Buffer.from(text);
    const believed = [];
    for (let at = 0; at < bytes.length; at += 1) {
      const bent = Buffer.from(bytes);
      bent[at] = (bytes[at] ?? 0) ^ 1;
      if (await ours(bent.toString('latin1'), 'ES256', publicKey)) believed.push(at);
    }
    expect(believed).toEqual([]);
  });

  test.for([0, 1, 63, 65, 70, 128])('of %i bytes is none of ES256', async (length) => {
    const signed = `${base64Url(HEADER)}.${base64Url(PAYLOAD)}`;
    const parts = {
      text: `${signed}.x`,
      header: HEADER,
      payload: PAYLOAD,
      signed,
      signature: new Uint8Array(length),
    };
    expect(await verifyJws(parts, 'ES256', pairOf('ES256').publicKey)).toBe(false);
  });

  test('of noughts is refused', async () => {
    const text = `${base64Url(HEADER)}.${base64Url(PAYLOAD)}.${base64Url('\0'.repeat(64))}`;
    expect(await ours(text, 'ES256', pairOf('ES256').publicKey)).toBe(false);
  });

  test('is believed only where jose believes it too, and nowhere else is jose stricter', async () => {
    const good = await Promise.all(
      ID_TOKEN_ALGORITHMS.map(async (each) => [each, await sign(each)] as const),
    );
    const damage = fc.record({
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      to: fc.string(),
    });
    const attempt = fc.record({
      token: fc.constantFrom(...good),
      key: fc.constantFrom(...ID_TOKEN_ALGORITHMS),
      damage: fc.option(damage, { freq: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(attempt, async ({ token: [algorithm, text], key, damage: bend }) => {
        const at = bend === null ? 0 : Math.floor(bend.at * text.length);
        const sent = bend === null ? text : text.slice(0, at) + bend.to + text.slice(at + 1);
        const { publicKey } = pairOf(key);
        const believed = await ours(sent, algorithm, publicKey);
        if (believed) expect(await joses(sent, algorithm, publicKey)).toBe(true);
        if (sent === text) expect(believed).toBe(await joses(sent, algorithm, publicKey));
      }),
      { numRuns: 300 },
    );
  });

  test('that was found good is good for its own bytes, key and algorithm alone', async () => {
    const text = await sign('ES256');
    const { publicKey } = pairOf('ES256');
    expect([await ours(text, 'ES256', publicKey), await ours(text, 'ES256', publicKey)]).toEqual([
      true,
      true,
    ]);
    const other = ((await generateKeyPair('ES256')) as CryptoKeyPair).publicKey;
    expect(await ours(text, 'ES256', other)).toBe(false);
    for (const algorithm of ID_TOKEN_ALGORITHMS.filter((each) => each !== 'ES256'))
      expect([algorithm, await ours(text, algorithm, publicKey)]).toEqual([algorithm, false]);
    const believed = [];
    for (let at = 0; at < text.length; at += 1) {
      const bent = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      if (bent !== text && (await ours(bent, 'ES256', publicKey))) believed.push(at);
    }
    expect(believed).toEqual([]);
    expect(await ours(text, 'ES256', publicKey)).toBe(true);
  });

  test('of thousands of texts are each found again, and none for another', async () => {
    const { privateKey, publicKey } = pairOf('ES256');
    const texts = await Promise.all(
      Array.from({ length: 1200 }, (_, at) =>
        new SignJWT({ at }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey),
      ),
    );
    for (const text of [...texts, ...texts.slice(0, 3)])
      expect(await ours(text, 'ES256', publicKey)).toBe(true);
    const swapped = `${texts[0]?.slice(0, texts[0].lastIndexOf('.'))}${texts[1]?.slice(texts[1].lastIndexOf('.'))}`;
    expect(await ours(swapped, 'ES256', publicKey)).toBe(false);
  });

  test('with a secret for a key is none', async () => {
    const secret = await crypto.subtle.importKey(
      'raw',
      new Uint8Array(32),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign', 'verify'],
    );
    const text = await new SignJWT(PAYLOAD).setProtectedHeader({ alg: 'HS256' }).sign(secret);
    for (const algorithm of ID_TOKEN_ALGORITHMS) expect(await ours(text, algorithm, secret)).toBe(false);
  });

  test('the bytes of a public key are no secret that a token could be signed with', async () => {
    const jwk = await exportJWK(pairOf('RS256').publicKey);
    const asSecret = await importJWK({ kty: 'oct', k: jwk.n ?? '' }, 'HS256');
    const text = await new SignJWT(PAYLOAD).setProtectedHeader({ alg: 'HS256' }).sign(asSecret);
    for (const algorithm of ID_TOKEN_ALGORITHMS)
      expect(await ours(text, algorithm, pairOf('RS256').publicKey)).toBe(false);
  });
});
