import {
  type FederatedUserIdentity,
  isFederatedUserSession,
  isRoleSession,
  isUserSession,
  type Session,
} from '../core/credentials/session.ts';
import type { Directory } from '../core/directory.ts';
import { sessionStillAttached } from '../core/instances/instance.ts';
import { compilePolicy, denyEverything } from '../core/policy/compile.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import type { SessionCredential } from '../core/revocation/marks.ts';
import { isStillCertified } from '../core/x509/session-certificate.ts';
import type { Caller } from './caller.ts';
import {
  federatedUserCaller,
  roleSessionCaller,
  rootSessionCaller,
  type SessionPart,
  userSessionCaller,
} from './session-callers.ts';

/** How a session was shown, and when. A sign-in shows neither key nor token. */
export interface SessionShown extends SessionCredential {
  readonly nowSeconds: number;
}

/**
 * The caller that a session speaks for now: its role or user as it stands at this moment, under the session's own policies.
 * @returns null when the session has ended: revoked; or with its role or user, deleted or recreated under another id; or with
 * the instance that it was given to, disabled, gone, or its role detached; or with the certificate that proved it
 */
export async function findSessionCaller(
  directory: Directory,
  session: Session,
  shown: SessionShown,
): Promise<Caller | null> {
  const [revoked, caller, attached, certified] = await Promise.all([
    isRevoked(directory, session, shown),
    callerOf(directory, session, shown),
    isStillAttached(directory, session),
    isCertified(directory, session),
  ]);
  return attached && certified && !revoked ? caller : null;
}

/** Whether a session, or the credential of it that was shown, has been revoked; no query where the account is held. */
export async function isRevoked(
  directory: Directory,
  session: Session,
  shown: SessionCredential,
): Promise<boolean> {
  return (await directory.revocations(session.accountId)).revokes(session, shown);
}

async function callerOf(directory: Directory, session: Session, shown: SessionShown): Promise<Caller | null> {
  const { accountId } = session;
  const reading = partOf(directory, session, shown);
  if (isRoleSession(session)) {
    const [role, part] = await Promise.all([directory.role(accountId, session.identity.roleName), reading]);
    return role?.roleId === session.identity.roleId ? roleSessionCaller(role, session, part) : null;
  }
  if (isUserSession(session)) {
    const [user, part] = await Promise.all([directory.userById(accountId, session.identity.userId), reading]);
    return user === null ? null : userSessionCaller(user, session, part);
  }
  if (isFederatedUserSession(session)) return findFederatedUser(directory, session, reading);
  return rootSessionCaller(session, await reading);
}

async function isStillAttached(directory: Directory, session: Session): Promise<boolean> {
  const { instance, accountId } = session;
  if (instance === undefined) return true;
  return sessionStillAttached(session, await directory.instance(accountId, instance.instanceId));
}

async function isCertified(directory: Directory, session: Session): Promise<boolean> {
  const { certificate, accountId } = session;
  if (certificate === undefined) return true;
  const { trustAnchorId, profileId } = certificate;
  const [anchor, profile] = await Promise.all([
    directory.trustAnchor(accountId, trustAnchorId),
    profileId === null ? null : directory.anywhereProfile(accountId, profileId),
  ]);
  return isStillCertified(session, anchor, profile);
}

async function findFederatedUser(
  directory: Directory,
  session: Session<FederatedUserIdentity>,
  reading: Promise<SessionPart>,
): Promise<Caller | null> {
  const { by } = session.identity;
  if (by.type === 'root') return federatedUserCaller(null, session, await reading);
  const [user, part] = await Promise.all([directory.userById(session.accountId, by.userId), reading]);
  return user === null ? null : federatedUserCaller(user, session, part);
}

const partOf = async (directory: Directory, session: Session, shown: SessionShown): Promise<SessionPart> => ({
  ...shown,
  policies: await sessionPolicies(directory, session),
  scopes: session.scopes.map((document) => inlinePolicy(session, document, 'scope of the session')),
});

/** The session's policies, compiled; null where none was passed. One that is gone by now grants nothing and denies. */
async function sessionPolicies(
  directory: Directory,
  session: Session,
): Promise<readonly SourcedPolicy[] | null> {
  const { policies, accountId } = session;
  if (policies === null) return null;
  const managed = await Promise.all(
    policies.arns.map(async (arn) => {
      const found = await directory.managedPolicy(accountId, arn);
      return found ?? { source: arn, policy: denyEverything('the policy does not exist') };
    }),
  );
  if (policies.inline === null) return managed;
  return [inlinePolicy(session, policies.inline, 'inline session policy'), ...managed];
}

/** Compiled once per opened session. */
const inlinePolicies = new WeakMap<Session, Map<string, SourcedPolicy>>();

function inlinePolicy(session: Session, document: string, source: string): SourcedPolicy {
  const ofSession = inlinePolicies.get(session) ?? new Map<string, SourcedPolicy>();
  const held = ofSession.get(document);
  if (held !== undefined) return held;
  const parsed = parsePolicy(document, 'session');
  const policy = parsed.ok ? compilePolicy(parsed.value) : denyEverything(parsed.failure.message);
  const compiled = { source, policy };
  inlinePolicies.set(session, ofSession.set(document, compiled));
  return compiled;
}
