/**
 * The challenge of a passkey ceremony. It waits, sealed, in the browser that asked for it, and is used up by its first finish, good
 * or bad: of many at once one alone is looked at.
 */
import { toBase64Url } from '../core/bytes.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { openFromBrowser, sealForBrowser } from './browser-seal.ts';
import type { Deps } from './deps.ts';

export type CeremonyKind = 'register' | 'sign-in' | 'second-factor' | 'step-up';

/** A ceremony that has begun. */
export interface Ceremony {
  readonly kind: CeremonyKind;
  /** Base64url. */
  readonly challenge: string;
  /** Whose browser and sign-in it belongs to: the form token of the transaction or the session. */
  readonly holder: string;
  readonly expiresAtSeconds: number;
}

export const CEREMONY_SECONDS = 300;
const CHALLENGE_BYTES = 32;

export interface BegunCeremony {
  readonly ceremony: Ceremony;
  /** For the ceremony's cookie. */
  readonly cookie: string;
}

/** Begins one. Nothing is stored: whoever asks for many costs nobody anything. */
export async function beginCeremony(
  kind: CeremonyKind,
  holder: string,
  nowSeconds: number,
  deps: Deps,
): Promise<BegunCeremony> {
  const ceremony: Ceremony = {
    kind,
    challenge: toBase64Url(deps.random.bytes(CHALLENGE_BYTES)),
    holder,
    expiresAtSeconds: nowSeconds + CEREMONY_SECONDS,
  };
  return { ceremony, cookie: await sealForBrowser('ceremony', ceremony, deps) };
}

/**
 * Uses a ceremony's challenge up, before anything of the answer is looked at.
 * @param cookie - the ceremony's, or null
 * @throws Fault `access_denied` where this browser has begun no such ceremony, it is too old, or its challenge was used before
 */
export async function takeCeremony(
  cookie: string | null,
  expected: { readonly kind: CeremonyKind; readonly holder: string },
  nowSeconds: number,
  deps: Deps,
): Promise<Ceremony> {
  const opened = await openFromBrowser('ceremony', cookie, nowSeconds, deps);
  if (opened === null) throw refused('no ceremony');
  const ceremony = opened as Ceremony; // authentic: only `beginCeremony` seals for this purpose
  if (ceremony.kind !== expected.kind || ceremony.holder !== expected.holder)
    throw refused('another ceremony');
  if (ceremony.expiresAtSeconds <= nowSeconds) throw refused('too late');
  const first = await deps.oneTime.use('deployment', {
    purpose: 'passkey-challenge',
    valueHash: await digestOf(ceremony.challenge),
    expiresAtSeconds: ceremony.expiresAtSeconds,
  });
  if (!first) throw refused('challenge used before');
  return ceremony;
}

/** One sentence for every reason: which check of a passkey failed is nobody's business. */
export const refused = (reason: string, detail: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('access_denied', 'the passkey was not accepted; try again, or use another way', {
    reason: `passkey: ${reason}`,
    ...detail,
  });
