/** Refresh tokens: one family for each authorisation, of which one token is good at a time. */
import type { Session } from '../credentials/session.ts';

/** How long after its use a token may be shown once more, by a client that never got the answer. */
export const REFRESH_REPLAY_SECONDS = 30;

/** What every token of a family stands for. */
export interface RefreshFamily {
  readonly accountId: string;
  readonly familyId: string;
  readonly clientId: string;
  /** The session as it was authorised; a refreshed token continues it. */
  readonly session: Session;
  readonly arn: string;
  readonly subject: string;
  readonly audience: string;
  /** Granted scopes; null where the client uses none. */
  readonly scope: string | null;
  /** RFC 7638 thumbprint of the key that the tokens are bound to, or null. */
  readonly keyThumbprint: string | null;
  /** The family ends then, however often it is used. */
  readonly expiresAtSeconds: number;
  readonly currentHash: string;
  /** The token before, which was used to get the current one. */
  readonly previousHash: string | null;
  readonly rotatedAtSeconds: number | null;
  /** The current token, sealed under the one before: only who holds that can be told again. */
  readonly sealedCurrent: string | null;
}

export interface RefreshTokenParts {
  readonly accountId: string;
  readonly familyId: string;
}

const REFRESH_TOKEN = /^dpr-(\d{12})-([A-Za-z0-9_-]{22})-[A-Za-z0-9_-]{43}$/;

/** @param familyId - 22 base64url characters. @param secret - 43 of them */
export const refreshTokenOf = (accountId: string, familyId: string, secret: string): string =>
  `dpr-${accountId}-${familyId}-${secret}`;

/** Takes a token apart; nothing of it is believed. @returns null for what is none */
export function parseRefreshToken(text: string): RefreshTokenParts | null {
  const [, accountId, familyId] = REFRESH_TOKEN.exec(text) ?? [];
  return accountId === undefined || familyId === undefined ? null : { accountId, familyId };
}

/** What a token that is shown is to its family. */
export type RefreshUse = 'current' | 'repeated' | 'reused';

/**
 * Judges a token by its hash.
 * @returns `repeated` for the token before, shortly after its use: the answer may have been lost. Any other than the current one
 * is `reused`: two parties hold the family.
 */
export function judgeRefresh(family: RefreshFamily, hash: string, nowSeconds: number): RefreshUse {
  if (hash === family.currentHash) return 'current';
  const { previousHash, rotatedAtSeconds } = family;
  const recent = rotatedAtSeconds !== null && nowSeconds - rotatedAtSeconds <= REFRESH_REPLAY_SECONDS;
  return hash === previousHash && recent ? 'repeated' : 'reused';
}
