/** Ends sessions before their time: by what they are, whose they are, and when they were issued. */
import { oidcProviderArn, parseArn } from '../core/arn.ts';
import type { AuditEvent } from '../core/audit/event.ts';
import { nowSecondsOf } from '../core/context/request-context.ts';
import { MAX_SESSION_SECONDS } from '../core/credentials/limits.ts';
import { Fault } from '../core/faults.ts';
import type { NewRevocation } from '../core/repositories/revocations.ts';
import {
  clientMark,
  credentialMark,
  type Mark,
  providerMark,
  ROOT_MARK,
  roleMark,
  sessionMark,
  sortMarks,
  sourceIdentityMark,
  subjectMark,
  tagMark,
  userMark,
} from '../core/revocation/marks.ts';
import { authorize, type SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { findNamed, isCaller, type NamedEntities, sessionPermissions } from './session-permissions.ts';

/** Which sessions are meant: those of which everything holds that is given. */
export interface RevocationWish {
  readonly sessionId?: string | undefined;
  /**
   * A temporary access key: that credential of its session ends with all that was made from it, the session's others do not. A
   * long-term key: what it began and all that was chained from that ends, not the key.
   */
  readonly accessKeyId?: string | undefined;
  /** The `jti` of an access token, likewise. */
  readonly jwtId?: string | undefined;
  readonly userName?: string | undefined;
  /** By its unique id: what a user that is gone began lives on. */
  readonly userId?: string | undefined;
  /** Sessions of root, and of those that it vouched for. */
  readonly root?: true | undefined;
  readonly roleName?: string | undefined;
  /** By its unique id: that of a role which is gone, too. */
  readonly roleId?: string | undefined;
  /** What an OAuth client was given, and all that was made from that. */
  readonly clientId?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  /** The identity provider that proved the login: its ARN, or the URL of an OpenID Connect issuer. */
  readonly provider?: string | undefined;
  /** Only with `provider`, for another one's subjects are other people. */
  readonly subject?: string | undefined;
  readonly tag?: { readonly Key: string; readonly Value: string } | undefined;
  readonly issuedBeforeSeconds?: number | undefined;
}

/** What has been revoked. */
export interface RevocationMade {
  /** Sessions issued before it have ended; null where they are named one by one. */
  readonly issuedBeforeSeconds: number | null;
  /** When the last session that could be touched would have ended anyway. */
  readonly expiresAtSeconds: number;
}

const ACTION = 'daypass:RevokeSessions';
/** For a session or credential that is named itself: it exists already, whenever it was issued. */
const WHENEVER = Number.MAX_SAFE_INTEGER;
/** Clocks of isolates may differ by this. */
const CLOCK_MARGIN_SECONDS = 60;
/** A long-term key that is ended beside may be believed elsewhere for the freshness bound, which is no longer than this. */
const LONGEST_FRESHNESS_SECONDS = 60;

/**
 * Everybody may end what is their own; for anything else `daypass:RevokeSessions` must be allowed, on the role or user that is
 * named, on the session, or else on every session.
 * @throws Fault `validation_error`, `access_denied`, `no_such_entity`
 */
export async function revokeSessions(
  wish: RevocationWish,
  caller: Caller,
  facts: SignedFacts,
  makeEvent: () => AuditEvent,
  deps: Deps,
): Promise<RevocationMade> {
  const nowSeconds = nowSecondsOf(facts);
  checkWish(wish, nowSeconds);
  const named = await findNamed(wish, caller.accountId, deps);
  if (!isOwn(wish, named, caller, deps)) {
    for (const permission of sessionPermissions(ACTION, wish, named, caller.accountId)) {
      authorize(caller, permission, facts);
    }
  }
  const marks = marksOfWish(wish, named, caller.accountId, deps);
  const issuedUntilSeconds = reachOf(wish, nowSeconds);
  const expiresAtSeconds = endOfReach(nowSeconds);
  await deps.revocations.revoke(
    caller.accountId,
    { marks, issuedUntilSeconds, expiresAtSeconds },
    makeEvent(),
  );
  const issuedBeforeSeconds = issuedUntilSeconds === WHENEVER ? null : issuedUntilSeconds + 1;
  return { issuedBeforeSeconds, expiresAtSeconds };
}

/** The last moment of issue that is meant. */
function reachOf(wish: RevocationWish, nowSeconds: number): number {
  if (wish.issuedBeforeSeconds !== undefined) return wish.issuedBeforeSeconds - 1;
  if (isLongTerm(wish)) return nowSeconds + LONGEST_FRESHNESS_SECONDS;
  const single = wish.sessionId ?? wish.accessKeyId ?? wish.jwtId;
  return single === undefined ? nowSeconds : WHENEVER;
}

/** An id of a long-term key that stands where a token's is looked for means that key all the same: its mark is one. */
const isLongTerm = ({ accessKeyId, jwtId }: RevocationWish): boolean =>
  [accessKeyId, jwtId].some((id) => id?.startsWith('AKIA') === true);

/**
 * When nothing is left that a revocation can touch. However long ago what it names was issued, that may have begun other
 * sessions until now.
 */
export const endOfReach = (nowSeconds: number): number =>
  nowSeconds + MAX_SESSION_SECONDS + CLOCK_MARGIN_SECONDS;

/** Ends one session, whenever it was issued, and what was chained from it. */
export const revocationOfSession = (sessionId: string, nowSeconds: number): NewRevocation => ({
  marks: [sessionMark(sessionId)],
  issuedUntilSeconds: WHENEVER,
  expiresAtSeconds: endOfReach(nowSeconds),
});

/** Ends one credential, and what was made from it, whenever. @param credentialId - a temporary key's, or a token's `jti` */
export const revocationOfCredential = (credentialId: string, nowSeconds: number): NewRevocation => ({
  marks: [credentialMark(credentialId)],
  issuedUntilSeconds: WHENEVER,
  expiresAtSeconds: endOfReach(nowSeconds),
});

/** Ends what a client was given and what was made from that, also what another isolate gives it before it hears that the client is gone. */
export const revocationOfClient = (clientId: string, nowSeconds: number): NewRevocation => ({
  marks: [clientMark(clientId)],
  issuedUntilSeconds: WHENEVER,
  expiresAtSeconds: endOfReach(nowSeconds),
});

function checkWish(wish: RevocationWish, nowSeconds: number): void {
  if (Object.values(wish).every((value) => value === undefined)) {
    throw new Fault(
      'validation_error',
      'say which sessions are to be revoked, or before when they were issued',
    );
  }
  if (wish.subject !== undefined && wish.provider === undefined) {
    throw new Fault('validation_error', 'Subject needs the Provider that knows it');
  }
  if (wish.accessKeyId !== undefined && !/^A[KS]IA/.test(wish.accessKeyId))
    throw new Fault('validation_error', 'AccessKeyId must be an access key');
  if (wish.issuedBeforeSeconds !== undefined && wish.issuedBeforeSeconds > nowSeconds + 1) {
    throw new Fault('validation_error', 'IssuedBefore must not lie in the future');
  }
}

/** Whether everything that the wish can touch belongs to the caller: each thing it names narrows it. */
function isOwn(wish: RevocationWish, named: NamedEntities, caller: Caller, deps: Deps): boolean {
  if (isCaller(named, caller) || isCallerOrigin(wish, caller)) return true;
  const { session, credentialId } = caller;
  if (credentialId !== null && [wish.accessKeyId, wish.jwtId].includes(credentialId)) return true;
  if (session === null) return false;
  if (wish.sessionId === session.sessionId) return true;
  const { federation, accountId } = session;
  return (
    federation !== null &&
    wish.subject === federation.subject &&
    wish.provider !== undefined &&
    providerNameOf(wish.provider, accountId, deps) === federation.provider
  );
}

function isCallerOrigin({ userId, root }: RevocationWish, { principal }: Caller): boolean {
  if (root !== undefined && principal.type === 'root') return true;
  return userId !== undefined && principal.type === 'user' && principal.uniqueId === userId;
}

function marksOfWish(
  wish: RevocationWish,
  { user, role }: NamedEntities,
  accountId: string,
  deps: Deps,
): readonly Mark[] {
  const marks: Mark[] = [];
  if (wish.sessionId !== undefined) marks.push(sessionMark(wish.sessionId));
  if (wish.accessKeyId !== undefined) marks.push(credentialMark(wish.accessKeyId));
  if (wish.jwtId !== undefined) marks.push(credentialMark(wish.jwtId));
  if (wish.userName !== undefined) {
    if (user === null) throw noSuch('user', wish.userName);
    marks.push(userMark(user.userId));
  }
  if (wish.userId !== undefined) marks.push(userMark(wish.userId));
  if (wish.root !== undefined) marks.push(ROOT_MARK);
  if (wish.roleName !== undefined) {
    if (role === null) throw noSuch('role', wish.roleName);
    marks.push(roleMark(role.roleId));
  }
  if (wish.roleId !== undefined) marks.push(roleMark(wish.roleId));
  if (wish.clientId !== undefined) marks.push(clientMark(wish.clientId));
  if (wish.sourceIdentity !== undefined) marks.push(sourceIdentityMark(wish.sourceIdentity));
  if (wish.tag !== undefined) marks.push(tagMark(wish.tag.Key, wish.tag.Value));
  if (wish.provider !== undefined) {
    const name = providerNameOf(wish.provider, accountId, deps);
    marks.push(wish.subject === undefined ? providerMark(name) : subjectMark(name, wish.subject));
  }
  return sortMarks(marks);
}

/** The refusal of a name that nobody has. */
export const noSuch = (kind: string, name: string): Fault =>
  new Fault('no_such_entity', `The ${kind} with name ${name} cannot be found.`);

/**
 * A provider as sessions bear it: by its name where policies know it by one (`accounts.google.com`), else by its ARN. One that is
 * gone may still have sessions, so it need not exist.
 */
export function providerNameOf(given: string, accountId: string, { providerKinds }: Deps): string {
  const prefix = oidcProviderArn(accountId, '');
  const isOther = parseArn(given) !== null && !given.startsWith(prefix);
  if (isOther) return given;
  const url = given.startsWith(prefix) ? given.slice(prefix.length) : given.replace(/^https?:\/\//, '');
  const kind = providerKinds.ofIssuer(given) ?? providerKinds.ofUrl(url);
  return kind?.name ?? oidcProviderArn(accountId, kind?.url ?? url);
}
