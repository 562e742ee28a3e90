import type { Session } from '../core/credentials/session.ts';
import type { Directory } from '../core/directory.ts';
import { sessionStillAttached } from '../core/instances/instance.ts';
import { compilePolicy, denyEverything } from '../core/policy/compile.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import type { SourcedPolicy } from '../core/policy/types.ts';
import { type Caller, roleSessionCaller } from './caller.ts';

/**
 * The caller that a session speaks for now: its role as it stands at this moment, under the session's own policies.
 * @param accessKeyId - the temporary key that signed, or null for a JWT
 * @returns null when the session has ended with its role: deleted, or recreated under another id; or with the instance that it
 * was given to: disabled, gone, or its role detached
 */
export async function findSessionCaller(
  directory: Directory,
  session: Session,
  accessKeyId: string | null,
): Promise<Caller | null> {
  const [role, policies, instance] = await Promise.all([
    directory.role(session.accountId, session.identity.roleName),
    sessionPolicies(directory, session),
    session.instance === undefined
      ? null
      : directory.instance(session.accountId, session.instance.instanceId),
  ]);
  if (role === null || role.roleId !== session.identity.roleId) return null;
  if (!sessionStillAttached(session, instance)) return null;
  return roleSessionCaller(role, session, policies, accessKeyId);
}

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
  return policies.inline === null ? managed : [inlinePolicy(session, policies.inline), ...managed];
}

/** Compiled once per opened session. */
const inlinePolicies = new WeakMap<Session, SourcedPolicy>();

function inlinePolicy(session: Session, document: string): SourcedPolicy {
  const held = inlinePolicies.get(session);
  if (held !== undefined) return held;
  const parsed = parsePolicy(document, 'session');
  const policy = parsed.ok ? compilePolicy(parsed.value) : denyEverything(parsed.failure.message);
  const compiled = { source: 'inline session policy', policy };
  inlinePolicies.set(session, compiled);
  return compiled;
}
