/** What every Assume* call has in common: the role's trust decides, tags and limits are checked, a session begins. */
import type { Role } from '../core/account.ts';
import { toBase64Url } from '../core/bytes.ts';
import { tagContext } from '../core/context/identity-context.ts';
import type { ContextEntry } from '../core/context/request-context.ts';
import { actorContext } from '../core/context/session-context.ts';
import type { Delegation } from '../core/credentials/delegation.ts';
import { sessionExpiry } from '../core/credentials/limits.ts';
import { type Lineage, lineageFrom, lineageOfUser, MAX_ANCESTORS } from '../core/credentials/lineage.ts';
import type { Federation, RoleIdentity, Session, SessionInstance, Tag } from '../core/credentials/session.ts';
import { Fault } from '../core/faults.ts';
import { timedBytes } from '../core/ids.ts';
import type { SessionCertificate } from '../core/x509/session-certificate.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';

/** What the caller, or the token it shows, asks the session to carry. */
export interface SessionWish {
  readonly sessionName: string;
  readonly durationSeconds: number | null;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  readonly policies: Session['policies'];
  /** Who acts in it, and who may; absent where nothing is said of it. */
  readonly delegation?: Delegation | undefined;
}

export interface SessionOrigin {
  readonly federation: Federation | null;
  readonly chained: boolean;
  /** When a second factor was proved, or null. */
  readonly mfaAtSeconds: number | null;
  /** The moment past which the upstream login or certificate ends the session, and what is chained from it; or null. */
  readonly notAfterSeconds: number | null;
  /** The instance that it is given to, or that stands at the beginning of its chain. */
  readonly instance?: SessionInstance | undefined;
  /** What proved it, or the session at the beginning of its chain. */
  readonly certificate?: SessionCertificate | undefined;
  /** Of the caller that asks; absent for an outside login and the like. */
  readonly lineage?: Lineage | undefined;
}

/**
 * Begins a session of a role that has been decided upon.
 * @throws Fault `validation_error` when it asks to last longer than the role or the chain allows
 */
export function beginRoleSession(
  role: Role,
  wish: SessionWish,
  origin: SessionOrigin,
  nowSeconds: number,
  deps: Deps,
): Session<RoleIdentity> {
  const expiry = sessionExpiry({
    nowSeconds,
    requestedSeconds: wish.durationSeconds,
    roleMaxSeconds: role.maxSessionSeconds,
    chained: origin.chained,
    notAfterSeconds: origin.notAfterSeconds,
  });
  if (!expiry.ok) {
    const { why } = expiry.failure;
    throw new Fault(
      'validation_error',
      why === 'exceeds_chain'
        ? 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.'
        : 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return {
    sessionId: newSessionId(nowSeconds, deps),
    accountId: role.accountId,
    identity: { type: 'role', roleId: role.roleId, roleName: role.name, sessionName: wish.sessionName },
    issuedAtSeconds: nowSeconds,
    expiresAtSeconds: expiry.value,
    policies: wish.policies,
    tags: wish.tags,
    transitiveTagKeys: wish.transitiveTagKeys,
    sourceIdentity: wish.sourceIdentity,
    federation: origin.federation,
    chained: origin.chained,
    scopes: [],
    mfaAtSeconds: origin.mfaAtSeconds,
    ...(origin.instance !== undefined && { instance: origin.instance }),
    ...(origin.certificate !== undefined && { certificate: origin.certificate }),
    ...(wish.delegation !== undefined && { delegation: wish.delegation }),
    ...(origin.lineage !== undefined && { lineage: origin.lineage }),
    ...(origin.notAfterSeconds !== null && { notAfterSeconds: origin.notAfterSeconds }),
  };
}

/**
 * What a session that a caller begins comes from.
 * @throws Fault `access_denied` where the chain has reached its bound
 */
export function lineageOfCaller({ session, principal, userId, credentialId }: Caller): Lineage | undefined {
  if (session === null) return principal.type === 'user' ? lineageOfUser(userId, credentialId) : undefined;
  return requireLineage(session, credentialId);
}

/**
 * @param credentialId - of the parent's, the one that asks; null for none
 * @throws Fault `access_denied` where the chain has reached its bound
 */
export function requireLineage(parent: Session, credentialId: string | null): Lineage {
  const lineage = lineageFrom(parent, credentialId);
  if (lineage.ok) return lineage.value;
  throw new Fault(
    'access_denied',
    `the session was chained from ${MAX_ANCESTORS} others already, which is the most`,
  );
}

const SESSION_ID_BYTES = 16;

/** @returns a session's id, of its moment and 80 random bits: `ses_` and 22 base64url characters */
export const newSessionId = (nowSeconds: number, { random }: Pick<Deps, 'random'>): string =>
  `ses_${toBase64Url(timedBytes(nowSeconds * 1000, random.bytes(SESSION_ID_BYTES)))}`;

/**
 * The actions that a trust policy must allow for what is asked: the call itself, and one more for tags and for a source
 * identity each.
 */
export const actionsOfWish = (call: string, wish: SessionWish): readonly string[] => [
  call,
  ...(wish.tags.length > 0 || wish.transitiveTagKeys.length > 0 ? ['sts:TagSession'] : []),
  ...(wish.sourceIdentity !== null ? ['sts:SetSourceIdentity'] : []),
];

/** The keys under which policies see what is asked. */
export function wishContext(wish: SessionWish): readonly ContextEntry[] {
  const entries: ContextEntry[] = [
    ['sts:RoleSessionName', wish.sessionName],
    ...tagContext('aws:RequestTag/', wish.tags),
    ...actorContext(wish.delegation),
  ];
  if (wish.tags.length > 0) entries.push(['aws:TagKeys', wish.tags.map((tag) => tag.Key)]);
  if (wish.transitiveTagKeys.length > 0) entries.push(['sts:TransitiveTagKeys', wish.transitiveTagKeys]);
  if (wish.sourceIdentity !== null) entries.push(['sts:SourceIdentity', wish.sourceIdentity]);
  if (wish.durationSeconds !== null) entries.push(['sts:DurationSeconds', String(wish.durationSeconds)]);
  return entries;
}
