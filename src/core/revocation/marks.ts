/**
 * Marks: what a revocation can name a session by, each as one text of kind and value. A session bears several; a revocation
 * names one or more, and touches the sessions that bear all of them.
 */
import { type Lineage, type Origin, originOf } from '../credentials/lineage.ts';
import type { Session } from '../credentials/session.ts';
import { accountOfClientId } from '../oauth/client.ts';

/** Kinds of marks, the most telling first: a revocation is looked up by the first that it names. */
export const MARK_KINDS = [
  'session',
  'credential',
  'subject',
  'user',
  'client',
  'root',
  'source-identity',
  'tag',
  'role',
  'provider',
] as const;

export type MarkKind = (typeof MARK_KINDS)[number];

/** `role:AROA…` and the like; the kind ends at the first colon. */
export type Mark = `${MarkKind}:${string}`;

export const sessionMark = (sessionId: string): Mark => `session:${sessionId}`;
/** One credential of a session: a temporary access key by its id, or an access token by its `jti`. */
export const credentialMark = (credentialId: string): Mark => `credential:${credentialId}`;
/** @param userId - the unique id: whoever has the name later is another user */
export const userMark = (userId: string): Mark => `user:${userId}`;
/** What an OAuth client of the account was given, and what was made from that. */
export const clientMark = (clientId: string): Mark => `client:${clientId}`;
/** @param roleId - the unique id, likewise */
export const roleMark = (roleId: string): Mark => `role:${roleId}`;
/** Sessions of the account's root, and of those that it vouched for. */
export const ROOT_MARK: Mark = 'root:';
export const sourceIdentityMark = (sourceIdentity: string): Mark => `source-identity:${sourceIdentity}`;
/** @param provider - as sessions bear it: the ARN, or the name of a built-in one */
export const providerMark = (provider: string): Mark => `provider:${provider}`;
/** An outside identity. No provider holds a line break, so no two pairs give one text. */
export const subjectMark = (provider: string, subject: string): Mark => `subject:${provider}\n${subject}`;
/** Keys of tags compare without case, values with. No key holds a line break. */
export const tagMark = (key: string, value: string): Mark => `tag:${key.toLowerCase()}\n${value}`;

/** @returns kind and value of a mark; null for a text that is none */
export function parseMark(text: string): { readonly kind: MarkKind; readonly value: string } | null {
  const colon = text.indexOf(':');
  const kind = MARK_KINDS.find((each) => each === text.slice(0, colon));
  return kind === undefined ? null : { kind, value: text.slice(colon + 1) };
}

/** @returns marks in the order of their kinds, each once: equal revocations so have equal texts */
export function sortMarks(marks: readonly Mark[]): readonly Mark[] {
  const rank = (mark: Mark): number => MARK_KINDS.findIndex((kind) => mark.startsWith(`${kind}:`));
  return [...new Set(marks)].sort(
    (left, right) => rank(left) - rank(right) || (left < right ? -1 : left > right ? 1 : 0),
  );
}

/** The credential with which a session is used: one of its access keys, or one of its access tokens. */
export interface SessionCredential {
  readonly accessKeyId: string | null;
  readonly tokenId: string | null;
}

/**
 * Everything that a session can be named by.
 * @param credential - the one that was shown
 */
export function marksOf(session: Session, { accessKeyId, tokenId }: SessionCredential): ReadonlySet<Mark> {
  const marks = new Set<Mark>([sessionMark(session.sessionId), ...roleMarks(session)]);
  if (accessKeyId !== null) marks.add(credentialMark(accessKeyId));
  if (tokenId !== null) marks.add(credentialMark(tokenId));
  for (const mark of madeFromMarks(session.madeFrom)) marks.add(mark);
  for (const mark of loginMarks(session)) marks.add(mark);
  for (const mark of originMarks(originOf(session))) marks.add(mark);
  return marks;
}

const keysOf = ({ accessKeyId }: { readonly accessKeyId?: string }): readonly string[] =>
  accessKeyId === undefined ? [] : [accessKeyId];

/** What a credential was made from, as revocations name it; see `provenance.ts`. */
const madeFromMarks = (ids: readonly string[] = []): readonly Mark[] =>
  ids.map((id) => (accountOfClientId(id) === null ? credentialMark(id) : clientMark(id)));

/** Who stands at the beginning of a session, as revocations name them. */
export function originMarks(origin: Origin | null): readonly Mark[] {
  if (origin === null) return [];
  switch (origin.type) {
    case 'user':
      return [userMark(origin.userId), ...madeFromMarks(keysOf(origin))];
    case 'root':
      return [ROOT_MARK];
    case 'login':
      return [subjectMark(origin.provider, origin.subject), providerMark(origin.provider)];
  }
}

/** A session that another was chained from: with it the other ends. */
export interface MarkedAncestor {
  readonly sessionId: string;
  readonly issuedAtSeconds: number;
  /** Its own and those of the beginning, but for tags: of them a session carries its own alone. */
  readonly marks: ReadonlySet<Mark>;
}

/** @param sourceIdentity - of the session whose lineage it is, or null */
export const markedAncestors = (
  { origin, ancestors }: Lineage,
  sourceIdentity: string | null,
): readonly MarkedAncestor[] =>
  ancestors.map(({ sessionId, issuedAtSeconds, roleId, sourceIdentity: bore, origin: own, madeFrom }) => {
    const marks = new Set<Mark>([sessionMark(sessionId), ...originMarks(own ?? origin)]);
    for (const mark of madeFromMarks(madeFrom)) marks.add(mark);
    if (roleId !== null) marks.add(roleMark(roleId));
    if (bore && sourceIdentity !== null) marks.add(sourceIdentityMark(sourceIdentity));
    return { sessionId, issuedAtSeconds, marks };
  });

/** What a login can be named by, whether it has begun a role's session yet or not. */
export function loginMarks({
  federation,
  sourceIdentity,
  tags,
}: Pick<Session, 'federation' | 'sourceIdentity' | 'tags'>): readonly Mark[] {
  const marks = tags.map(({ Key, Value }) => tagMark(Key, Value));
  if (sourceIdentity !== null) marks.push(sourceIdentityMark(sourceIdentity));
  if (federation !== null) {
    marks.push(subjectMark(federation.provider, federation.subject), providerMark(federation.provider));
  }
  return marks;
}

/** The user, or who vouched for a federated one, is the origin. */
const roleMarks = ({ identity }: Session): readonly Mark[] =>
  identity.type === 'role' ? [roleMark(identity.roleId)] : [];
