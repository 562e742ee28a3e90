/**
 * When keys change places: pending → active → retired → forgotten. Pure: rows and the time go in, the next steps come out.
 * Asking again after a step was taken, or was lost to another run, gives what is still to be done.
 */
import { isForgotten, type KeyKind, type KeyPurpose, REQUIRED_KEYS } from './keyring.ts';

/** What the plan has to know of a stored key; nothing of it is secret. */
export interface StoredKey extends KeyKind {
  readonly keyId: string;
  readonly state: 'pending' | 'active' | 'retired';
  /** The key-encryption key that wraps it. */
  readonly kekId: string;
  readonly createdAtSeconds: number;
  readonly activatedAtSeconds: number | null;
  readonly retiredAtSeconds: number | null;
  /** From then on it opens and verifies nothing; null while nobody knows when. */
  readonly forgottenAtSeconds: number | null;
}

/** One thing to do. Each is a batch of its own, so that a lost race loses one step. */
export type KeyStep =
  | { readonly step: 'create'; readonly kind: KeyKind }
  | {
      readonly step: 'activate';
      readonly key: StoredKey;
      readonly replaces: StoredKey | null;
      /** When the replaced key is forgotten; null where it has to stay. */
      readonly forgottenAtSeconds: number | null;
    }
  | { readonly step: 'rewrap'; readonly key: StoredKey }
  | { readonly step: 'remove'; readonly key: StoredKey };

/**
 * How long a key is published before it signs: longer than a verifier may hold our key set, so that none meets a key that it
 * does not know.
 */
export const PUBLISHED_SECONDS = 86_400;
/** The same for the first key of a kind: nobody holds a set that lacks a key he has ever needed; see the max-age of the JWKS. */
export const FIRST_PUBLISHED_SECONDS = 600;
/** How long a retired key is kept: the longest session, and ten minutes for isolates and clocks that lag behind. */
export const KEPT_SECONDS = 129_600 + 600;

export interface RotationRules {
  /** How long a key stays active. Zero asks for new keys now. */
  readonly periodSeconds: number;
  /** The key-encryption key that all keys shall be wrapped by. */
  readonly kekId: string;
  readonly nowSeconds: number;
}

/** @returns what is to be done now, in this order */
export function planRotation(keys: readonly StoredKey[], rules: RotationRules): readonly KeyStep[] {
  const { kekId, nowSeconds } = rules;
  const forgotten = (key: StoredKey): boolean => isForgotten(key.forgottenAtSeconds, nowSeconds);
  return [
    ...keys
      .filter((key) => key.kekId !== kekId && !forgotten(key))
      .map((key): KeyStep => ({ step: 'rewrap', key })),
    ...REQUIRED_KEYS.flatMap((kind) => planKind(kind, keys, rules)),
    ...keys
      .filter((key) => key.state === 'retired' && forgotten(key))
      .map((key): KeyStep => ({ step: 'remove', key })),
  ];
}

function planKind(kind: KeyKind, keys: readonly StoredKey[], rules: RotationRules): readonly KeyStep[] {
  const { periodSeconds, nowSeconds } = rules;
  const same = keys.filter(
    ({ purpose, algorithm }) => purpose === kind.purpose && algorithm === kind.algorithm,
  );
  const active = same.find(({ state }) => state === 'active') ?? null;
  const pending = same.find(({ state }) => state === 'pending');
  if (pending === undefined) {
    const due = active === null ? nowSeconds : activeSince(active) + periodSeconds - PUBLISHED_SECONDS;
    return nowSeconds >= due ? [{ step: 'create', kind }] : [];
  }
  if (nowSeconds < pending.createdAtSeconds + publishedSeconds(kind, active)) return [];
  // What is forgotten already stays so, whatever state it is in.
  const forgottenAtSeconds =
    active === null ? null : (active.forgottenAtSeconds ?? forgottenAfter(kind.purpose, nowSeconds));
  return [{ step: 'activate', key: pending, replaces: active, forgottenAtSeconds }];
}

/** @returns the moment at which a key that retires now is forgotten, or null for never */
export const forgottenAfter = (purpose: KeyPurpose, nowSeconds: number): number | null =>
  // What a storage key sealed, and what a trail key signed, has no end of its own: see docs/decisions/0007.
  purpose === 'storage' || purpose === 'trail' ? null : nowSeconds + KEPT_SECONDS;

/**
 * The same where a key is retired in an emergency: at once, but for a trail key. It signs nothing more; without it nobody could
 * check what it has signed, and whoever stole it gains nothing: the next checkpoint, of another key, holds those before it fast.
 */
export const forgottenAtOnce = (purpose: KeyPurpose, nowSeconds: number): number | null =>
  purpose === 'trail' ? null : nowSeconds;

const activeSince = (key: StoredKey): number => key.activatedAtSeconds ?? key.createdAtSeconds;

/** How long a key waits before it is used. The first one that no token needs may work at once. */
function publishedSeconds({ purpose }: KeyKind, active: StoredKey | null): number {
  if (active !== null) return PUBLISHED_SECONDS;
  return purpose === 'jwt' ? FIRST_PUBLISHED_SECONDS : 0;
}
