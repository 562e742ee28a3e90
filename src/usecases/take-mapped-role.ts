/** A person who signed in through a provider takes one of the roles that the rules offered; the trust policy of now decides. */
import type { Role } from '../core/account.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import type { BegunSession } from './assume-role.ts';
import { beginRoleSession, type SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { decideTrust, findRefusal, refusedOnTrial } from './federated-trust.ts';
import { findRole } from './mapped-roles.ts';

/**
 * @param roleArn - one of `identity.roleArns`
 * @param durationSeconds - null for the length that the login asks for, else the default
 * @returns the role and the session that has begun; nothing is issued yet
 * @throws Fault `access_denied` for a role that was not offered, is gone, or whose trust policy does not let the login in (any more);
 * `validation_error` for a duration beyond the role's
 */
export async function takeMappedRole(
  identity: FederatedSignIn,
  roleArn: string,
  durationSeconds: number | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<BegunSession> {
  const { trustAction: call, federation, notAfterSeconds } = identity;
  const role = identity.roleArns.includes(roleArn) ? await findRole(roleArn, deps) : null;
  const { sessionSeconds = null, ...asked } = identity.asked;
  const wish: SessionWish = {
    ...asked,
    durationSeconds: durationSeconds ?? withinRole(sessionSeconds, role),
    policies: null,
  };
  const provider = { arn: identity.providerArn, name: federation.provider };
  const question = role === null ? null : { call, role, provider, proved: identity.context, wish, facts };
  const refusal = question === null ? null : findRefusal(decideTrust(question));
  if (role === null || question === null || refusal !== null) {
    throw new Fault('access_denied', `Not authorized to perform ${call}`, {
      role: roleArn,
      action: refusal?.action,
      effect: refusal?.decision.effect,
    });
  }
  const origin = { federation, chained: false, mfaAtSeconds: null, notAfterSeconds };
  const session = beginRoleSession(role, wish, origin, nowSecondsOf(facts), deps);
  return { role, session, onTrial: refusedOnTrial(question) };
}

/** The provider's wish for a length gives way to the role's limit; a person's own is refused beyond it. */
export const withinRole = (sessionSeconds: number | null, role: Role | null): number | null =>
  sessionSeconds === null ? null : Math.min(sessionSeconds, role?.maxSessionSeconds ?? sessionSeconds);
