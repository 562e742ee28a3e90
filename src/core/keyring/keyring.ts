/**
 * The deployment's keys, opened. Made once per isolate and again when the keyring changes.
 * A key goes pending → active → retired: published before it signs, kept until what it made has expired.
 */

import type { TokenSealingKey } from '../credentials/session-token.ts';
import type { SealKey } from '../sealing.ts';
import type { SigningAlgorithm } from './signing-algorithm.ts';

/** What a key is for. A key never serves two purposes. */
export type KeyPurpose = 'jwt' | 'session-token' | 'storage' | 'trail';
export type KeyAlgorithm = SigningAlgorithm | 'HKDF-SHA256' | 'A256GCM';

/** What distinguishes keys that take each other's place. */
export interface KeyKind {
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
}

/** The keys without which nothing works: a broker that lacks one is not ready. */
export const ESSENTIAL_KEYS: readonly KeyKind[] = [
  { purpose: 'jwt', algorithm: 'ES256' },
  { purpose: 'session-token', algorithm: 'HKDF-SHA256' },
  { purpose: 'storage', algorithm: 'A256GCM' },
];

/** Every kind that has exactly one active key. */
export const REQUIRED_KEYS: readonly KeyKind[] = [
  ...ESSENTIAL_KEYS,
  { purpose: 'jwt', algorithm: 'ES384' },
  { purpose: 'jwt', algorithm: 'RS256' },
  { purpose: 'trail', algorithm: 'ES256' },
];

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly privateKey: CryptoKey;
}

export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly publicKey: CryptoKey;
  readonly forgottenAtSeconds: number | null;
}

/** A symmetric key that may still open what it sealed, until the moment it is forgotten. */
export interface Kept<K> {
  readonly key: K;
  readonly forgottenAtSeconds: number | null;
}

export interface Keyring {
  readonly signing: ReadonlyMap<SigningAlgorithm, SigningKey>;
  readonly verification: ReadonlyMap<string, VerificationKey>;
  readonly tokenSealing: TokenSealingKey | null;
  readonly tokenOpening: ReadonlyMap<string, Kept<TokenSealingKey>>;
  readonly storageSealing: SealKey | null;
  readonly storageOpening: ReadonlyMap<string, Kept<SealKey>>;
  /** Signs checkpoints of the audit trail; never a token. */
  readonly trailSigning: SigningKey | null;
  readonly trailVerification: ReadonlyMap<string, VerificationKey>;
  /** The public keys of tokens, pending and retired ones too. */
  readonly publicKeys: readonly (Readonly<Record<string, unknown>> & {
    readonly forgottenAtSeconds: number | null;
  })[];
}

/** @returns the kept key by its id, unless it is unknown or forgotten by now */
export function findKept<K>(
  keys: ReadonlyMap<string, Kept<K>>,
  keyId: string | null,
  nowSeconds: number,
): K | null {
  const kept = keyId === null ? undefined : keys.get(keyId);
  if (kept === undefined || isForgotten(kept.forgottenAtSeconds, nowSeconds)) return null;
  return kept.key;
}

/** @returns whether a keyring has a key, whatever its purpose and state */
export const knowsKey = (keyring: Keyring, keyId: string): boolean =>
  keyring.verification.has(keyId) || keyring.tokenOpening.has(keyId) || keyring.storageOpening.has(keyId);

export const isForgotten = (forgottenAtSeconds: number | null, nowSeconds: number): boolean =>
  forgottenAtSeconds !== null && forgottenAtSeconds <= nowSeconds;
