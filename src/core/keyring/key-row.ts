import type { Bytes } from '../bytes.ts';
import { importDerivationKey } from '../credentials/derive.ts';
import type { TokenSealingKey } from '../credentials/session-token.ts';
import { importSealKey, type SealBinding, type SealKey, seal, unseal } from '../sealing.ts';
import {
  isForgotten,
  type Kept,
  type KeyAlgorithm,
  type KeyPurpose,
  type Keyring,
  type SigningKey,
  type VerificationKey,
} from './keyring.ts';

/** A key as it is stored. */
export interface KeyRow {
  readonly keyId: string;
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
  readonly state: 'pending' | 'active' | 'retired';
  readonly kekId: string;
  readonly sealed: string;
  readonly publicJwk: Readonly<Record<string, unknown>> | null;
  readonly forgottenAtSeconds: number | null;
}

/** Fresh key material: 32 random bytes, or a PKCS#8 private key with its public JWK. */
export interface KeyMaterial {
  readonly keyId: string;
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
  readonly bytes: Bytes;
  readonly publicJwk: Readonly<Record<string, unknown>> | null;
}

/** A keyring row that no configured key-encryption key opens. Fails closed: the keyring is not usable without all its keys. */
export class KeyringError extends Error {
  constructor(keyId: string, problem: string) {
    super(`key ${keyId} of the keyring ${problem}`);
    this.name = 'KeyringError';
  }
}

const bindingOf = (key: { keyId: string; purpose: string; algorithm: string }): SealBinding => ({
  table: 'keys',
  account: 'deployment',
  row: key.keyId,
  purpose: `${key.purpose}/${key.algorithm}`,
});

/** Seals fresh material under the key-encryption key. */
export const sealKeyMaterial = (kek: SealKey, material: KeyMaterial, nonce: Bytes): Promise<string> =>
  seal(kek, bindingOf(material), material.bytes, nonce);

/**
 * Opens stored keys. Forgotten ones are passed over: the key-encryption key that sealed them may be gone by now.
 * @param keks - the configured key-encryption keys by id
 * @throws KeyringError when a row cannot be opened
 */
export async function openKeyring(
  keks: ReadonlyMap<string, CryptoKey>,
  rows: readonly KeyRow[],
  nowSeconds: number,
): Promise<Keyring> {
  const signing = new Map<SigningKey['algorithm'], SigningKey>();
  const verification = new Map<string, VerificationKey>();
  const tokenOpening = new Map<string, Kept<TokenSealingKey>>();
  const storageOpening = new Map<string, Kept<SealKey>>();
  let tokenSealing: TokenSealingKey | null = null;
  let storageSealing: SealKey | null = null;
  const publicKeys: Keyring['publicKeys'][number][] = [];
  for (const row of rows) {
    const { keyId, forgottenAtSeconds } = row;
    if (isForgotten(forgottenAtSeconds, nowSeconds)) continue;
    const bytes = await openRow(keks, row);
    const active = row.state === 'active';
    if (row.purpose === 'jwt') {
      const jwk = requireJwk(row);
      publicKeys.push({ ...jwk, forgottenAtSeconds });
      verification.set(keyId, {
        kid: keyId,
        algorithm: 'ES256',
        publicKey: await importPublic(jwk),
        forgottenAtSeconds,
      });
      if (active)
        signing.set('ES256', { kid: keyId, algorithm: 'ES256', privateKey: await importPrivate(bytes) });
    } else if (row.purpose === 'session-token') {
      const key = { keyId, base: await importDerivationKey(bytes) };
      tokenOpening.set(keyId, { key, forgottenAtSeconds });
      if (active) tokenSealing = key;
    } else {
      const key = { keyId, key: await importSealKey(bytes) };
      storageOpening.set(keyId, { key, forgottenAtSeconds });
      if (active) storageSealing = key;
    }
  }
  return { signing, verification, tokenSealing, tokenOpening, storageSealing, storageOpening, publicKeys };
}

async function openRow(keks: ReadonlyMap<string, CryptoKey>, row: KeyRow): Promise<Bytes> {
  const kek = keks.get(row.kekId);
  if (kek === undefined)
    throw new KeyringError(row.keyId, 'was sealed by a key-encryption key that is not configured');
  const bytes = await unseal(kek, bindingOf(row), row.sealed);
  if (bytes === null) throw new KeyringError(row.keyId, 'does not open with its key-encryption key');
  return bytes;
}

function requireJwk(row: KeyRow): Readonly<Record<string, unknown>> {
  if (row.publicJwk === null) throw new KeyringError(row.keyId, 'has no public key');
  return row.publicJwk;
}

const EC_P256 = { name: 'ECDSA', namedCurve: 'P-256' };

const importPublic = (jwk: Readonly<Record<string, unknown>>): Promise<CryptoKey> =>
  crypto.subtle.importKey('jwk', { kty: 'EC', ...jwk }, EC_P256, true, ['verify']);

const importPrivate = (pkcs8: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey('pkcs8', pkcs8, EC_P256, false, ['sign']);
