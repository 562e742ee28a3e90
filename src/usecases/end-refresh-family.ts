/** Ends refresh tokens, and with them what they gave: the first session of a family stands before all of its others. */
import type { AuditEvent, AuditIdentity } from '../core/audit/event.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { madeFromAlso } from '../core/credentials/provenance.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import type { RefreshFamily } from '../core/oauth/refresh-family.ts';
import { clientMark, type Mark, markedAncestors, marksOf, sessionMark } from '../core/revocation/marks.ts';
import { RevocationList } from '../core/revocation/revocation-list.ts';
import type { Deps } from './deps.ts';
import { asFault, eventOf } from './record.ts';
import { revocationOfSession } from './revoke-sessions.ts';

/**
 * Ends a family and every session that it gave.
 * @throws Fault `no_such_entity` where it has ended already
 */
export const endFamily = (
  family: RefreshFamily,
  event: AuditEvent,
  nowSeconds: number,
  deps: Deps,
): Promise<void> =>
  deps.refreshFamilies.end(family, revocationOfSession(family.grant.session.sessionId, nowSeconds), event);

/** One of the two that hold a used token is a thief: neither keeps anything. @see RFC 9700 section 4.14.2 */
export async function endReplayedFamily(
  family: RefreshFamily,
  { clientId }: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId, familyId, grant } = family;
  const identity: AuditIdentity = { type: 'Anonymous' };
  const parameters = { clientId, familyId, sessionId: grant.session.sessionId };
  const operation = {
    ...{ accountId, source: 'daypass.amazonaws.com', name: 'RefreshTokenReplayed' },
    ...{ identity, readOnly: false, parameters },
  };
  try {
    await endFamily(family, eventOf(operation, {}, facts, deps.random), nowSecondsOf(facts), deps);
  } catch (error) {
    // Of many that show it at once, one ends it.
    if (asFault(error).code !== 'no_such_entity') throw error;
  }
}

/** Whether anything has been revoked that a family comes from; see `findRevokedFamilies`. */
export const isRevokedFamily = async (family: RefreshFamily, deps: Deps): Promise<boolean> =>
  (await findRevokedFamilies(family.accountId, [family], deps)).has(family.familyId);

/**
 * The families of which anything has been revoked that they come from: the first session, the newest, and all before them, by
 * everything that they can be named by. Asked of the database, for a family may be far older than the live list.
 * @param families - of one account
 * @returns their ids
 */
export async function findRevokedFamilies(
  accountId: string,
  families: readonly RefreshFamily[],
  deps: Deps,
): Promise<ReadonlySet<string>> {
  const marks = new Set(families.flatMap(marksOfFamily));
  const list = new RevocationList(0);
  list.add(await deps.refreshFamilies.revocationsOf(accountId, [...marks]));
  return new Set(families.filter((family) => touches(list, family)).map(({ familyId }) => familyId));
}

const NO_CREDENTIAL = { accessKeyId: null, tokenId: null };

function marksOfFamily({ clientId, lastSessionId, grant: { session } }: RefreshFamily): readonly Mark[] {
  const { lineage, sourceIdentity } = session;
  const ancestors = lineage === undefined ? [] : markedAncestors(lineage, sourceIdentity);
  return [
    sessionMark(lastSessionId),
    clientMark(clientId),
    ...marksOf(session, NO_CREDENTIAL),
    ...ancestors.flatMap((each) => [...each.marks]),
  ];
}

function touches(
  list: RevocationList,
  { clientId, lastSessionId, rotatedAtSeconds, grant }: RefreshFamily,
): boolean {
  const newest = { issuedAtSeconds: rotatedAtSeconds, chained: false };
  const session = madeFromAlso(grant.session, clientId);
  return list.revokes(session, NO_CREDENTIAL) || list.touches(new Set([sessionMark(lastSessionId)]), newest);
}
