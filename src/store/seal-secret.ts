import { type Bytes, utf8 } from '../core/bytes.ts';
import { Fault } from '../core/faults.ts';
import type { Keyring } from '../core/keyring/keyring.ts';
import type { Random } from '../core/ports.ts';
import { SEAL_NONCE_BYTES, type SealBinding, seal } from '../core/sealing.ts';

/**
 * Seals a secret for its row under the active storage key.
 * @throws Fault `service_unavailable` where no storage key is active
 */
export function sealForRow(
  keyring: Keyring | null,
  binding: SealBinding,
  secret: string,
  random: Random,
): Promise<string> {
  const key = keyring?.storageSealing ?? null;
  if (key === null) throw new Fault('service_unavailable', 'no key is active', { purpose: 'storage' });
  const nonce: Bytes = random.bytes(SEAL_NONCE_BYTES);
  return seal(key, binding, utf8(secret), nonce);
}
