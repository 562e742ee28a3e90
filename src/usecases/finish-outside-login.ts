/** What a browser login at a provider comes to: the user it is linked to, somebody from outside, or a login to be linked. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import type { NextStep } from '../core/sign-in/next-step.ts';
import type { Deps } from './deps.ts';
import { factorsOf, hasSecondFactor } from './factors.ts';
import { identityOfOwner } from './identity-of-owner.ts';
import { type LinkBegun, type OutsideLogin, sealCandidate } from './link-candidate.ts';
import { newTransaction, sealTransaction } from './login-transaction.ts';
import { beginSignIn, type HeldSignIn, type SignInProof } from './sign-in-session.ts';

export type FinishedLogin =
  | { readonly kind: 'signed-in'; readonly held: HeldSignIn; readonly next: NextStep }
  /** The linked user has a second factor, which is asked for next. @property cookie - of the sign-in under way */
  | { readonly kind: 'second-factor'; readonly cookie: string }
  /** @property cookie - of the login that the person may now link */
  | { readonly kind: 'to-link'; readonly cookie: string };

export interface ProvedOutside {
  /** Null for a login that names nobody for good. */
  readonly login: OutsideLogin | null;
  readonly how: SignInProof;
  /** Somebody whom no role is for is nobody: a Fault. */
  readonly asFederated: () => Promise<FederatedSignIn>;
}

/**
 * @param begun - null where the login was begun to sign in
 * @throws Fault `access_denied` where the linked user is gone, and those of `asFederated` and `sealCandidate`
 */
export async function finishOutsideLogin(
  { login, how, asFederated }: ProvedOutside,
  begun: LinkBegun | null,
  next: NextStep,
  facts: RequestFacts,
  deps: Deps,
): Promise<FinishedLogin> {
  if (begun !== null) {
    if (login === null)
      throw new Fault('access_denied', 'this login has no lasting name, and cannot be linked');
    return { kind: 'to-link', cookie: await sealCandidate(login, begun, nowSecondsOf(facts), deps) };
  }
  const linked = login === null ? null : await signInLinked(login, how, next, facts, deps);
  if (linked !== null) return linked;
  return { kind: 'signed-in', held: await beginSignIn(await asFederated(), how, facts, deps), next };
}

/** The login stands in for the user's password: a second factor that the user has is asked for all the same. */
async function signInLinked(
  login: OutsideLogin,
  how: SignInProof,
  next: NextStep,
  facts: RequestFacts,
  deps: Deps,
): Promise<FinishedLogin | null> {
  const { accountId, provider, subject, borne } = login;
  const link = await deps.identityLinks.find(accountId, login);
  if (link === null) return null;
  const user = await identityOfOwner(accountId, { type: 'user', id: link.userId }, deps);
  if (user?.type !== 'user') {
    throw new Fault('access_denied', 'the user that this login is linked to is gone', {
      userId: link.userId,
    });
  }
  const identity = { ...user, through: borne };
  const proof: SignInProof = { ...how, through: { provider, subject } };
  if (!hasSecondFactor(await factorsOf(identity, deps))) {
    return { kind: 'signed-in', held: await beginSignIn(identity, proof, facts, deps), next };
  }
  const nowSeconds = nowSecondsOf(facts);
  const { mfa: _, ...shown } = proof;
  const passed = {
    ...shown,
    identity,
    atSeconds: nowSeconds,
    changeRequired: false,
    secondFactor: 'owed',
  } as const;
  const transaction = { ...newTransaction(nowSeconds, deps, next), passed };
  return { kind: 'second-factor', cookie: await sealTransaction(transaction, deps) };
}
