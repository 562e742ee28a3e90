/** The keyring's rows. */
import { asc, eq } from 'drizzle-orm';
import { type KeyMaterial, type KeyRow, openKeyring, sealKeyMaterial } from '../core/keyring/key-row.ts';
import type { Keyring } from '../core/keyring/keyring.ts';
import type { Clock, Random } from '../core/ports.ts';
import { importSealKey, SEAL_NONCE_BYTES, type SealKey } from '../core/sealing.ts';
import type { Database, Query } from './database.ts';
import { KEYRING_ENTITY } from './entity.ts';
import { keys } from './schema/keyring.ts';
import type { Load } from './snapshot.ts';

/** The key-encryption keys, imported: the first seals, all open. */
export interface KeyEncryption {
  readonly sealing: SealKey;
  readonly opening: ReadonlyMap<string, CryptoKey>;
}

/** @param configured - id and bytes of each key-encryption key, the current one first */
export async function importKeyEncryption(
  configured: readonly { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> }[],
): Promise<KeyEncryption> {
  const imported = await Promise.all(
    configured.map(
      async ({ id, bytes }): Promise<SealKey> => ({ keyId: id, key: await importSealKey(bytes) }),
    ),
  );
  const [sealing] = imported;
  if (sealing === undefined) throw new Error('no key-encryption key is configured');
  return { sealing, opening: new Map(imported.map(({ keyId, key }) => [keyId, key])) };
}

/** The keyring as an entry of the snapshot; null while the deployment is not set up. */
export const keyringLoad = (
  db: Database,
  encryption: () => Promise<KeyEncryption>,
  clock: Clock,
): Load<Keyring> => ({
  key: KEYRING_ENTITY,
  queries: () => [db.select().from(keys).orderBy(asc(keys.createdAtSeconds), asc(keys.algorithm))],
  read: async ([rows]) => {
    const found = rows as KeyRow[]; // the one query above
    if (found.length === 0) return null;
    const keyring = await openKeyring((await encryption()).opening, found, secondsOf(clock));
    return { value: keyring, entities: [KEYRING_ENTITY], bytes: found.length * 2048 };
  },
});

const secondsOf = (clock: Clock): number => Math.floor(clock.nowMilliseconds() / 1000);

/** The row of a fresh key, sealed. @param state - an active key works from now on */
export async function freshKeyRow(
  encryption: KeyEncryption,
  material: KeyMaterial,
  state: 'pending' | 'active',
  random: Random,
  nowSeconds: number,
): Promise<typeof keys.$inferInsert> {
  const { keyId, purpose, algorithm, publicJwk } = material;
  return {
    keyId,
    purpose,
    algorithm,
    state,
    kekId: encryption.sealing.keyId,
    sealed: await sealKeyMaterial(encryption.sealing, material, random.bytes(SEAL_NONCE_BYTES)),
    publicJwk,
    createdAtSeconds: nowSeconds,
    activatedAtSeconds: state === 'active' ? nowSeconds : null,
  };
}

/**
 * The INSERT of a fresh active key. Where another isolate was first, the partial unique index ignores it.
 */
export async function insertActiveKey(
  db: Database,
  encryption: KeyEncryption,
  material: KeyMaterial,
  random: Random,
  nowSeconds: number,
): Promise<readonly Query[]> {
  const row = await freshKeyRow(encryption, material, 'active', random, nowSeconds);
  return [db.insert(keys).values(row).onConflictDoNothing()]; // in a list: a query is thenable, and returning it bare would run it
}

/** Which keys are active. */
export const activeKeys = (db: Database): Query =>
  db.select({ purpose: keys.purpose, algorithm: keys.algorithm }).from(keys).where(eq(keys.state, 'active'));
