/**
 * What a browser carries for us between two requests, sealed: it can neither read nor change it, and nothing is stored for visitors
 * whom nobody knows yet, so that a flood of them costs no row.
 */
import { utf8 } from '../core/bytes.ts';
import { Fault } from '../core/faults.ts';
import { findKept } from '../core/keyring/keyring.ts';
import { SEAL_NONCE_BYTES, type SealBinding, seal, sealKeyId, unseal } from '../core/sealing.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';

/** What a sealed value is for; one made for another purpose does not open. */
export type BrowserPurpose = 'login' | 'ceremony' | 'saml' | 'provider-login' | 'authorization' | 'link';

const bindingOf = (purpose: BrowserPurpose): SealBinding => ({
  table: 'browser',
  account: 'deployment',
  row: purpose,
  purpose: 'cookie',
});

/** Cookies beyond this are dropped by browsers without a word. */
const MAX_CHARACTERS = 3800;

/**
 * @param value - JSON-ready; holds its own expiry where it needs one
 * @returns text of base64url and dots, for a cookie
 * @throws Fault `service_unavailable` where no key is active
 */
export async function sealForBrowser(purpose: BrowserPurpose, value: unknown, deps: Deps): Promise<string> {
  const { storageSealing } = await requireKeyring(deps);
  if (storageSealing === null)
    throw new Fault('service_unavailable', 'no key is active', { purpose: 'storage' });
  const nonce = deps.random.bytes(SEAL_NONCE_BYTES);
  const text = await seal(storageSealing, bindingOf(purpose), utf8(JSON.stringify(value)), nonce);
  if (text.length > MAX_CHARACTERS)
    throw new Fault('internal_failure', 'internal failure', { reason: 'cookie too large', purpose });
  return text;
}

/** @returns what was sealed; null for anything that this deployment has not sealed for this purpose */
export async function openFromBrowser(
  purpose: BrowserPurpose,
  text: string | null,
  nowSeconds: number,
  deps: Deps,
): Promise<unknown> {
  if (text === null || text.length > MAX_CHARACTERS) return null;
  const keyId = sealKeyId(text);
  const keyring = keyId === null ? null : await deps.directory.keyring(keyId);
  const key = keyring === null ? null : findKept(keyring.storageOpening, keyId, nowSeconds);
  const bytes = key === null ? null : await unseal(key.key, bindingOf(purpose), text);
  return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes)); // authentic: we wrote it
}
