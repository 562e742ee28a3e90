/**
 * From one keyring secret and a credential's random id come the two secrets of that credential: the key that seals its
 * session token and the secret access key that signs its requests. Neither is stored; either can be derived again.
 */
import { type Bytes, toBase64, utf8 } from '../bytes.ts';

const TOKEN_KEY_INFO = utf8('daypass/session-token/v1/token-key');
const ACCESS_TOKEN_INFO = utf8('daypass/access-token/v1/token-key');
const SIGNING_SECRET_INFO = utf8('daypass/session-token/v1/secret-access-key');

/** 30 bytes are exactly the 40 base64 characters that a secret access key has. */
const SECRET_BITS = 240;

/**
 * Imports a keyring secret for derivation.
 * @param secret - 32 random bytes
 * @returns a key that can derive and cannot be exported
 */
export const importDerivationKey = (secret: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits', 'deriveKey']);

/**
 * @param base - the keyring secret, imported
 * @param credentialId - the credential's 32 random bytes; the salt
 * @returns the AES-256-GCM key that seals this one credential's token
 * @see RFC 5869
 */
export const deriveTokenKey = (base: CryptoKey, credentialId: Bytes): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(hkdf(credentialId, TOKEN_KEY_INFO), base, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ]);

/**
 * @param base - the keyring secret, imported
 * @param tokenIdBytes - the token's 32 random bytes; the salt
 * @returns the AES-256-GCM key that seals this one access token
 */
export const deriveAccessTokenKey = (base: CryptoKey, tokenIdBytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.deriveKey(
    hkdf(tokenIdBytes, ACCESS_TOKEN_INFO),
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );

/**
 * @param base - the keyring secret, imported
 * @param credentialId - the credential's 32 random bytes; the salt
 * @returns the 40-character secret access key
 */
export async function deriveSecretAccessKey(base: CryptoKey, credentialId: Bytes): Promise<string> {
  const bits = await crypto.subtle.deriveBits(hkdf(credentialId, SIGNING_SECRET_INFO), base, SECRET_BITS);
  return toBase64(new Uint8Array(bits));
}

const hkdf = (salt: Bytes, info: Bytes) => ({ name: 'HKDF', hash: 'SHA-256', salt, info });
