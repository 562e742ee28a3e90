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
import { importPrivateKey, importPublicKey, isSigningAlgorithm } from './signing-algorithm.ts';

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

/** One stored key, opened. */
type OpenedKey =
  | { readonly purpose: 'jwt'; readonly pair: OpenedPair }
  | { readonly purpose: 'trail'; readonly pair: OpenedPair }
  | { readonly purpose: 'session-token'; readonly key: TokenSealingKey }
  | { readonly purpose: 'storage'; readonly key: SealKey };

/** Only an active key is imported for signing: what cannot sign signs nothing by mistake. */
interface OpenedPair {
  readonly verifying: VerificationKey;
  readonly signing: SigningKey | null;
}

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
  const kept = rows.filter(({ forgottenAtSeconds }) => !isForgotten(forgottenAtSeconds, nowSeconds));
  const opened = await Promise.all(kept.map(async (row) => ({ row, key: await openKey(keks, row) })));
  const signing = new Map<SigningKey['algorithm'], SigningKey>();
  const verification = new Map<string, VerificationKey>();
  const tokenOpening = new Map<string, Kept<TokenSealingKey>>();
  const storageOpening = new Map<string, Kept<SealKey>>();
  let tokenSealing: TokenSealingKey | null = null;
  let storageSealing: SealKey | null = null;
  const trailVerification = new Map<string, VerificationKey>();
  let trailSigning: SigningKey | null = null;
  const publicKeys: Keyring['publicKeys'][number][] = [];
  for (const { row, key } of opened) {
    const { keyId, forgottenAtSeconds } = row;
    const active = row.state === 'active';
    if (key.purpose === 'jwt') {
      const { verifying, signing: signer } = key.pair;
      publicKeys.push({ ...row.publicJwk, forgottenAtSeconds });
      verification.set(keyId, verifying);
      if (signer !== null) signing.set(signer.algorithm, signer);
    } else if (key.purpose === 'trail') {
      trailVerification.set(keyId, key.pair.verifying);
      if (key.pair.signing !== null) trailSigning = key.pair.signing;
    } else if (key.purpose === 'session-token') {
      tokenOpening.set(keyId, { key: key.key, forgottenAtSeconds });
      if (active) tokenSealing = key.key;
    } else {
      storageOpening.set(keyId, { key: key.key, forgottenAtSeconds });
      if (active) storageSealing = key.key;
    }
  }
  return {
    ...{ signing, verification, tokenSealing, tokenOpening, storageSealing, storageOpening },
    ...{ trailSigning, trailVerification, publicKeys },
  };
}

async function openKey(keks: ReadonlyMap<string, CryptoKey>, row: KeyRow): Promise<OpenedKey> {
  const bytes = await openRow(keks, row);
  const { keyId, purpose } = row;
  switch (purpose) {
    case 'jwt':
    case 'trail':
      return { purpose, pair: await openPair(row, bytes) };
    case 'session-token':
      return { purpose, key: { keyId, base: await importDerivationKey(bytes) } };
    case 'storage':
      return { purpose, key: { keyId, key: await importSealKey(bytes) } };
  }
}

async function openPair(row: KeyRow, bytes: Bytes): Promise<OpenedPair> {
  const { keyId: kid, algorithm, forgottenAtSeconds } = row;
  if (!isSigningAlgorithm(algorithm)) throw new KeyringError(kid, 'has an algorithm that signs nothing');
  const [publicKey, privateKey] = await Promise.all([
    importPublicKey(algorithm, requireJwk(row)),
    row.state === 'active' ? importPrivateKey(algorithm, bytes) : null,
  ]);
  return {
    verifying: { kid, algorithm, publicKey, forgottenAtSeconds },
    signing: privateKey === null ? null : { kid, algorithm, privateKey },
  };
}

/**
 * Seals a stored key anew, under another key-encryption key.
 * @returns the new sealed text
 * @throws KeyringError when the row cannot be opened
 */
export async function rewrapKey(
  keks: ReadonlyMap<string, CryptoKey>,
  kek: SealKey,
  row: KeyRow,
  nonce: Bytes,
): Promise<string> {
  return seal(kek, bindingOf(row), await openRow(keks, row), nonce);
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
