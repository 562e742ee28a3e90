/** Nonces for proofs. Giving one stores nothing, so that whoever asks for many fills nothing; only its use is recorded. */
import { type Bytes, toHex, utf8 } from '../core/bytes.ts';
import { Fault } from '../core/faults.ts';
import { findKept } from '../core/keyring/keyring.ts';
import type { OneTimeValue } from '../core/repositories/one-time.ts';
import { SEAL_NONCE_BYTES, type SealBinding, seal, sealKeyId, unseal } from '../core/sealing.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

/** How long a nonce may be used. */
export const NONCE_SECONDS = 300;
/** Isolates' clocks may differ: one that lags must not refuse what another has just given. */
const CLOCK_SKEW_SECONDS = 60;
const MAX_NONCE_CHARACTERS = 256;

/** What a nonce is for; one is good for nothing else. */
export type NoncePurpose = 'instance-proof' | 'dpop';

const bindingOf = (purpose: NoncePurpose): SealBinding => ({
  table: 'nonces',
  account: 'deployment',
  row: '',
  purpose,
});

/** @returns a fresh nonce. @throws Fault `service_unavailable` where no key is active, `not_set_up` */
export async function giveNonce(purpose: NoncePurpose, nowSeconds: number, deps: Deps): Promise<string> {
  const key = (await requireKeyring(deps)).storageSealing;
  if (key === null) throw new Fault('service_unavailable', 'no key is active', { purpose: 'storage' });
  const fresh = deps.random.bytes(SEAL_NONCE_BYTES);
  return seal(key, bindingOf(purpose), utf8(String(nowSeconds)), fresh);
}

/**
 * @returns the use of a nonce of ours that is not too old, for who has it used once; null for any other text
 * @throws Fault `not_set_up`
 */
export async function readNonce(
  purpose: NoncePurpose,
  nonce: string,
  nowSeconds: number,
  deps: Deps,
): Promise<OneTimeValue | null> {
  const keyId = nonce.length > MAX_NONCE_CHARACTERS ? null : sealKeyId(nonce);
  const kept = findKept((await requireKeyring(deps)).storageOpening, keyId, nowSeconds);
  const plain = kept === null ? null : await unseal(kept.key, bindingOf(purpose), nonce);
  if (plain === null) return null;
  const givenAtSeconds = Number(new TextDecoder().decode(plain));
  const age = nowSeconds - givenAtSeconds;
  if (!(age < NONCE_SECONDS && age >= -CLOCK_SKEW_SECONDS)) return null;
  return {
    purpose,
    valueHash: await sha256Hex(utf8(nonce)),
    expiresAtSeconds: givenAtSeconds + NONCE_SECONDS + CLOCK_SKEW_SECONDS,
  };
}

const sha256Hex = async (bytes: Bytes): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
