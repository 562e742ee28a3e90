/** A signed-in person as the caller that policies decide about. */
import type { RequestFacts } from '../core/context/request-context.ts';
import { nowSecondsOf } from '../core/context/request-context.ts';
import type { RootIdentity, Session, UserIdentity } from '../core/credentials/session.ts';
import { Fault } from '../core/faults.ts';
import { decide } from '../core/policy/decide.ts';
import type { UserSignIn } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import { isHeldBack } from '../core/sign-in/session.ts';
import { accessRequestOf, type Permission, type SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { findSessionCaller } from './session-caller.ts';

/**
 * The session that credentials and decisions of a sign-in stand on: the same id, and what it has proved.
 * @returns null for somebody from outside, who has no permissions before taking a role
 */
export function sessionOfSignIn(signIn: SignInSession): Session<UserIdentity | RootIdentity> | null {
  const { identity } = signIn;
  if (identity.type === 'federated') return null;
  return {
    sessionId: signIn.sessionId,
    accountId: identity.accountId,
    identity:
      identity.type === 'root'
        ? { type: 'root' }
        : { type: 'user', userId: identity.userId, userName: identity.userName },
    issuedAtSeconds: signIn.createdAtSeconds,
    expiresAtSeconds: signIn.expiresAtSeconds,
    policies: null,
    scopes: [],
    mfaAtSeconds: signIn.mfaAtSeconds,
    tags: [],
    transitiveTagKeys: [],
    sourceIdentity: null,
    federation: null,
    chained: false,
    ...(identity.type === 'user' && throughLogin(signIn, identity)),
  };
}

/** The login that stood in for a password stands before the session, as one that it was chained from would. */
function throughLogin(
  { sessionId, createdAtSeconds: issuedAtSeconds }: SignInSession,
  { userId, through }: UserSignIn,
): Pick<Session, 'lineage'> {
  if (through === undefined) return {};
  const origin = { type: 'login', ...through } as const;
  const login = { sessionId, issuedAtSeconds, roleId: null, sourceIdentity: false, origin };
  return { lineage: { origin: { type: 'user', userId }, ancestors: [login] } };
}

/**
 * @returns the user or root as they are now, `aws:MultiFactorAuthPresent` and `aws:MultiFactorAuthAge` as the sign-in proved them
 * @throws Fault `access_denied` for somebody from outside, for root without a second factor, and where the person is gone or revoked
 */
export async function callerOfSignIn(
  signIn: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<Caller> {
  if (isHeldBack(signIn)) throw new Fault('access_denied', 'root must prove a second factor first');
  const session = sessionOfSignIn(signIn);
  const shown = { accessKeyId: null, tokenId: null, nowSeconds: nowSecondsOf(facts) };
  const caller = session === null ? null : await findSessionCaller(deps.directory, session, shown);
  if (caller === null) throw new Fault('access_denied', 'this needs a sign-in as a user of the account');
  return caller;
}

/** A page is no signed request: it names no region. */
export const pageFacts = (facts: RequestFacts): SignedFacts => ({ ...facts, region: null });

/**
 * Whether a policy denies a person what they may otherwise do to their own sign-in. No policy has to allow it: else nobody could
 * begin to use a second factor before an administrator came by.
 */
export function isDenied(caller: Caller, permission: Permission, facts: RequestFacts): boolean {
  const request = accessRequestOf(caller, permission, pageFacts(facts));
  return decide(request, caller.policies).effect === 'ExplicitDeny';
}
