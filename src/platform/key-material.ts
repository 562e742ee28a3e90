import { type Bytes, toHex } from '../core/bytes.ts';
import type { KeyMaterial } from '../core/keyring/key-row.ts';
import type { KeyAlgorithm, KeyPurpose } from '../core/keyring/keyring.ts';
import {
  isSigningAlgorithm,
  type SigningAlgorithm,
  signingParameters,
} from '../core/keyring/signing-algorithm.ts';
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
  if (!isSigningAlgorithm(algorithm)) {
    return { keyId, purpose, algorithm, bytes: random.bytes(SECRET_BYTES), publicJwk: null };
  }
  const { bytes, jwk } = await generatePair(algorithm);
  return { keyId, purpose, algorithm, bytes, publicJwk: { ...jwk, kid: keyId, use: 'sig', alg: algorithm } };
}

async function generatePair(
  algorithm: SigningAlgorithm,
): Promise<{ bytes: Bytes; jwk: Record<string, unknown> }> {
  const { generate, publicMembers } = signingParameters(algorithm);
  // An asymmetric algorithm gives a pair; the runtime's types say only "key or pair".
  const pair = (await crypto.subtle.generateKey(generate, true, ['sign', 'verify'])) as CryptoKeyPair;
  const pkcs8 = (await crypto.subtle.exportKey('pkcs8', pair.privateKey)) as ArrayBuffer; // raw formats are buffers
  const jwk = (await crypto.subtle.exportKey('jwk', pair.publicKey)) as JsonWebKey; // and jwk is a JWK
  return {
    bytes: new Uint8Array(pkcs8),
    jwk: Object.fromEntries(publicMembers.map((member) => [member, jwk[member]])),
  };
}
