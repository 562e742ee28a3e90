/** A client's key, and proofs of it as a client would make them, or as it should not. @see RFC 9449 section 4.2 */
import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import type { Daypass } from './daypass.ts';
import { postForm } from './oauth-clients.ts';

export interface ProofWish {
  readonly method?: string;
  readonly nonce?: string;
  /** The access token that goes with it. */
  readonly token?: string;
  /** Claims that take the place of the usual ones; undefined removes one. */
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: Readonly<Record<string, unknown>>;
  /** Signs in place of the key that the header shows. */
  readonly signer?: CryptoKey;
}

export interface DpopKey {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
  readonly privateJwk: JWK;
  readonly thumbprint: string;
  proof(path: string, wish?: ProofWish): Promise<string>;
}

export async function makeDpopKey(daypass: Daypass, alg = 'ES256'): Promise<DpopKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  return {
    ...pair,
    jwk,
    privateJwk: await exportJWK(pair.privateKey),
    thumbprint: await calculateJwkThumbprint(jwk),
    proof: (path, { method = 'POST', nonce, token, claims = {}, header = {}, signer } = {}) =>
      new SignJWT({
        ...{ jti: randomUUID(), htm: method, htu: `${daypass.url}${path}`, iat: daypass.nowSeconds() },
        ...(nonce !== undefined && { nonce }),
        ...(token !== undefined && { ath: createHash('sha256').update(token).digest('base64url') }),
        ...claims,
      })
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk, ...header })
        .sign(signer ?? pair.privateKey, { crit: { 'x-unknown': true } }),
  };
}

/** A nonce of the server, by the refusal of a proof that has none. */
export async function askNonce(daypass: Daypass, key: DpopKey): Promise<string> {
  const proof = await key.proof('/oauth/token');
  const answer = await postForm(
    daypass,
    '/oauth/token',
    { grant_type: 'client_credentials' },
    { dpop: proof },
  );
  const nonce = answer.headers.get('dpop-nonce');
  if (answer.body.error !== 'use_dpop_nonce' || nonce === null)
    throw new Error(`no nonce came: ${JSON.stringify(answer.body)}`);
  return nonce;
}
