/** A person changes their own factors: after proving just now who they are, and unless a policy denies it. */
import type { RequestFacts } from '../core/context/request-context.ts';
import { nowSecondsOf } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { isFresh, isHeldBack, type SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { factorsOf, hasSecondFactor } from './factors.ts';
import { callerOfSignIn, isDenied } from './sign-in-caller.ts';
import { arnOf } from './sign-in-session.ts';

/** IAM's names for what a person does to their own factors; a Deny of one of them is obeyed. */
export type FactorAction =
  | 'iam:EnableMFADevice'
  | 'iam:DeactivateMFADevice'
  | 'iam:CreateVirtualMFADevice'
  | 'iam:ChangePassword'
  | 'daypass:LinkIdentity'
  | 'daypass:DeleteIdentityLink';

/**
 * The last word before a change; pages ask `needsStepUp` first and send the person to confirm.
 * @throws Fault `access_denied` where the person has not confirmed just now who they are, or a policy denies it
 */
export async function requireOwnFactorChange(
  session: SignInSession,
  action: FactorAction,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  if (await needsStepUp(session, facts, deps)) {
    throw new Fault('access_denied', 'confirm that it is you before you change this');
  }
  if (session.identity.type === 'federated' || isHeldBack(session)) return;
  const caller = await callerOfSignIn(session, facts, deps);
  const resource = (await arnOf(session.identity, deps)) ?? '*';
  if (isDenied(caller, { action, resource }, facts)) {
    throw new Fault('access_denied', 'a policy of your account denies you this', { action, resource });
  }
}

/** Whether a change of factors must wait until the person has confirmed who they are, with all factors that they have. */
export async function needsStepUp(session: SignInSession, facts: RequestFacts, deps: Deps): Promise<boolean> {
  if (!isFresh(session, nowSecondsOf(facts))) return true;
  return session.mfaAtSeconds === null && hasSecondFactor(await factorsOf(session.identity, deps));
}
