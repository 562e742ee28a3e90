/**
 * Opens encrypted assertions. RSA-OAEP and AES alone: PKCS#1 v1.5 would tell a forger about its guesses, and so would CBC, which is
 * therefore opened only where a verified signature covers the ciphertext.
 * @see XML Encryption 1.1, sections 5.2, 5.5 and 6.1
 */
import { type Bytes, concatBytes, parseUtf8 } from '../bytes.ts';
import type { XmlElement } from './xml.ts';
import { attributeOf, childrenOf, NS, onlyChild, textOf } from './xml-query.ts';

/** Hashes that RSA-OAEP is used with. */
export type OaepHash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** The provider's private keys, ready to open keys under a hash; the newest first. */
export type OpenPrivateKeys = (hash: OaepHash) => Promise<readonly CryptoKey[]>;

interface ContentCipher {
  readonly name: 'AES-GCM' | 'AES-CBC';
  readonly bytes: number;
}

const CONTENT_CIPHERS: ReadonlyMap<string, ContentCipher> = new Map([
  [`${NS.encryption11}aes128-gcm`, { name: 'AES-GCM', bytes: 16 }],
  [`${NS.encryption11}aes192-gcm`, { name: 'AES-GCM', bytes: 24 }],
  [`${NS.encryption11}aes256-gcm`, { name: 'AES-GCM', bytes: 32 }],
  [`${NS.encryption}aes128-cbc`, { name: 'AES-CBC', bytes: 16 }],
  [`${NS.encryption}aes192-cbc`, { name: 'AES-CBC', bytes: 24 }],
  [`${NS.encryption}aes256-cbc`, { name: 'AES-CBC', bytes: 32 }],
]);

const OAEP_MGF1_SHA1 = `${NS.encryption}rsa-oaep-mgf1p`;
const OAEP = `${NS.encryption11}rsa-oaep`;
const DIGESTS: ReadonlyMap<string, OaepHash> = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'SHA-1'],
  ['http://www.w3.org/2001/04/xmlenc#sha256', 'SHA-256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'SHA-384'],
  ['http://www.w3.org/2001/04/xmlenc#sha512', 'SHA-512'],
]);
const MASKS: ReadonlyMap<string, OaepHash> = new Map([
  [`${NS.encryption11}mgf1sha1`, 'SHA-1'],
  [`${NS.encryption11}mgf1sha256`, 'SHA-256'],
  [`${NS.encryption11}mgf1sha384`, 'SHA-384'],
  [`${NS.encryption11}mgf1sha512`, 'SHA-512'],
]);

const GCM_NONCE_BYTES = 12;
const BLOCK_BYTES = 16;
const MAX_ENCRYPTED_KEYS = 3;

/**
 * @param encrypted - the EncryptedAssertion
 * @param mayUseCbc - whether a signature that was verified covers it
 * @returns the assertion's text, or null: which step failed is nobody's to know
 */
export async function decryptAssertion(
  encrypted: XmlElement,
  openKeys: OpenPrivateKeys,
  mayUseCbc: boolean,
): Promise<string | null> {
  const data = onlyChild(encrypted, NS.encryption, 'EncryptedData');
  const cipher = data === null ? undefined : CONTENT_CIPHERS.get(methodOf(data));
  const content = data === null ? null : cipherValueOf(data);
  if (data === null || cipher === undefined || content === null) return null;
  if (cipher.name === 'AES-CBC' && !mayUseCbc) return null;
  for (const wrapped of encryptedKeysOf(encrypted, data).slice(0, MAX_ENCRYPTED_KEYS)) {
    const key = await unwrap(wrapped, cipher, openKeys);
    const plain = key === null ? null : await openContent(key, cipher, content);
    if (plain !== null) return parseUtf8(plain);
  }
  return null;
}

const methodOf = (element: XmlElement): string => {
  const method = onlyChild(element, NS.encryption, 'EncryptionMethod');
  return (method === null ? null : attributeOf(method, 'Algorithm')) ?? '';
};

function cipherValueOf(element: XmlElement): Bytes | null {
  const data = onlyChild(element, NS.encryption, 'CipherData');
  const value = data === null ? null : onlyChild(data, NS.encryption, 'CipherValue');
  return value === null ? null : parseBase64(textOf(value) ?? '');
}

/** @param text - may be broken into lines. @returns null for another form */
export function parseBase64(text: string): Bytes | null {
  const joined = text.replace(/[ \t\r\n]/g, '');
  if (joined.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(joined)) return null;
  return Uint8Array.from(atob(joined), (character) => character.charCodeAt(0));
}

/** Keys stand inside the data's KeyInfo or beside the data. */
const encryptedKeysOf = (encrypted: XmlElement, data: XmlElement): readonly XmlElement[] => [
  ...childrenOf(data, NS.signature, 'KeyInfo').flatMap((info) =>
    childrenOf(info, NS.encryption, 'EncryptedKey'),
  ),
  ...childrenOf(encrypted, NS.encryption, 'EncryptedKey'),
];

async function unwrap(
  wrapped: XmlElement,
  cipher: ContentCipher,
  openKeys: OpenPrivateKeys,
): Promise<CryptoKey | null> {
  const hash = oaepHashOf(wrapped);
  const value = cipherValueOf(wrapped);
  if (hash === null || value === null) return null;
  for (const privateKey of await openKeys(hash)) {
    try {
      const bytes = await crypto.subtle.decrypt({ name: 'RSA-OAEP' }, privateKey, value);
      if (bytes.byteLength !== cipher.bytes) continue;
      return await crypto.subtle.importKey('raw', bytes, cipher.name, false, ['encrypt', 'decrypt']);
    } catch {
      // another key's, or forged
    }
  }
  return null;
}

/** The platform uses one hash for both halves of OAEP, so a mixture of two cannot be opened. */
function oaepHashOf(wrapped: XmlElement): OaepHash | null {
  const method = onlyChild(wrapped, NS.encryption, 'EncryptionMethod');
  const algorithm = method === null ? null : attributeOf(method, 'Algorithm');
  if (method === null || (algorithm !== OAEP && algorithm !== OAEP_MGF1_SHA1)) return null;
  if (onlyChild(method, NS.encryption, 'OAEPparams') !== null) return null;
  const digest = onlyChild(method, NS.signature, 'DigestMethod');
  const mask = onlyChild(method, NS.encryption11, 'MGF');
  const hash = digest === null ? 'SHA-1' : DIGESTS.get(attributeOf(digest, 'Algorithm') ?? '');
  const maskHash =
    algorithm === OAEP_MGF1_SHA1 || mask === null ? 'SHA-1' : MASKS.get(attributeOf(mask, 'Algorithm') ?? '');
  return hash !== undefined && hash === maskHash ? hash : null;
}

async function openContent(key: CryptoKey, { name }: ContentCipher, content: Bytes): Promise<Bytes | null> {
  try {
    return name === 'AES-GCM' ? await openGcm(key, content) : await openCbc(key, content);
  } catch {
    return null;
  }
}

async function openGcm(key: CryptoKey, content: Bytes): Promise<Bytes> {
  const iv = content.slice(0, GCM_NONCE_BYTES);
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, content.slice(GCM_NONCE_BYTES));
  return new Uint8Array(plain);
}

/**
 * XML Encryption pads with any bytes and their number at the end; the platform insists on PKCS#7. So a block of valid padding is
 * encrypted behind the content, which the platform then takes off again.
 */
async function openCbc(key: CryptoKey, content: Bytes): Promise<Bytes | null> {
  if (content.length < 2 * BLOCK_BYTES || content.length % BLOCK_BYTES !== 0) return null;
  const last = content.slice(-BLOCK_BYTES);
  const padding = await crypto.subtle.encrypt({ name: 'AES-CBC', iv: last }, key, new Uint8Array(0));
  const iv = content.slice(0, BLOCK_BYTES);
  const whole = concatBytes(content.slice(BLOCK_BYTES), new Uint8Array(padding));
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CBC', iv }, key, whole));
  const padded = plain.at(-1) ?? 0;
  return padded >= 1 && padded <= BLOCK_BYTES ? plain.slice(0, -padded) : null;
}
