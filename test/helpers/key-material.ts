import type { KeyMaterial } from '../../src/core/keyring/key-row.ts';
import type { KeyAlgorithm, KeyPurpose } from '../../src/core/keyring/keyring.ts';
import type { Random } from '../../src/core/ports.ts';
import { generateKeyMaterial } from '../../src/platform/key-material.ts';

let rsa: Promise<KeyMaterial> | null = null;

/** Keys as `generateKeyMaterial` makes them, but with one RSA pair for all: making one takes a tenth of a second. */
export async function quickKeyMaterial(
  purpose: KeyPurpose,
  algorithm: KeyAlgorithm,
  random: Random,
): Promise<KeyMaterial> {
  if (algorithm !== 'RS256') return generateKeyMaterial(purpose, algorithm, random);
  rsa ??= generateKeyMaterial(purpose, algorithm, random);
  const { bytes, publicJwk } = await rsa;
  const { keyId } = await generateKeyMaterial('storage', 'A256GCM', random);
  return { keyId, purpose, algorithm, bytes, publicJwk: { ...publicJwk, kid: keyId } };
}
