import type { KeyRow } from '../../src/core/keyring/key-row.ts';
import { openKeyring, sealKeyMaterial } from '../../src/core/keyring/key-row.ts';
import { type Keyring, REQUIRED_KEYS } from '../../src/core/keyring/keyring.ts';
import { importSealKey } from '../../src/core/sealing.ts';
import { fakeRandom } from './fake-world.ts';
import { quickKeyMaterial } from './key-material.ts';

const kek = async () => ({ keyId: 'kek-1', key: await importSealKey(new Uint8Array(32).fill(7)) });

/** Stored keys, one active for each purpose, sealed by `testKeks`. */
export async function keyRows(seed = 1): Promise<readonly KeyRow[]> {
  const random = fakeRandom(seed);
  const sealing = await kek();
  const rows: KeyRow[] = [];
  for (const { purpose, algorithm } of REQUIRED_KEYS) {
    const material = await quickKeyMaterial(purpose, algorithm, random);
    rows.push({
      keyId: material.keyId,
      purpose,
      algorithm,
      state: 'active',
      kekId: sealing.keyId,
      sealed: await sealKeyMaterial(sealing, material, random.bytes(12)),
      publicJwk: material.publicJwk,
      forgottenAtSeconds: null,
    });
  }
  return rows;
}

export async function testKeks(): Promise<ReadonlyMap<string, CryptoKey>> {
  const { keyId, key } = await kek();
  return new Map([[keyId, key]]);
}

/** A keyring of fresh keys; another seed gives other ids and other secrets. */
export const testKeyring = async (seed = 1): Promise<Keyring> =>
  openKeyring(await testKeks(), await keyRows(seed), 0);
