/** Opens the seeds of virtual MFA devices. */
import type { Bytes } from '../core/bytes.ts';
import { parseBase32, parseUtf8 } from '../core/bytes.ts';
import { Fault } from '../core/faults.ts';
import { findKept } from '../core/keyring/keyring.ts';
import { seedBinding, serialKeyOf } from '../core/mfa/device.ts';
import type { CodeState } from '../core/repositories/mfa-devices.ts';
import { sealKeyId, unseal } from '../core/sealing.ts';
import type { Deps } from './deps.ts';

/**
 * @returns the seed of a device
 * @throws Fault `internal_failure` where it cannot be opened: changed, moved, or sealed by a key that is gone
 */
export async function openSeed(
  accountId: string,
  { serialNumber, sealedSeed }: CodeState,
  nowSeconds: number,
  { directory }: Pick<Deps, 'directory'>,
): Promise<Bytes> {
  const keyId = sealKeyId(sealedSeed);
  const keyring = await directory.keyring(keyId ?? undefined);
  const key = keyring === null ? null : findKept(keyring.storageOpening, keyId, nowSeconds);
  const binding = seedBinding(accountId, serialKeyOf(serialNumber));
  const opened = key === null ? null : await unseal(key.key, binding, sealedSeed);
  const seed = opened === null ? null : parseBase32(parseUtf8(opened) ?? '');
  if (seed === null)
    throw new Fault('internal_failure', 'internal failure', { serialNumber, reason: 'sealed seed' });
  return seed;
}
