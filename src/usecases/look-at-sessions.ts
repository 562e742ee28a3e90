/** Lists and describes sessions, as the drained trail tells of them. */
import { nowSecondsOf } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { Page, PageRequest } from '../core/repositories/page.ts';
import type { SessionDetail, SessionFilter, SessionRecord } from '../core/repositories/sessions.ts';
import {
  type Mark,
  markedAncestors,
  originMarks,
  providerMark,
  ROOT_MARK,
  roleMark,
  sessionMark,
  sourceIdentityMark,
  subjectMark,
  tagMark,
  userMark,
} from '../core/revocation/marks.ts';
import type { RevocationList } from '../core/revocation/revocation-list.ts';
import { isAlive } from '../core/sign-in/session.ts';
import { authorize, type SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { noSuch, providerNameOf } from './revoke-sessions.ts';
import { findNamed, isCaller, type NamedEntities, sessionPermissions } from './session-permissions.ts';

export type SessionState = 'active' | 'expired' | 'revoked';

/** A session and how it stands now. */
export type Stated<T> = T & { readonly state: SessionState };

/** What is looked for; what is absent matches all. */
export interface SessionQuery {
  readonly userName?: string | undefined;
  readonly roleName?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  /** ARN, or the URL of an OpenID Connect issuer. */
  readonly provider?: string | undefined;
  readonly subject?: string | undefined;
  /** Leaves out sessions past their time; revoked ones are shown as such. */
  readonly liveOnly: boolean;
}

/**
 * Newest first; a user's are those that the user began too. Everybody may list their own user's sessions; else `daypass:ListSessions` must be allowed on the role or user that
 * is named, or on every session.
 * @throws Fault `access_denied`, `no_such_entity`, `validation_error`
 */
export async function listSessions(
  query: SessionQuery,
  page: PageRequest,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Promise<Page<Stated<SessionRecord>>> {
  const { accountId } = caller;
  if (query.subject !== undefined && query.provider === undefined) {
    throw new Fault('validation_error', 'Subject needs the Provider that knows it');
  }
  const named = await findNamed(query, accountId, deps);
  if (!isCaller(named, caller)) {
    for (const permission of sessionPermissions('daypass:ListSessions', query, named, accountId)) {
      authorize(caller, permission, facts);
    }
  }
  const found = await deps.sessions.list(accountId, filterOf(query, named, accountId, facts, deps), page);
  return { ...found, items: await withStates(found.items, accountId, facts, deps) };
}

/**
 * Everybody may look at the session that signs and at their own user's; else `daypass:DescribeSession` must be allowed on it.
 * @throws Fault `access_denied`, `no_such_entity`
 */
export async function describeSession(
  sessionId: string,
  caller: Caller,
  facts: SignedFacts,
  deps: Deps,
): Promise<Stated<SessionDetail>> {
  const { accountId } = caller;
  const found = await deps.sessions.find(accountId, sessionId);
  if (!isOwn(found, caller)) {
    const nobody = { user: null, role: null };
    for (const permission of sessionPermissions(
      'daypass:DescribeSession',
      { sessionId },
      nobody,
      accountId,
    )) {
      authorize(caller, permission, facts);
    }
  }
  if (found === null) {
    throw new Fault('no_such_entity', `The session with id ${sessionId} cannot be found.`);
  }
  const [stated] = await withStates([found], accountId, facts, deps);
  return { ...found, state: stated?.state ?? 'expired' };
}

/** How sessions stand now. A browser's has ended too when the person signed out, or has been away for too long. */
async function withStates<T extends SessionRecord>(
  records: readonly T[],
  accountId: string,
  facts: SignedFacts,
  { directory, signInSessions, settings }: Deps,
): Promise<readonly Stated<T>[]> {
  const signIns = records.filter(({ kind }) => kind === 'sign-in').map(({ sessionId }) => sessionId);
  const [list, lastSeen] = await Promise.all([
    directory.revocations(accountId),
    signInSessions.lastSeen(accountId, signIns),
  ]);
  const isGone = ({ kind, sessionId, expiresAtSeconds }: T): boolean => {
    const lastSeenAtSeconds = lastSeen.get(sessionId);
    if (kind !== 'sign-in') return false;
    if (lastSeenAtSeconds === undefined) return true;
    return !isAlive({ lastSeenAtSeconds, expiresAtSeconds }, nowSecondsOf(facts), settings.signIn);
  };
  return records.map((record) => {
    const state = stateOf(record, list, facts);
    return { ...record, state: state === 'active' && isGone(record) ? 'expired' : state };
  });
}

function isOwn(found: SessionRecord | null, { principal, session }: Caller): boolean {
  if (found === null) return false;
  if (found.sessionId === session?.sessionId) return true;
  return principal.type === 'user' && principal.uniqueId === found.userId;
}

function filterOf(
  query: SessionQuery,
  { user, role }: NamedEntities,
  accountId: string,
  facts: SignedFacts,
  deps: Deps,
): SessionFilter {
  const { userName, roleName, sourceIdentity, provider, subject, liveOnly } = query;
  if (userName !== undefined && user === null) throw noSuch('user', userName);
  if (roleName !== undefined && role === null) throw noSuch('role', roleName);
  return {
    ...(role !== null && { principalId: role.roleId }),
    ...(user !== null && { userId: user.userId }),
    ...(sourceIdentity !== undefined && { sourceIdentity }),
    ...(provider !== undefined && { provider: providerNameOf(provider, accountId, deps) }),
    ...(subject !== undefined && { subject }),
    ...(liveOnly && { liveAtSeconds: nowSecondsOf(facts) }),
  };
}

function stateOf(record: SessionRecord, list: RevocationList, facts: SignedFacts): SessionState {
  if (record.expiresAtSeconds <= nowSecondsOf(facts)) return 'expired';
  const { issuedAtSeconds, lineage, sourceIdentity } = record;
  const chained = record.fromSessionId !== null;
  const isRevoked =
    list.touches(marksOfRecord(record), { issuedAtSeconds, chained, ...(lineage !== null && { lineage }) }) ||
    (lineage !== null && list.touchesAny(markedAncestors(lineage, sourceIdentity)));
  return isRevoked ? 'revoked' : 'active';
}

/** The marks that the session itself bears, but for those of its single credentials. */
function marksOfRecord(record: SessionRecord): ReadonlySet<Mark> {
  const { kind, principalId, userId, sourceIdentity, provider, subject, lineage } = record;
  const marks = new Set<Mark>([sessionMark(record.sessionId)]);
  const isOfRoot = kind !== 'role' && userId === null && provider === null;
  if (isOfRoot) marks.add(ROOT_MARK);
  if (kind === 'role') marks.add(roleMark(principalId));
  if (userId !== null) marks.add(userMark(userId));
  for (const mark of originMarks(lineage?.origin ?? null)) marks.add(mark);
  if (sourceIdentity !== null) marks.add(sourceIdentityMark(sourceIdentity));
  if (provider !== null) marks.add(providerMark(provider));
  if (provider !== null && subject !== null) marks.add(subjectMark(provider, subject));
  for (const { Key, Value } of record.tags) marks.add(tagMark(Key, Value));
  return marks;
}
