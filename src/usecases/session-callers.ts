/** The callers that sessions make, one for each kind of identity. */
import type { Role, UserPrincipal } from '../core/account.ts';
import { assumedRoleArn, federatedUserArn, rootArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import {
  federatedUserContext,
  roleSessionContext,
  rootSessionContext,
  userSessionContext,
} from '../core/context/session-context.ts';
import type {
  FederatedUserIdentity,
  RoleIdentity,
  Session,
  UserIdentity,
} from '../core/credentials/session.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import { type Caller, withBoundary } from './caller.ts';

/** What a session brings of its own, compiled, and how it is shown. */
export interface SessionPart {
  /** Session policies; null where none was passed. */
  readonly policies: readonly SourcedPolicy[] | null;
  readonly scopes: readonly SourcedPolicy[];
  /** The temporary key that signed; null for a JWT or a sign-in. */
  readonly accessKeyId: string | null;
  /** The `jti` of the token that was shown; null for a key or a sign-in. */
  readonly tokenId: string | null;
  readonly nowSeconds: number;
}

/** The caller that a role's session makes. */
export function roleSessionCaller(role: Role, session: Session<RoleIdentity>, part: SessionPart): Caller {
  const { accountId, roleId } = role;
  const { sessionName } = session.identity;
  const arn = assumedRoleArn(accountId, role.name, sessionName);
  const userId = `${roleId}:${sessionName}`;
  const { identity, boundary } = role.policies;
  return {
    ...{ accountId, arn, userId, session, credentialId: credentialIdOf(part) },
    principal: { type: 'role-session', arn, accountId, roleArn: role.arn, uniqueId: roleId },
    policies: limited(withBoundary({ identity }, boundary), part.policies, part),
    context: roleSessionContext(role, session, part.nowSeconds),
    auditIdentity: auditIdentity('AssumedRole', { arn, userId }, session, part),
  };
}

/** The caller that a user's own session makes: the user, with what its session has proved. */
export function userSessionCaller(
  user: UserPrincipal,
  session: Session<UserIdentity>,
  part: SessionPart,
): Caller {
  const { accountId, arn, userId } = user;
  const { identity, boundary } = user.policies;
  return {
    ...{ accountId, arn, userId, session, credentialId: credentialIdOf(part) },
    principal: { type: 'user', arn, accountId, uniqueId: userId },
    policies: limited(withBoundary({ identity }, boundary), part.policies, part),
    context: userSessionContext(user, session, part.nowSeconds),
    auditIdentity: auditIdentity('IAMUser', { arn, userId }, session, part),
  };
}

const ROOT_PERMISSIONS: SourcedPolicy = {
  source: 'permissions of root',
  policy: compilePolicy({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
};

/**
 * The caller that a federated user is: the permissions of who vouched, within the session policies.
 * @param user - who vouched; null for root
 */
export function federatedUserCaller(
  user: UserPrincipal | null,
  session: Session<FederatedUserIdentity>,
  part: SessionPart,
): Caller {
  const { accountId } = session;
  const { name } = session.identity;
  const arn = federatedUserArn(accountId, name);
  const userId = `${accountId}:${name}`;
  const own =
    user === null
      ? { identity: [ROOT_PERMISSIONS] }
      : withBoundary({ identity: user.policies.identity }, user.policies.boundary);
  return {
    ...{ accountId, arn, userId, session, credentialId: credentialIdOf(part) },
    principal: {
      ...{ type: 'federated-user', arn, accountId },
      ...(user !== null && { userArn: user.arn, uniqueId: user.userId }),
    },
    // Without session policies a federated user may do nothing.
    policies: limited(own, part.policies ?? [], part),
    context: federatedUserContext(arn, user?.tags ?? [], session, part.nowSeconds),
    auditIdentity: auditIdentity('FederatedUser', { arn, userId }, session, part),
  };
}

/** The caller that a session of root makes. It has no policies: root may do everything in its account. */
export function rootSessionCaller(session: Session, part: SessionPart): Caller {
  const { accountId } = session;
  const arn = rootArn(accountId);
  return {
    ...{ accountId, arn, userId: accountId, session, credentialId: credentialIdOf(part) },
    principal: { type: 'root', arn, accountId },
    policies: limited({}, part.policies, part),
    context: rootSessionContext(session, part.nowSeconds),
    auditIdentity: auditIdentity('Root', { arn, userId: accountId }, session, part),
  };
}

const credentialIdOf = ({ accessKeyId, tokenId }: SessionPart): string | null => accessKeyId ?? tokenId;

const limited = (
  own: Caller['policies'],
  session: readonly SourcedPolicy[] | null,
  { scopes }: SessionPart,
): Caller['policies'] => ({
  ...own,
  ...(session !== null && { session }),
  ...(scopes.length > 0 && { scopes }),
});

function auditIdentity(
  type: Exclude<AuditIdentity['type'], 'Anonymous' | 'Deployment' | 'WebIdentityUser' | 'SAMLUser'>,
  { arn, userId }: { readonly arn: string; readonly userId: string },
  { accountId, sessionId, sourceIdentity, mfaAtSeconds, delegation }: Session,
  { accessKeyId }: SessionPart,
): AuditIdentity {
  return {
    ...{ type, principalId: userId, arn, accountId, sessionId },
    ...(accessKeyId !== null && { accessKeyId }),
    ...(sourceIdentity !== null && { sourceIdentity }),
    ...((delegation?.actors.length ?? 0) > 0 && { actors: delegation?.actors ?? [] }),
    ...(mfaAtSeconds !== null && { mfaAuthenticated: true }),
  };
}
