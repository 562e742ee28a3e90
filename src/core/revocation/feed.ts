/** The revocation feed: what whoever verifies access tokens offline has to know beside the keys. */
import { SignJWT } from 'jose';
import type { SigningKey } from '../keyring/keyring.ts';

/** Its own type, so that it can never be taken for a token, nor a token for it. */
export const FEED_TYPE = 'daypass-revocations+jwt';

/** One revocation. A token is revoked when everything holds that stands here. */
export interface FeedEntry {
  /** The token's `daypass.session`. */
  readonly session?: string;
  /** The token's `jti`. */
  readonly token?: string;
  /** All of them are among the token's `daypass.marks`. */
  readonly marks?: readonly string[];
  /** The session was issued no later: the token's `daypass.issued_at`, or without one its `iat`. Absent where that does not matter. */
  readonly issued_until?: number;
  /** When no token is left that it could touch. */
  readonly expires: number;
}

/** What the feed says. */
export interface Feed {
  readonly issuer: string;
  readonly accountId: string;
  readonly entries: readonly FeedEntry[];
  /** False where there are too many to list: then only Daypass itself can tell. */
  readonly complete: boolean;
}

/**
 * Signs the feed.
 * @param lifeSeconds - after which nobody may rely on it
 */
export const signFeed = (
  key: SigningKey,
  { issuer, accountId, entries, complete }: Feed,
  nowSeconds: number,
  lifeSeconds: number,
): Promise<string> =>
  new SignJWT({
    iss: issuer,
    iat: nowSeconds,
    exp: nowSeconds + lifeSeconds,
    account: accountId,
    complete,
    revocations: entries,
  })
    .setProtectedHeader({ alg: key.algorithm, typ: FEED_TYPE, kid: key.kid })
    .sign(key.privateKey);
