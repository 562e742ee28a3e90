/**
 * The session token of temporary AWS keys: a sealed session, opened without a database.
 *
 * Layout, base64url without padding: version (1 byte) · key id (8) · credential id (32) · access key id (10) · AES-256-GCM of
 * the session and its tag. Each token has a key of its own (derived with the credential id as salt) that seals exactly this one message, so
 * the nonce is constant. The additional data binds version, purpose, key id and access key id: a token presented with
 * another access key id does not open.
 */
import {
  type Bytes,
  concatBytes,
  parseBase32,
  parseBase64Url,
  toBase32,
  toBase64Url,
  toHex,
  utf8,
} from '../bytes.ts';
import { failure, type Result, success } from '../result.ts';
import { deflate, inflate } from './deflate.ts';
import { deriveTokenKey } from './derive.ts';
import { MAX_SESSION_TOKEN_BYTES } from './limits.ts';
import type { Session } from './session.ts';
import { packSession, unpackSession } from './session-codec.ts';

const VERSION = 1;
const PREFIX = 'ASIA';
const PURPOSE = 'session-token';
const KEY_ID_BYTES = 8;
export const CREDENTIAL_ID_BYTES = 32;
/** The 16 base32 characters behind `ASIA`. */
const ACCESS_KEY_ID_BYTES = 10;
const HEADER_BYTES = 1 + KEY_ID_BYTES + CREDENTIAL_ID_BYTES + ACCESS_KEY_ID_BYTES;
const NONCE = new Uint8Array(12);
/** Below this, compressing costs more time than it saves room. */
const COMPRESS_FROM_BYTES = 1024;
const PLAIN = 0;
const DEFLATED = 1;
/** Two bytes of length, a payload of one of the other kinds, and zeros: for callers that want long tokens. */
const PADDED = 2;
const TAG_BYTES = 16;

/** The keyring secret that seals tokens, with its id (16 hex digits). */
export interface TokenSealingKey {
  readonly keyId: string;
  readonly base: CryptoKey;
}

/** What a token says before it is opened: which key opens it. Nothing of it may be believed yet. */
export interface TokenHeader {
  readonly keyId: string;
  readonly credentialId: Bytes;
  /** The access key id it was made with; bound by the seal. */
  readonly accessKeyId: string;
  readonly header: Bytes;
  readonly sealed: Bytes;
}

export type TokenFailure = 'malformed' | 'not_authentic';

/**
 * Seals a session into a token.
 * @param keyIdBytes - the sealing key's id as its 8 bytes
 * @param minimumTokenBytes - a smaller token is made as long as this
 * @returns the token, or `too_large` when it would pass 4,096 bytes
 */
export async function sealSessionToken(input: {
  readonly session: Session;
  readonly accessKeyId: string;
  readonly credentialId: Bytes;
  readonly keyIdBytes: Bytes;
  readonly base: CryptoKey;
  readonly minimumTokenBytes: number;
}): Promise<Result<string, { why: 'too_large'; bytes: number }>> {
  const accessKeyIdBytes = parseBase32(input.accessKeyId.slice(PREFIX.length));
  if (accessKeyIdBytes === null) throw new Error('an access key id is not base32');
  const header = concatBytes(Uint8Array.of(VERSION), input.keyIdBytes, input.credentialId, accessKeyIdBytes);
  const key = await deriveTokenKey(input.base, input.credentialId);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: NONCE, additionalData: additionalData(header, input.accessKeyId) },
    key,
    pad(await encodePayload(utf8(JSON.stringify(packSession(input.session)))), input.minimumTokenBytes),
  );
  const token = toBase64Url(concatBytes(header, new Uint8Array(sealed)));
  if (token.length > MAX_SESSION_TOKEN_BYTES) return failure({ why: 'too_large', bytes: token.length });
  return success(token);
}

/**
 * Reads which key a token wants. Cheap, without cryptography, safe on any text.
 * @returns the header, or null for what cannot be a token of ours
 */
export function parseTokenHeader(token: string): TokenHeader | null {
  if (token.length > MAX_SESSION_TOKEN_BYTES) return null;
  const bytes = parseBase64Url(token);
  if (bytes === null || bytes.length <= HEADER_BYTES || bytes[0] !== VERSION) return null;
  return {
    keyId: toHex(bytes.subarray(1, 1 + KEY_ID_BYTES)),
    credentialId: bytes.slice(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + CREDENTIAL_ID_BYTES),
    accessKeyId: PREFIX + toBase32(bytes.subarray(1 + KEY_ID_BYTES + CREDENTIAL_ID_BYTES, HEADER_BYTES)),
    header: bytes.slice(0, HEADER_BYTES),
    sealed: bytes.slice(HEADER_BYTES),
  };
}

/**
 * Opens a token with the key that its header names.
 * @param accessKeyId - the access key id that came with it; another one than it was sealed for opens nothing
 * @returns the session; its expiry is the caller's to check
 */
export async function openSessionToken(
  token: TokenHeader,
  accessKeyId: string,
  base: CryptoKey,
): Promise<Result<Session, TokenFailure>> {
  if (token.accessKeyId !== accessKeyId) return failure('not_authentic');
  const key = await deriveTokenKey(base, token.credentialId);
  const plain = await decrypt(key, token, accessKeyId);
  if (plain === null) return failure('not_authentic');
  const text = await decodePayload(plain);
  const session = text === null ? null : unpackSession(parseJson(text));
  return session === null ? failure('malformed') : success(session);
}

const additionalData = (header: Bytes, accessKeyId: string): Bytes =>
  concatBytes(utf8(`${PURPOSE}\u0000${accessKeyId}\u0000`), header.subarray(0, 1 + KEY_ID_BYTES));

async function decrypt(key: CryptoKey, token: TokenHeader, accessKeyId: string): Promise<Bytes | null> {
  try {
    const algorithm = {
      name: 'AES-GCM',
      iv: NONCE,
      additionalData: additionalData(token.header, accessKeyId),
    };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, token.sealed));
  } catch {
    return null; // GCM says only that the tag does not fit
  }
}

async function encodePayload(json: Bytes): Promise<Bytes> {
  if (json.length < COMPRESS_FROM_BYTES) return concatBytes(Uint8Array.of(PLAIN), json);
  return concatBytes(Uint8Array.of(DEFLATED), await deflate(json));
}

/** Four characters of base64url carry three bytes. */
const payloadBytesFor = (tokenBytes: number): number =>
  Math.ceil((tokenBytes * 3) / 4) - HEADER_BYTES - TAG_BYTES;

function pad(payload: Bytes, minimumTokenBytes: number): Bytes {
  const wanted = payloadBytesFor(minimumTokenBytes);
  if (payload.length >= wanted) return payload;
  const head = Uint8Array.of(PADDED, payload.length >> 8, payload.length & 0xff);
  return concatBytes(head, payload, new Uint8Array(Math.max(0, wanted - payload.length - head.length)));
}

/** @returns what is padded, without the padding */
function unpad(payload: Bytes): Bytes {
  if (payload[0] !== PADDED) return payload;
  const [, high = 0, low = 0] = payload;
  return payload.slice(3, 3 + high * 256 + low);
}

async function decodePayload(padded: Bytes): Promise<string | null> {
  const payload = unpad(padded);
  const body = payload.slice(1);
  if (payload[0] === PLAIN) return new TextDecoder().decode(body);
  if (payload[0] === DEFLATED) return new TextDecoder().decode(await inflate(body));
  return null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
