/** DPoP on the wire: the proof that came, the nonce that goes. @see RFC 9449 sections 4.1 and 8 */
import { nowSecondsOf } from '../../core/context/request-context.ts';
import type { Fault } from '../../core/faults.ts';
import { giveNonce } from '../../usecases/proof-nonce.ts';
import { NonceWanted, type ProvedKey, proveKey, type ShownProof } from '../../usecases/prove-key.ts';
import type { DoorRequest } from './door.ts';

/** @returns the proof of a request, for the URL as this server calls itself: the Host header is the sender's word. Null without one */
export function shownProof({ request, address, deps }: DoorRequest): ShownProof | null {
  const text = request.headers.get('dpop');
  if (text === null) return null;
  const { issuer, mtlsOrigin } = deps.settings;
  const origins = mtlsOrigin === null ? [issuer] : [issuer, mtlsOrigin];
  return { text, method: request.method, urls: origins.map((origin) => `${origin}${address.path}`) };
}

/**
 * @returns the key that who asks for a token proves to hold, its proof not used up yet; null where no proof came
 * @throws Fault `invalid_dpop_proof`, `use_dpop_nonce`
 */
export async function findProvedKey(door: DoorRequest): Promise<ProvedKey | null> {
  const shown = shownProof(door);
  return shown === null ? null : proveKey(shown, null, door.facts, door.deps);
}

type NonceHeader = Readonly<Record<string, string>>;

/** The nonce for the sender's next proof; nothing where it sent none now. */
export async function nextNonce({ request, facts, deps }: DoorRequest): Promise<NonceHeader> {
  if (!request.headers.has('dpop')) return {};
  return { 'dpop-nonce': await giveNonce('dpop', nowSecondsOf(facts), deps) };
}

/** The nonce that a refusal brings. */
export const wantedNonce = (fault: Fault): NonceHeader =>
  fault instanceof NonceWanted ? { 'dpop-nonce': fault.nonce } : {};
