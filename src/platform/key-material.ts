import { type Bytes, toHex } from '../core/bytes.ts';
import type { KeyMaterial } from '../core/keyring/key-row.ts';
import type { KeyAlgorithm, KeyPurpose } from '../core/keyring/keyring.ts';
import type { Random } from '../core/ports.ts';

const KEY_ID_BYTES = 8;
const SECRET_BYTES = 32;

/** Makes a new key. Its id is random, never derived from the key. */
export async function generateKeyMaterial(
  purpose: KeyPurpose,
  algorithm: KeyAlgorithm,
  random: Random,
): Promise<KeyMaterial> {
  const keyId = toHex(random.bytes(KEY_ID_BYTES));
  if (algorithm !== 'ES256') {
    return { keyId, purpose, algorithm, bytes: random.bytes(SECRET_BYTES), publicJwk: null };
  }
  const { bytes, jwk } = await generateEcPair();
  return { keyId, purpose, algorithm, bytes, publicJwk: { ...jwk, kid: keyId, use: 'sig', alg: 'ES256' } };
}

async function generateEcPair(): Promise<{ bytes: Bytes; jwk: Record<string, unknown> }> {
  // An asymmetric algorithm gives a pair; the runtime's types say only "key or pair".
  const pair = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const pkcs8 = (await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer; // raw formats are buffers
  const { kty, crv, x, y } = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey; // and jwk is a JWK
  return { bytes: new Uint8Array(pkcs8), jwk: { kty, crv, x, y } };
}
