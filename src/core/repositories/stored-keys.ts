import type { KeyKind } from '../keyring/keyring.ts';
import type { KeyStep, StoredKey } from '../keyring/rotation.ts';
import type { MakeEvent } from './change.ts';

/**
 * The keyring as its administrators and the rotation see it. Every change is one batch with its event; one that meets a key
 * in another state than it was told throws Fault `concurrent_modification` and changes nothing.
 */
export interface StoredKeys {
  /** Every key that is stored, read anew; no secret among it. */
  list(): Promise<readonly StoredKey[]>;
  /** The key-encryption key that wraps from now on. */
  currentKekId(): Promise<string>;
  /** Makes a pending key. @returns its id */
  create(kind: KeyKind, nowSeconds: number, event: MakeEvent): Promise<string>;
  /** Puts a pending key in the place of the active one. */
  activate(step: KeyStep & { step: 'activate' }, nowSeconds: number, event: MakeEvent): Promise<void>;
  /** Wraps a key by the current key-encryption key. */
  rewrap(key: StoredKey, event: MakeEvent): Promise<void>;
  /** Deletes a key that is forgotten. */
  remove(key: StoredKey, nowSeconds: number, event: MakeEvent): Promise<void>;
  /**
   * Retires a key and forgets it at once; where it was active, a new one takes its place in the same batch.
   * @returns the id of the new key, or null where none was needed
   */
  retireAtOnce(key: StoredKey, nowSeconds: number, event: MakeEvent): Promise<string | null>;
}
