import fc from 'fast-check';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { DPOP_ALGORITHMS, verifyDpopProof } from '../../../src/core/oauth/dpop-proof.ts';

const NOW = 1_800_000_000;
const REQUEST = { method: 'POST', urls: ['https://daypass.example.com/oauth/token'] };
const CLAIMS = { jti: 'one', htm: 'POST', htu: 'https://daypass.example.com/oauth/token', iat: NOW };

let good: string;
let pair: CryptoKeyPair;
const sign = async (claims: Readonly<Record<string, unknown>> = {}, keys = pair, alg = 'ES256') =>
  new SignJWT({ ...CLAIMS, ...claims })
    .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: await exportJWK(keys.publicKey) })
    .sign(keys.privateKey);

beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  good = await sign();
});

const verify = (text: string, nowSeconds = NOW) => verifyDpopProof(text, REQUEST, nowSeconds);

describe('a proof', () => {
  test('says its key, its id, and until when it could be sent', async () => {
    expect(await verify(good)).toEqual({
      thumbprint: await calculateJwkThumbprint(await exportJWK(pair.publicKey)),
      proofId: 'one',
      nonce: null,
      accessTokenHash: null,
      expiresAtSeconds: NOW + 360,
    });
    expect(await verify(await sign({ nonce: 'n', ath: 'h' }))).toMatchObject({
      nonce: 'n',
      accessTokenHash: 'h',
    });
  });

  test.each(DPOP_ALGORITHMS)('may be signed with %s', async (alg) => {
    const keys = await generateKeyPair(alg);
    expect(await verify(await sign({}, keys, alg))).toMatchObject({ proofId: 'one' });
  });

  test('is believed for five minutes, and from a clock that is a minute ahead', async () => {
    const cases = [NOW - 61, NOW - 60, NOW, NOW + 299, NOW + 300];
    const believed = await Promise.all(cases.map(async (at) => (await verify(good, at)) !== null));
    expect(believed).toEqual([false, true, true, true, false]);
  });

  test('is not believed with an RSA key of less than 2048 bits', async () => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, hash: 'SHA-256' };
    const weak = (await crypto.subtle.generateKey(
      { ...algorithm, publicExponent: Uint8Array.of(1, 0, 1) },
      true,
      ['sign', 'verify'],
    )) as CryptoKeyPair; // of an asymmetric algorithm
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = part({ alg: 'RS256', typ: 'dpop+jwt', jwk: await exportJWK(weak.publicKey) });
    const input = `${head}.${part(CLAIMS)}`;
    const signature = await crypto.subtle.sign(algorithm, weak.privateKey, Buffer.from(input));
    expect(await verify(`${input}.${Buffer.from(signature).toString('base64url')}`)).toBeNull();
  });

  test('is not believed with any character changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 3), fc.constantFrom(...'AZaz09-_.'), async (at, character) => {
        const changed = good.slice(0, at) + character + good.slice(at + 1);
        expect(changed === good || (await verify(changed)) === null).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('of any text at all is an answer, never an exception', async () => {
    const json = fc.json().map((text) => Buffer.from(text).toString('base64url'));
    const text = fc.oneof(
      fc.string(),
      fc.array(json, { minLength: 3, maxLength: 3 }).map((parts) => parts.join('.')),
    );
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        expect(await verify(any)).toBeNull();
      }),
    );
  });
});
