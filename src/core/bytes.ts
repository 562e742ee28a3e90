/**
 * Bytes and their text forms. Decoders are strict: a text that the matching encoder would not have written is refused,
 * so that one value has exactly one spelling.
 */

/** Bytes over a plain ArrayBuffer, as WebCrypto wants them in every runtime. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const BASE32_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Encodes text as UTF-8; a lone surrogate becomes U+FFFD. */
export const utf8 = (text: string): Bytes => encoder.encode(text) as Bytes; // an encoder always fills a fresh ArrayBuffer; workerd's types do not say so

/** Decodes UTF-8 without dropping a byte order mark. @returns the text, or null where the bytes are not valid UTF-8 */
export function parseUtf8(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return null;
  }
}

/** What newer engines do themselves; the library of types does not say so yet. @see ECMAScript proposal "ArrayBuffer to/from Base64" */
interface NativeEncoders {
  toHex?(): string;
  toBase64?(options?: { readonly alphabet: 'base64url'; readonly omitPadding: boolean }): string;
}
const native = (bytes: Uint8Array): NativeEncoders => bytes as NativeEncoders;

/** Writes bytes as lower-case hexadecimal digits. */
export const toHex = (bytes: Uint8Array): string => native(bytes).toHex?.() ?? hexOf(bytes);

/** As `toHex`, for engines that have none. */
export function hexOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Reads lower-case hexadecimal digits. @returns the bytes, or null for an odd length, upper case or other characters */
export function parseHex(text: string): Bytes | null {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) return null;
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  }
  return bytes;
}

/** So many arguments any engine takes at once. */
const CHUNK = 4096;

/** Writes bytes as base64 with padding (RFC 4648 section 4). */
export const toBase64 = (bytes: Uint8Array): string => native(bytes).toBase64?.() ?? base64Of(bytes);

/** As `toBase64`, for engines that have none. */
export function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let from = 0; from < bytes.length; from += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(from, from + CHUNK));
  }
  return btoa(binary);
}

/** Writes bytes as base64url without padding (RFC 4648 section 5, as JOSE uses it). */
export const toBase64Url = (bytes: Uint8Array): string =>
  native(bytes).toBase64?.({ alphabet: 'base64url', omitPadding: true }) ?? base64UrlOf(bytes);

/** As `toBase64Url`, for engines that have none. */
export const base64UrlOf = (bytes: Uint8Array): string =>
  base64Of(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/**
 * Reads base64url without padding.
 * @returns the bytes, or null for padding, white space, the plain alphabet's `+` and `/`, an impossible length, or
 * spare bits that are not zero (two texts would name the same bytes)
 */
export function parseBase64Url(text: string): Bytes | null {
  if (text.length % 4 === 1 || !/^[A-Za-z0-9_-]*$/.test(text) || hasSpareBits(text)) return null;
  return decoder.fromBase64?.(text, { alphabet: 'base64url' }) ?? base64UrlBytes(text);
}

/** As `NativeEncoders`. What it gets has passed every check, so it can only be read in one way. */
const decoder = Uint8Array as {
  fromBase64?(text: string, options: { readonly alphabet: 'base64url' }): Bytes;
};

/** The bytes of a text that has passed `parseBase64Url`, for engines that cannot read it themselves. */
export function base64UrlBytes(text: string): Bytes {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Whether the last character says more than the last byte needs: four bits of it in a pair, two in a triple. */
function hasSpareBits(text: string): boolean {
  const spare = [0, 0, 0b1111, 0b11][text.length % 4] ?? 0;
  return spare !== 0 && (BASE64URL.indexOf(text.slice(-1)) & spare) !== 0;
}

/** Writes bytes as upper-case base32 without padding (RFC 4648 section 6). */
export function toBase32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += BASE32_ALPHABET.charAt((buffer >> (bits - 5)) & 31);
  }
  return bits > 0 ? text + BASE32_ALPHABET.charAt((buffer << (5 - bits)) & 31) : text;
}

/**
 * Reads upper-case base32 without padding.
 * @returns the bytes, or null for other characters, an impossible length or spare bits that are not zero
 */
export function parseBase32(text: string): Bytes | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    const value = BASE32_ALPHABET.indexOf(character);
    if (value < 0) return null;
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at] = buffer >> bits;
      at += 1;
    }
  }
  return toBase32(bytes) === text ? bytes : null;
}

/** Joins byte arrays end to end. */
export function concatBytes(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Compares secrets in a time that depends on their length only.
 * @returns false at once for different lengths: compare digests where the length itself is secret
 */
export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at += 1) difference |= (left[at] ?? 0) ^ (right[at] ?? 0);
  return difference === 0;
}

/** As `equalBytes`, for texts. */
export function equalStrings(left: string, right: string): boolean {
  if (left.length !== right.length) return false;
  let difference = 0;
  for (let at = 0; at < left.length; at += 1) difference |= left.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
