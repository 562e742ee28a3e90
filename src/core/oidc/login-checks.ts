import { equalStrings, toBase64Url, utf8 } from '../bytes.ts';
import type { Claims } from './id-token.ts';

/** What a browser login's ID token must say beyond what every ID token must. */
export interface LoginExpectation {
  readonly clientId: string;
  readonly nonce: string;
  /** Null where none came with the token. */
  readonly accessToken: string | null;
}

/**
 * Checks that an ID token answers this very login: our nonce, our client as the one that asked, and the access token beside it.
 * @param algorithm - of the token's signature
 * @returns what is wrong, for the log; null for nothing
 * @see OpenID Connect Core 1.0 sections 3.1.3.7 and 3.1.3.8
 */
export async function loginMismatch(
  claims: Claims,
  algorithm: string,
  { clientId, nonce, accessToken }: LoginExpectation,
): Promise<string | null> {
  if (typeof claims.nonce !== 'string' || !equalStrings(claims.nonce, nonce)) return 'nonce';
  if (![claims.aud].flat().includes(clientId)) return 'audience of another client of ours';
  if (claims.azp !== undefined && claims.azp !== clientId) return 'azp';
  if (claims.at_hash === undefined || accessToken === null) return null;
  return claims.at_hash === (await halfHash(accessToken, algorithm)) ? null : 'at_hash';
}

/** The left half of the hash that belongs to the signature's algorithm. */
async function halfHash(text: string, algorithm: string): Promise<string> {
  const bits = /(?:256|384|512)$/.exec(algorithm)?.[0] ?? '512'; // Ed25519 goes with SHA-512, whatever it is called
  const digest = new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, utf8(text)));
  return toBase64Url(digest.subarray(0, digest.length / 2));
}
