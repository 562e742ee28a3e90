/** Makes the revocation feed. It changes with every revocation, so it is signed anew only then, and once in a while. */
import { Fault } from '../core/faults.ts';
import { type FeedEntry, signFeed } from '../core/revocation/feed.ts';
import { type Mark, parseMark } from '../core/revocation/marks.ts';
import type { Revocation, RevocationList } from '../core/revocation/revocation-list.ts';
import type { Deps } from './deps.ts';
import { requireKeyring } from './issue.ts';
import { hasOwnClaim, markDigest } from './mark-digests.ts';

/** How long nobody need ask again. */
export const FEED_CACHE_SECONDS = 5;
/** After which nobody may rely on it. */
const FEED_LIFE_SECONDS = 60;
/** More than that is not small any more. */
const MAX_ENTRIES = 5000;

interface MadeFeed {
  readonly text: string;
  readonly kid: string;
  readonly lastSequence: number;
  readonly madeAtSeconds: number;
}

/** The last one, per isolate. */
const made = new WeakMap<Deps, MadeFeed>();

/**
 * @returns the signed feed of the account that this deployment was set up for
 * @throws Fault `not_set_up`, `service_unavailable`
 */
export async function revocationFeed(nowSeconds: number, deps: Deps): Promise<string> {
  const [accountId, keyring] = await Promise.all([deps.directory.setUpAccount(), requireKeyring(deps)]);
  const key = keyring.signing.get('ES256');
  if (accountId === null) throw new Fault('not_set_up', 'this broker is not set up yet');
  if (key === undefined) throw new Fault('service_unavailable', 'no key is active', { purpose: 'jwt' });
  const list = await deps.directory.revocations(accountId);
  const { lastSequence } = list;
  const last = made.get(deps);
  if (last !== undefined && last.kid === key.kid && last.lastSequence === lastSequence) {
    const age = nowSeconds - last.madeAtSeconds;
    if (age >= 0 && age < FEED_CACHE_SECONDS) return last.text;
  }
  const { entries, complete } = await entriesOf(list, accountId, nowSeconds);
  const feed = { issuer: deps.settings.issuer, accountId, entries, complete };
  const text = await signFeed(key, feed, nowSeconds, FEED_LIFE_SECONDS);
  made.set(deps, { text, kid: key.kid, lastSequence, madeAtSeconds: nowSeconds });
  return text;
}

async function entriesOf(list: RevocationList, accountId: string, nowSeconds: number) {
  const living: Revocation[] = [];
  for (const revocation of list.all()) {
    if (revocation.expiresAtSeconds <= nowSeconds) continue;
    if (living.push(revocation) > MAX_ENTRIES) return { entries: [], complete: false };
  }
  living.sort((left, right) => left.sequence - right.sequence);
  const entries = await Promise.all(living.map((revocation) => entryOf(revocation, accountId)));
  return { entries, complete: true };
}

async function entryOf(
  { marks, issuedUntilSeconds, expiresAtSeconds }: Revocation,
  accountId: string,
): Promise<FeedEntry> {
  const session = namedBy('session', marks);
  const token = namedBy('credential', marks);
  const others = marks.filter((mark) => !hasOwnClaim(mark));
  const digests = await Promise.all(others.map((mark) => markDigest(accountId, mark)));
  return {
    ...(session !== undefined && { session }),
    ...(token !== undefined && { token }),
    ...(digests.length > 0 && { marks: digests }),
    ...(issuedUntilSeconds < Number.MAX_SAFE_INTEGER && { issued_until: issuedUntilSeconds }),
    expires: expiresAtSeconds,
  };
}

const namedBy = (kind: 'session' | 'credential', marks: readonly Mark[]): string | undefined =>
  marks.map(parseMark).find((mark) => mark?.kind === kind)?.value;
