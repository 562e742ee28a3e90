/**
 * Tokens with which an unmodified SDK fetches credentials for its instance: sealed, short-lived, and worth nothing once the
 * instance is disabled or has another identity. Nothing is stored.
 */
import { utf8 } from '../core/bytes.ts';
import { Fault } from '../core/faults.ts';
import { identityKeyOf } from '../core/instances/identity.ts';
import type { Instance } from '../core/instances/instance.ts';
import { findKept } from '../core/keyring/keyring.ts';
import { SEAL_NONCE_BYTES, type SealBinding, seal, sealKeyId, unseal } from '../core/sealing.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

const TOKEN = /^dpi\.([0-9]{12})\.(i-[0-9a-f]{17})\.([A-Za-z0-9]{1,64}\.[A-Za-z0-9_-]{1,2048})$/;

const bindingOf = (account: string, instanceId: string): SealBinding => ({
  table: 'instances',
  account,
  row: instanceId,
  purpose: 'credentials-token',
});

/** @returns the token. @throws Fault `service_unavailable` where no key is active */
export async function makeInstanceToken(
  { accountId, instanceId, identity }: Instance,
  expiresAtSeconds: number,
  deps: Deps,
): Promise<string> {
  const key = (await requireKeyring(deps)).storageSealing;
  if (key === null) throw new Fault('service_unavailable', 'no key is active', { purpose: 'storage' });
  const plain = utf8(JSON.stringify([expiresAtSeconds, identityKeyOf(identity)]));
  const binding = bindingOf(accountId, instanceId);
  const sealed = await seal(key, binding, plain, deps.random.bytes(SEAL_NONCE_BYTES));
  return `dpi.${accountId}.${instanceId}.${sealed}`;
}

/** @returns whether a text has the form of such a token */
export const isInstanceToken = (text: string): boolean => text.startsWith('dpi.');

/** @returns the instance that a token was made for; null for a token that is none, has expired, or is for another identity by now */
export async function findByInstanceToken(
  token: string,
  nowSeconds: number,
  deps: Deps,
): Promise<Instance | null> {
  const [, accountId, instanceId, sealed] = TOKEN.exec(token) ?? [];
  if (accountId === undefined || instanceId === undefined || sealed === undefined) return null;
  const kept = findKept((await requireKeyring(deps)).storageOpening, sealKeyId(sealed), nowSeconds);
  const plain = kept === null ? null : await unseal(kept.key, bindingOf(accountId, instanceId), sealed);
  if (plain === null) return null;
  const [expiresAtSeconds, identityKey]: unknown[] = JSON.parse(new TextDecoder().decode(plain)); // sealed by us
  if (typeof expiresAtSeconds !== 'number' || expiresAtSeconds <= nowSeconds) return null;
  const instance = await deps.directory.instance(accountId, instanceId);
  return instance !== null && identityKeyOf(instance.identity) === identityKey ? instance : null;
}
