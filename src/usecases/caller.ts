/** A proved caller: who it is, with everything that speaks for it. */
import type { AccessKey, Role, UserPrincipal } from '../core/account.ts';
import { assumedRoleArn } from '../core/arn.ts';
import type { AuditIdentity } from '../core/audit/event.ts';
import { roleContext, userContext } from '../core/context/identity-context.ts';
import type { ContextEntry } from '../core/context/request-context.ts';
import type { RootIdentity, Session, UserIdentity } from '../core/credentials/session.ts';
import type { ApplicablePolicies, RequestPrincipal, SourcedPolicy } from '../core/policy/types.ts';

export interface Caller {
  readonly accountId: string;
  readonly arn: string;
  /** As GetCallerIdentity gives it: `AIDA…`, `AROA…:session`, `ACCOUNT:name` of a federated user, the account of root. */
  readonly userId: string;
  readonly principal: NonNullable<RequestPrincipal>;
  /** Null for a long-term key. */
  readonly session: Session | null;
  /** The access key that signed, or the `jti` of the token that was shown; null for a sign-in, and where nothing was. */
  readonly credentialId: string | null;
  readonly policies: Pick<ApplicablePolicies, 'identity' | 'boundaries' | 'session' | 'scopes'>;
  readonly context: readonly ContextEntry[];
  readonly auditIdentity: AuditIdentity;
}

/** The user or root that a caller is; null for everybody else, who has no factors and begins no such sessions. */
export function ownIdentityOf({ principal, userId, arn }: Caller): UserIdentity | RootIdentity | null {
  if (principal.type === 'root') return { type: 'root' };
  if (principal.type !== 'user') return null;
  return { type: 'user', userId, userName: arn.slice(arn.lastIndexOf('/') + 1) };
}

/** The caller that signs with a user's long-term key. Made once per key: nothing of it changes while the key is held. */
export function userCaller(key: AccessKey): Caller {
  const held = userCallers.get(key);
  if (held !== undefined) return held;
  const caller = userPrincipalCaller(key.user);
  const auditIdentity: AuditIdentity = {
    type: 'IAMUser',
    principalId: caller.userId,
    arn: caller.arn,
    accountId: caller.accountId,
    accessKeyId: key.accessKeyId,
  };
  const signed: Caller = { ...caller, auditIdentity, credentialId: key.accessKeyId };
  userCallers.set(key, signed);
  return signed;
}

const userCallers = new WeakMap<AccessKey, Caller>();

/** A user as the subject of a question, without a credential. */
export function userPrincipalCaller(user: UserPrincipal): Caller {
  const { accountId, arn, userId } = user;
  return {
    accountId,
    arn,
    userId,
    principal: { type: 'user', arn, accountId, uniqueId: userId },
    session: null,
    credentialId: null,
    policies: withBoundary({ identity: user.policies.identity }, user.policies.boundary),
    context: userContext(user),
    auditIdentity: { type: 'IAMUser', principalId: userId, arn, accountId },
  };
}

/**
 * A role as the subject of a question, without a credential.
 * @param sessionName - of the session asked about; null for the role as such
 */
export function principalCaller(role: Role, sessionName: string | null): Caller {
  const { accountId, roleId } = role;
  const arn = sessionName === null ? role.arn : assumedRoleArn(accountId, role.name, sessionName);
  const userId = sessionName === null ? roleId : `${roleId}:${sessionName}`;
  return {
    accountId,
    arn,
    userId,
    principal: { type: 'role-session', arn, accountId, roleArn: role.arn, uniqueId: roleId },
    session: null,
    credentialId: null,
    policies: withBoundary({ identity: role.policies.identity }, role.policies.boundary),
    context: roleContext(role, userId),
    auditIdentity: { type: 'AssumedRole', principalId: userId, arn, accountId },
  };
}

/** A boundary that is set limits; none is not an empty one. */
export const withBoundary = (
  policies: Caller['policies'],
  boundary: SourcedPolicy | null,
): Caller['policies'] => (boundary === null ? policies : { ...policies, boundaries: [boundary] });
