/**
 * JSON Web Signatures in compact form, read once and verified by WebCrypto: those of ID tokens and of our own access tokens, which
 * arrive with every request. jose takes the same text apart twice more and looks at the key each time; it stays the measure of what
 * is right (the tests hold both side by side), and whatever is rarer goes through it.
 * @see RFC 7515 sections 5.2 and 7.1, RFC 7518 section 3.1, RFC 8037 section 3.1
 */
import { type Bytes, parseBase64Url, parseUtf8, utf8 } from './bytes.ts';
import { failure, type Result, success } from './result.ts';

/** Algorithms of signatures that a public key verifies. */
export type JwsAlgorithm =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519';

/** A signed text taken apart; nothing of it is believed yet. */
export interface UnverifiedJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** What the signature is over. */
  readonly signed: string;
  readonly signature: Bytes;
}

/**
 * Takes a signed JSON object apart. Cheap, no cryptography, safe on any text; the caller bounds its length.
 * @returns what is wrong with one that has no three parts, is no JSON in the one spelling of base64url, or wants something understood
 * that is not
 */
export function parseJws(text: string): Result<UnverifiedJws, string> {
  const parts = text.split('.', 4);
  const [head, body, mark] = parts;
  if (parts.length !== 3 || head === undefined || body === undefined || !mark)
    return failure('not three parts');
  const header = parseHeader(head);
  const payload = parseObject(body);
  const signature = parseBase64Url(mark);
  if (header === null || payload === null || signature === null) return failure('not JSON in base64url');
  if (header.crit !== undefined || header.b64 !== undefined) return failure('critical header');
  return success({ header, payload, text, signed: text.slice(0, head.length + 1 + body.length), signature });
}

/** Headers by their text: those of one key are all the same. */
const heldHeaders = new Map<string, Readonly<Record<string, unknown>>>();
const MAX_HEADERS = 200;
const MAX_HEADER_CHARACTERS = 512;

function parseHeader(part: string): Readonly<Record<string, unknown>> | null {
  const held = heldHeaders.get(part);
  if (held !== undefined) return held;
  const header = parseObject(part);
  if (header === null || part.length > MAX_HEADER_CHARACTERS) return header;
  if (heldHeaders.size >= MAX_HEADERS) heldHeaders.clear();
  heldHeaders.set(part, Object.freeze(header));
  return header;
}

function parseObject(part: string): Record<string, unknown> | null {
  const bytes = parseBase64Url(part);
  const text = bytes === null ? null : parseUtf8(bytes);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null; // just checked
  } catch {
    return null;
  }
}

const RSA = { name: 'RSASSA-PKCS1-v1_5' };
const pss = (saltLength: number) => ({ name: 'RSA-PSS', saltLength });
const ecdsa = (hash: string) => ({ name: 'ECDSA', hash });
const EDWARDS = { name: 'Ed25519' };

/** The hash of an RSA signature is the key's own. */
const PARAMETERS: Readonly<Record<JwsAlgorithm, SubtleCryptoSignAlgorithm>> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: pss(32),
  PS384: pss(48),
  PS512: pss(64),
  ES256: ecdsa('SHA-256'),
  ES384: ecdsa('SHA-384'),
  ES512: ecdsa('SHA-512'),
  EdDSA: EDWARDS,
  Ed25519: EDWARDS,
};

/**
 * Texts that were found signed, by which key and algorithm: an access token is shown with every request until it ends, and the same
 * bytes under the same key are signed for ever. Nothing else is remembered: whether the key still counts, the times and the
 * revocations are looked at each time. A key that is imported anew, as after a rotation, is another key.
 */
const foundSigned = new Map<string, { readonly key: CryptoKey; readonly algorithm: JwsAlgorithm }>();
const MAX_FOUND = 1000;
const MAX_FOUND_CHARACTERS = 4096;

function remember(text: string, key: CryptoKey, algorithm: JwsAlgorithm): void {
  if (text.length > MAX_FOUND_CHARACTERS) return;
  for (const oldest of foundSigned.keys()) {
    if (foundSigned.size < MAX_FOUND) break;
    foundSigned.delete(oldest);
  }
  foundSigned.set(text, { key, algorithm });
}

/**
 * @param algorithm - that the caller admits for the key, whatever the header says
 * @param key - imported for that algorithm
 * @returns whether the key's owner has signed it; false for a key of another kind
 */
export async function verifyJws(
  { text, signed, signature }: UnverifiedJws,
  algorithm: JwsAlgorithm,
  key: CryptoKey,
): Promise<boolean> {
  const found = foundSigned.get(text);
  if (found?.key === key && found.algorithm === algorithm) return true;
  try {
    const isSigned = await crypto.subtle.verify(PARAMETERS[algorithm], key, signature, utf8(signed));
    if (isSigned) remember(text, key, algorithm);
    return isSigned;
  } catch {
    return false;
  }
}
