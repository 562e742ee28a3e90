/** A person who signed in through a provider takes one of the roles that the rules offered; the trust policy of now decides. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import type { BegunSession } from './assume-role.ts';
import { beginRoleSession } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { decideTrust, findRefusal, refusedOnTrial } from './federated-trust.ts';
import { findRole } from './mapped-roles.ts';
import { browserQuestion, offeredArns } from './offered-roles.ts';

/**
 * @param roleArn - one of those that the login is offered now
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
  const offered = await offeredArns(identity, deps);
  const role = offered.arns.includes(roleArn) ? await findRole(roleArn, deps) : null;
  const question = role === null ? null : browserQuestion(identity, role, durationSeconds, facts);
  const refusal = question === null ? null : findRefusal(decideTrust(question));
  if (role === null || question === null || refusal !== null) {
    throw new Fault('access_denied', `Not authorized to perform ${identity.trustAction}`, {
      role: roleArn,
      action: refusal?.action,
      effect: refusal?.decision.effect,
    });
  }
  const { federation, notAfterSeconds } = identity;
  const origin = { federation, chained: false, mfaAtSeconds: null, notAfterSeconds };
  const session = beginRoleSession(role, question.wish, origin, nowSecondsOf(facts), deps);
  return { role, session, onTrial: [...offered.onTrial, ...refusedOnTrial(question)] };
}
