/**
 * Refresh tokens: `dpr_ACCOUNT.HANDLE.SECRET`. The handle is the family's and stays; the secret changes at each use. Whoever shows
 * the handle with a secret that is not the newest has held a token of the family before, so that nothing has to be kept of the old
 * ones to notice their replay. @see RFC 9700 section 4.14.2
 */
import { isAccountId } from '../arn.ts';
import { type Bytes, equalStrings, parseBase64Url, parseUtf8, toBase64Url, utf8 } from '../bytes.ts';
import type { RefreshLimits } from './client.ts';

export const HANDLE_BYTES = 16;
export const REFRESH_SECRET_BYTES = 32;
/** For so long after a rotation the token before it gets the same successor again: its answer may have been lost. */
export const REPEAT_SECONDS = 10;
/** No family lives longer, whatever a client's settings say: 90 days. What has been revoked is remembered as long. */
export const MAX_REFRESH_SECONDS = 90 * 86_400;
/** Of a client that says nothing else: 30 days in all, and 14 without a use. */
export const DEFAULT_REFRESH_LIMITS: RefreshLimits = { maxSeconds: 30 * 86_400, idleSeconds: 14 * 86_400 };

export interface RefreshTokenParts {
  readonly accountId: string;
  readonly handle: string;
  /** All of it. */
  readonly text: string;
}

const REFRESH_TOKEN = /^dpr_(\d{12})\.([\w-]{22})\.[\w-]{43}$/;

/** @returns null for what cannot be a refresh token of ours */
export function parseRefreshToken(text: string): RefreshTokenParts | null {
  const [, accountId, handle] = REFRESH_TOKEN.exec(text) ?? [];
  if (accountId === undefined || handle === undefined || !isAccountId(accountId)) return null;
  return { accountId, handle, text };
}

/** @param secret - `REFRESH_SECRET_BYTES` fresh random bytes */
export const refreshTokenOf = (accountId: string, handle: string, secret: Bytes): string =>
  `dpr_${accountId}.${handle}.${toBase64Url(secret)}`;

/** Where a family stands: hashes alone, and the newest token sealed under the one before it. */
export interface RefreshState {
  readonly tokenHash: string;
  readonly previousHash: string | null;
  readonly rotatedAtSeconds: number;
  readonly expiresAtSeconds: number;
  /** When it ends unless it is used before; never behind `expiresAtSeconds`. */
  readonly endsAtSeconds: number;
}

/** `repeat`: the client asks again for what it has just been given. `replayed`: somebody holds a token that was used up. */
export type RefreshAnswer = 'current' | 'repeat' | 'replayed' | 'expired';

/** Decides what a token of a family is worth. @param tokenHash - of the one that is shown */
export function decideRefresh(state: RefreshState, tokenHash: string, nowSeconds: number): RefreshAnswer {
  if (nowSeconds >= state.endsAtSeconds) return 'expired';
  if (equalStrings(state.tokenHash, tokenHash)) return 'current';
  const isPrevious = state.previousHash !== null && equalStrings(state.previousHash, tokenHash);
  return isPrevious && nowSeconds - state.rotatedAtSeconds < REPEAT_SECONDS ? 'repeat' : 'replayed';
}

/** When a family ends that is used now. */
export const refreshEnd = (
  expiresAtSeconds: number,
  { idleSeconds }: RefreshLimits,
  nowSeconds: number,
): number => Math.min(expiresAtSeconds, nowSeconds + idleSeconds);

const SUCCESSOR = utf8('daypass/refresh-token/v1/successor');
/** A key of its own for each token, which seals one text: the nonce may be constant. */
const NONCE = new Uint8Array(12);

/** Seals a token's successor so that only whoever shows that token again can be given it: the hash beside it opens nothing. */
export async function sealSuccessor(token: string, successor: string): Promise<string> {
  const key = await successorKey(token);
  return toBase64Url(
    new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: NONCE }, key, utf8(successor))),
  );
}

/** @returns the successor, or null for another token's */
export async function openSuccessor(token: string, sealed: string): Promise<string | null> {
  const bytes = parseBase64Url(sealed);
  if (bytes === null) return null;
  try {
    const key = await successorKey(token);
    return parseUtf8(new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: NONCE }, key, bytes)));
  } catch {
    return null; // GCM says only that the tag does not fit
  }
}

async function successorKey(token: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', utf8(token), 'HKDF', false, ['deriveKey']);
  const hkdf = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: SUCCESSOR };
  return crypto.subtle.deriveKey(hkdf, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
