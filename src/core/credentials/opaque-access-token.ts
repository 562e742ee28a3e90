/**
 * The other form of an access token: the same claims, sealed, so that whoever holds it reads nothing of them. Only Daypass opens it,
 * without a database: at introspection, at evaluation and as a bearer token.
 *
 * `dpa_` and, base64url without padding: version (1 byte) · key id (8) · the token's id (32) · AES-256-GCM of the claims and its
 * tag. Each token has a key of its own, which seals exactly this one message, so the nonce is constant.
 */
import type { JWTPayload } from 'jose';
import {
  type Bytes,
  concatBytes,
  parseBase64Url,
  parseHex,
  parseUtf8,
  toBase64Url,
  toHex,
  utf8,
} from '../bytes.ts';
import { MAX_ACCESS_TOKEN_CHARACTERS, readAccessClaims, type VerifiedAccessToken } from './access-token.ts';
import { deflate, inflate } from './deflate.ts';
import { deriveAccessTokenKey } from './derive.ts';
import { CREDENTIAL_ID_BYTES, type TokenSealingKey } from './session-token.ts';

const PREFIX = 'dpa_';
const VERSION = 1;
const KEY_ID_BYTES = 8;
const HEADER_BYTES = 1 + KEY_ID_BYTES + CREDENTIAL_ID_BYTES;
const NONCE = new Uint8Array(12);

/** What a token says before it is opened; nothing of it may be believed yet. */
export interface OpaqueHeader {
  /** Of the key that opens it. */
  readonly keyId: string;
  readonly tokenIdBytes: Bytes;
  readonly header: Bytes;
  readonly sealed: Bytes;
}

/**
 * Seals claims into a token.
 * @param tokenIdBytes - fresh random bytes, of which the claims' `jti` is made
 */
export async function sealAccessToken(
  { keyId, base }: TokenSealingKey,
  claims: JWTPayload,
  tokenIdBytes: Bytes,
): Promise<string> {
  const keyIdBytes = parseHex(keyId);
  if (keyIdBytes === null) throw new Error('a sealing key has an id that is not hexadecimal');
  const header = concatBytes(Uint8Array.of(VERSION), keyIdBytes, tokenIdBytes);
  const key = await deriveAccessTokenKey(base, tokenIdBytes);
  const algorithm = { name: 'AES-GCM', iv: NONCE, additionalData: header };
  const sealed = await crypto.subtle.encrypt(algorithm, key, await deflate(utf8(JSON.stringify(claims))));
  return PREFIX + toBase64Url(concatBytes(header, new Uint8Array(sealed)));
}

/** Reads which key a token wants. Cheap, without cryptography. @returns null for what cannot be a token of this form */
export function parseOpaqueHeader(text: string): OpaqueHeader | null {
  if (!text.startsWith(PREFIX) || text.length > MAX_ACCESS_TOKEN_CHARACTERS) return null;
  const bytes = parseBase64Url(text.slice(PREFIX.length));
  if (bytes === null || bytes.length <= HEADER_BYTES || bytes[0] !== VERSION) return null;
  return {
    keyId: toHex(bytes.subarray(1, 1 + KEY_ID_BYTES)),
    tokenIdBytes: bytes.slice(1 + KEY_ID_BYTES, HEADER_BYTES),
    header: bytes.slice(0, HEADER_BYTES),
    sealed: bytes.slice(HEADER_BYTES),
  };
}

/**
 * Opens a token with the key that its header names.
 * @param endedSeconds - one that has ended since is read, too; 0 for one that shall be believed
 * @returns null for anything that cannot be believed: another key's, changed, another issuer's, past its time
 */
export async function openAccessToken(
  { tokenIdBytes, header, sealed }: OpaqueHeader,
  base: CryptoKey,
  issuer: string,
  nowSeconds: number,
  endedSeconds = 0,
): Promise<VerifiedAccessToken | null> {
  const key = await deriveAccessTokenKey(base, tokenIdBytes);
  try {
    const algorithm = { name: 'AES-GCM', iv: NONCE, additionalData: header };
    const plain = new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed));
    // Authentic: only `sealAccessToken` seals for this purpose.
    const claims = JSON.parse(parseUtf8(await inflate(plain)) ?? '') as JWTPayload;
    if (claims.iss !== issuer || typeof claims.exp !== 'number') return null;
    return claims.exp > nowSeconds - endedSeconds ? readAccessClaims(claims) : null;
  } catch {
    return null; // GCM says only that the tag does not fit
  }
}
