/** What a person let applications have, and the end of it. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { accountOfClientId } from '../core/oauth/client.ts';
import { FAMILIES_PER_PERSON_AND_CLIENT } from '../core/repositories/refresh-families.ts';
import {
  clientMark,
  type Mark,
  ROOT_MARK,
  sortMarks,
  subjectMark,
  userMark,
} from '../core/revocation/marks.ts';
import { ownerOf, type SignInIdentity } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { endFamily, findRevokedFamilies } from './end-refresh-family.ts';
import { asFault } from './record.ts';
import { endOfReach } from './revoke-sessions.ts';
import { signInEvent } from './sign-in-session.ts';

/** One application that need not ask, or may act while the person is away. */
export interface OwnApplication {
  readonly clientId: string;
  readonly name: string;
  readonly roleArns: readonly string[];
  readonly scopes: readonly string[];
  readonly sinceSeconds: number;
  /** When it last renewed its tokens by itself; null where it cannot. */
  readonly renewedAtSeconds: number | null;
}

interface Let {
  readonly clientId: string;
  readonly roleArn: string;
  readonly scopes: readonly string[];
  readonly sinceSeconds: number;
  readonly renewedAtSeconds: number | null;
}

/** @returns one entry for each application, in the order of its name */
export async function ownApplications(
  { identity }: SignInSession,
  nowSeconds: number,
  deps: Deps,
): Promise<readonly OwnApplication[]> {
  const { accountId } = identity;
  const owner = ownerOf(identity);
  const [consents, families] = await Promise.all([
    deps.consents.list(accountId, owner, nowSeconds),
    deps.refreshFamilies.list(accountId, owner, nowSeconds),
  ]);
  const revoked = await findRevokedFamilies(accountId, families, deps);
  const living = families.filter(({ familyId }) => !revoked.has(familyId));
  const all: readonly Let[] = [
    ...consents.map(({ givenAtSeconds, ...each }) => ({
      ...each,
      sinceSeconds: givenAtSeconds,
      renewedAtSeconds: null,
    })),
    ...living.map(({ clientId, roleArn, grant, createdAtSeconds, rotatedAtSeconds }) => ({
      ...{ clientId, roleArn, scopes: grant.scope },
      ...{ sinceSeconds: createdAtSeconds, renewedAtSeconds: rotatedAtSeconds },
    })),
  ];
  const byClient = Map.groupBy(all, ({ clientId }) => clientId);
  const found = await Promise.all(
    [...byClient].map(async ([clientId, lets]) => {
      const client = await deps.directory.oauthClient(accountId, clientId);
      // One whose document does not answer is shown by its address: else nobody could take it back.
      if (client === null && accountOfClientId(clientId) !== null) return [];
      return [joined(clientId, client?.settings.name ?? clientId, lets)];
    }),
  );
  return found.flat().sort((one, other) => (one.name < other.name ? -1 : 1));
}

function joined(clientId: string, name: string, lets: readonly Let[]): OwnApplication {
  const renewed = lets.flatMap(({ renewedAtSeconds }) => renewedAtSeconds ?? []);
  return {
    clientId,
    name,
    roleArns: [...new Set(lets.map(({ roleArn }) => roleArn))],
    scopes: [...new Set(lets.flatMap(({ scopes }) => scopes))],
    sinceSeconds: Math.min(...lets.map(({ sinceSeconds }) => sinceSeconds)),
    renewedAtSeconds: renewed.length === 0 ? null : Math.max(...renewed),
  };
}

/**
 * The application must ask again. What it renews by itself ends now, with the sessions that this gave; so does all else that it has of
 * the person, and what was made from that.
 */
export async function removeOwnApplication(
  session: SignInSession,
  clientId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId } = session.identity;
  const owner = ownerOf(session.identity);
  const nowSeconds = nowSecondsOf(facts);
  // Consent first: the application could begin anew by it meanwhile.
  const removed = await signInEvent(session, 'RemoveApplication', { clientId }, facts, deps);
  await deps.consents.remove(accountId, owner, clientId, removed);
  // All of them: a client has no more of one person.
  const all = { limit: FAMILIES_PER_PERSON_AND_CLIENT, after: null };
  const families = await deps.refreshFamilies.page(accountId, clientId, owner, nowSeconds, all);
  await endTokens(session, clientId, facts, deps);
  for (const family of families.items) {
    const parameters = { clientId, familyId: family.familyId };
    const event = await signInEvent(session, 'EndRefreshFamily', parameters, facts, deps);
    try {
      await endFamily(family, event(), nowSeconds, deps);
    } catch (error) {
      if (asFault(error).code !== 'no_such_entity') throw error; // ended meanwhile
    }
  }
}

/** An application that is known by the address of its document is named in no credential: of it the families alone are told. */
async function endTokens(
  session: SignInSession,
  clientId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId } = session.identity;
  if (accountOfClientId(clientId) !== accountId) return;
  const nowSeconds = nowSecondsOf(facts);
  const marks = sortMarks([personMark(session.identity), clientMark(clientId)]);
  const revocation = { marks, issuedUntilSeconds: nowSeconds, expiresAtSeconds: endOfReach(nowSeconds) };
  const event = await signInEvent(session, 'RevokeSessions', { clientId }, facts, deps);
  await deps.revocations.revoke(accountId, revocation, event());
}

function personMark(identity: SignInIdentity): Mark {
  switch (identity.type) {
    case 'user':
      return userMark(identity.userId);
    case 'root':
      return ROOT_MARK;
    case 'federated':
      return subjectMark(identity.federation.provider, identity.federation.subject);
  }
}
