/**
 * The key that signs for one secret, day, region and service.
 * @see AWS General Reference, "Create a signed AWS API request", step 4 "Derive a signing key"
 */
import { type Bytes, utf8 } from '../bytes.ts';
import type { CredentialScope } from './signed-request.ts';

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;

/**
 * Derives a signing key: five key imports and four HMACs, so the caller keeps what it derived, under a cap, and only
 * after a good signature (the scope is the asker's word).
 * @param secret - the secret access key
 * @returns an HMAC-SHA-256 key that signs and cannot be exported
 */
export async function deriveSigningKey(secret: string, scope: CredentialScope): Promise<CryptoKey> {
  let key = utf8(`AWS4${secret}`);
  for (const part of [scope.date, scope.region, scope.service, 'aws4_request']) {
    key = await hmac(await importKey(key), part);
  }
  return importKey(key);
}

/** Computes HMAC-SHA-256 of a text. */
export const hmac = async (key: CryptoKey, text: string): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text)));

const importKey = (bytes: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes, HMAC, false, ['sign']);
