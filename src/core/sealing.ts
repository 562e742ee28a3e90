/**
 * Seals small secrets at rest with AES-256-GCM. The additional data binds where a value stands: table, account, row and
 * purpose. A value copied to another row, account or column does not open.
 */
import { type Bytes, concatBytes, parseBase64Url, toBase64Url, utf8 } from './bytes.ts';

/** The place a sealed value belongs to. */
export interface SealBinding {
  readonly table: string;
  /** The account id, or `deployment` for what belongs to all. */
  readonly account: string;
  readonly row: string;
  readonly purpose: string;
}

/** A key for sealing, by its id. */
export interface SealKey {
  readonly keyId: string;
  readonly key: CryptoKey;
}

export const SEAL_NONCE_BYTES = 12;

/** Imports 32 random bytes as a sealing key. */
export const importSealKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);

/**
 * @param nonce - 12 fresh random bytes
 * @returns `KEYID.BASE64URL`: the id of the key, then nonce and ciphertext
 */
export async function seal(key: SealKey, binding: SealBinding, plain: Bytes, nonce: Bytes): Promise<string> {
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: bindingBytes(binding) };
  const sealed = await crypto.subtle.encrypt(algorithm, key.key, plain);
  return `${key.keyId}.${toBase64Url(concatBytes(nonce, new Uint8Array(sealed)))}`;
}

/** @returns the id of the key that opens a sealed value, or null when it has none */
export function sealKeyId(sealed: string): string | null {
  const dot = sealed.indexOf('.');
  return dot > 0 ? sealed.slice(0, dot) : null;
}

/**
 * @param key - the key that `sealKeyId` names
 * @returns the plain bytes, or null when the value was changed, moved, or sealed by another key
 */
export async function unseal(key: CryptoKey, binding: SealBinding, sealed: string): Promise<Bytes | null> {
  const bytes = parseBase64Url(sealed.slice(sealed.indexOf('.') + 1));
  if (bytes === null || bytes.length <= SEAL_NONCE_BYTES) return null;
  try {
    const algorithm = {
      name: 'AES-GCM',
      iv: bytes.slice(0, SEAL_NONCE_BYTES),
      additionalData: bindingBytes(binding),
    };
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytes.slice(SEAL_NONCE_BYTES)));
  } catch {
    return null; // GCM says only that the tag does not fit
  }
}

/** Each part is prefixed with its length, so that no two places share their bytes. */
const bindingBytes = ({ table, account, row, purpose }: SealBinding): Bytes =>
  utf8([table, account, row, purpose].map((part) => `${part.length}:${part}`).join(','));
