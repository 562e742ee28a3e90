import type { ChainClaim } from '../core/credentials/access-token.ts';
import { originOf } from '../core/credentials/lineage.ts';
import type { Session } from '../core/credentials/session.ts';
import { accountOfClientId } from '../core/oauth/client.ts';
import { digestMark } from '../core/revocation/mark-digest.ts';
import { type Mark, markedAncestors, marksOf, parseMark } from '../core/revocation/marks.ts';

/** Roles and providers come again and again; what is held is dropped as a whole when it is much. */
const held = new Map<string, string>();
const MAX_HELD = 10_000;

/** The digest of a mark, made once per isolate where it comes again. */
export async function markDigest(accountId: string, mark: Mark): Promise<string> {
  const key = `${accountId}:${mark}`;
  const known = held.get(key);
  if (known !== undefined) return known;
  const digest = await digestMark(accountId, mark);
  if (held.size >= MAX_HELD) held.clear();
  held.set(key, digest);
  return digest;
}

/** Marks that a token shows in a claim of their own. */
export const hasOwnClaim = (mark: Mark): boolean =>
  ['session', 'credential'].includes(parseMark(mark)?.kind ?? '');

/** The digests of what a session can be revoked by, beside its own id and those of its credentials. */
export const sessionDigests = (session: Session): Promise<readonly string[]> =>
  digestsOf(session.accountId, marksOf(session, { accessKeyId: null, tokenId: null }));

/** What an access token says of the sessions that its own was chained from. */
export function chainClaims({ accountId, lineage, sourceIdentity }: Session): Promise<readonly ChainClaim[]> {
  const ancestors = lineage === undefined ? [] : markedAncestors(lineage, sourceIdentity);
  return Promise.all(
    ancestors.map(async ({ sessionId, issuedAtSeconds, marks }) => ({
      session: sessionId,
      issued_at: issuedAtSeconds,
      marks: await digestsOf(accountId, marks),
      ...madeFromClaim(marks),
    })),
  );
}

/** The credentials that a session's credential was made from, its long-term key among them, by their ids. */
export function credentialsBefore(session: Session): readonly string[] {
  const { madeFrom = [], accountId } = session;
  const origin = originOf(session);
  const key = origin?.type === 'user' ? origin.accessKeyId : undefined;
  const ids = madeFrom.filter((id) => accountOfClientId(id) !== accountId);
  return key === undefined ? ids : [...ids, key];
}

function madeFromClaim(marks: Iterable<Mark>): Pick<ChainClaim, 'made_from'> {
  const ids = credentialsAmong(marks);
  return ids.length === 0 ? {} : { made_from: ids };
}

const credentialsAmong = (marks: Iterable<Mark>): readonly string[] =>
  [...marks].map(parseMark).flatMap((mark) => (mark?.kind === 'credential' ? [mark.value] : []));

const digestsOf = (accountId: string, marks: Iterable<Mark>): Promise<readonly string[]> =>
  Promise.all([...marks].filter((mark) => !hasOwnClaim(mark)).map((mark) => markDigest(accountId, mark)));
