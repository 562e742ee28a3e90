/**
 * An IAM user links an outside login to itself. Both must have been proved just now, by the same person in the same browser: else a
 * forgotten screen, or somebody else's login, would open the account for good.
 */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { IdentityLinkRecord, OutsideIdentity } from '../core/repositories/identity-links.ts';
import type { UserSignIn } from '../core/sign-in/identity.ts';
import { isFresh, type SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { signInEvent } from './sign-in-session.ts';

/** A login at a provider that was finished in this browser. */
export interface FreshLogin extends OutsideIdentity {
  /** Of the provider. */
  readonly accountId: string;
  /** When the person proved who they are to the provider; null where it does not say. */
  readonly authAtSeconds: number | null;
}

/**
 * @param session - of the IAM user
 * @throws Fault `access_denied` unless both proofs are fresh and of one account; those of `IdentityLinks.link`
 */
export async function linkIdentity(
  session: SignInSession,
  login: FreshLogin,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const user = requireFreshUser(session, facts);
  const { accountId, providerId, subject, authAtSeconds } = login;
  if (accountId !== user.accountId) throw new Fault('access_denied', 'the provider is of another account');
  // A provider that remembers its people may vouch for a login of last week.
  if (authAtSeconds === null || !isFresh({ authAtSeconds }, nowSecondsOf(facts)))
    throw new Fault('access_denied', 'sign in at the provider again, then link the login');
  const event = await signInEvent(session, 'LinkIdentity', { providerId }, facts, deps);
  await deps.identityLinks.link(accountId, { providerId, subject }, user.userId, event);
}

/** @throws Fault `access_denied` unless the user has signed in just now; `no_such_entity` */
export async function unlinkIdentity(
  session: SignInSession,
  identity: OutsideIdentity,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const user = requireFreshUser(session, facts);
  const event = await signInEvent(
    session,
    'UnlinkIdentity',
    { providerId: identity.providerId },
    facts,
    deps,
  );
  await deps.identityLinks.unlink(user.accountId, identity, user.userId, event);
}

/** The outside logins of a signed-in IAM user; none for anybody else. */
export async function linkedIdentities(
  { identity }: SignInSession,
  deps: Deps,
): Promise<readonly IdentityLinkRecord[]> {
  return identity.type === 'user' ? deps.identityLinks.listOf(identity.accountId, identity.userId) : [];
}

function requireFreshUser(session: SignInSession, facts: RequestFacts): UserSignIn {
  const { identity } = session;
  if (identity.type !== 'user')
    throw new Fault('access_denied', 'only an IAM user can link a login to itself');
  if (!isFresh(session, nowSecondsOf(facts)))
    throw new Fault('access_denied', 'confirm who you are first: it was too long ago');
  return identity;
}
