/** Delegation: somebody acts in another's session, and the session says so. @see RFC 8693 sections 1.1 and 4.1 */
import { nowSecondsOf, type RequestFacts } from '../../core/context/request-context.ts';
import { actedBy } from '../../core/credentials/delegation.ts';
import { type Lineage, lineageWithActor } from '../../core/credentials/lineage.ts';
import type { Session } from '../../core/credentials/session.ts';
import { Fault } from '../../core/faults.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { decide } from '../../core/policy/decide.ts';
import { findBearer } from '../authenticate-bearer.ts';
import { accessRequestOf } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import type { Deps } from '../deps.ts';
import { requireConfidential } from './exchange-access-token.ts';

export interface ActorWish {
  /** An access token of this deployment that the client itself holds. */
  readonly actorToken: string;
  /** Of the key that the client proves to hold in this request, or null. */
  readonly keyThumbprint: string | null;
}

/** In whose session it shall act. */
export interface ActedSubject {
  readonly session: Session;
  readonly arn: string;
}

/**
 * Both must agree: the subject's `may_act` names the actor where it names anybody, and the actor's own policies allow `daypass:ActFor` on the
 * subject. Without such a policy nobody acts for anybody.
 * @param client - proved, and the one that the actor's token was issued to
 * @returns the session with the actor in it; it ends with the actor's token and with the actor's session
 * @throws Fault `invalid_client`, `invalid_identity_token`: why the actor may not is told to the trail alone
 */
export async function actFor(
  { session, arn }: ActedSubject,
  wish: ActorWish,
  client: OAuthClient | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<Session> {
  const { caller, subject, actor, tokenId } = await findActor(wish, requireConfidential(client), facts, deps);
  const party = { issuer: deps.settings.issuer, subject, arn: caller.arn };
  const delegation = actedBy(session.delegation, party);
  if (!delegation.ok) throw mayNot(delegation.failure);
  requireActFor(caller, arn, facts);
  return {
    ...session,
    delegation: delegation.value,
    expiresAtSeconds: Math.min(session.expiresAtSeconds, actor.expiresAtSeconds),
    lineage: endingWith(session, actor, tokenId),
    ...provedAsWell(session, actor),
  };
}

const mayNot = (reason: string, detail: object = {}): Fault =>
  new Fault('invalid_identity_token', 'the actor may not act for the subject', { reason, ...detail });

/** The client's own token: what somebody else showed to it makes nobody an actor. */
async function findActor(
  { actorToken, keyThumbprint }: ActorWish,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
) {
  const bearer = await findBearer(actorToken, nowSecondsOf(facts), deps);
  if (bearer === null) throw mayNot('the actor token is not believed');
  const { caller, token } = bearer;
  if (caller.accountId !== client.accountId) throw mayNot('of another account');
  if (token.clientId !== client.clientId) throw mayNot('the actor token was issued to another client');
  if (token.keyThumbprint !== null && token.keyThumbprint !== keyThumbprint)
    throw mayNot('bound to a key that is not proved');
  // Its own actor would be lost: the subject's chain has no place for it.
  if ((token.session.delegation?.actors.length ?? 0) > 0) throw mayNot('somebody acts for the actor');
  return { caller, subject: token.subject, actor: token.session, tokenId: token.tokenId };
}

function requireActFor(caller: Caller, subjectArn: string, facts: RequestFacts): void {
  const permission = { action: 'daypass:ActFor', resource: subjectArn };
  const request = accessRequestOf(caller, permission, { ...facts, region: null });
  const { effect, layer, deciders } = decide(request, caller.policies);
  if (effect !== 'Allow')
    throw mayNot('not allowed', { ...permission, actor: caller.arn, effect, layer, deciders });
}

/** Revoking the actor, its token, its session or what that came from ends what it acts in. */
function endingWith(session: Session, actor: Session, tokenId: string): Lineage {
  const lineage = lineageWithActor(session, actor, tokenId);
  if (lineage.ok) return lineage.value;
  throw mayNot('chained too often');
}

/**
 * What vouches for the actor vouches for all that it begins in the session, which outlives neither the actor's login nor its certificate.
 * A session names one anchor, and an instance or a profile for its own role alone: an actor with another is refused, not believed without.
 */
function provedAsWell(session: Session, actor: Session): Pick<Session, 'notAfterSeconds' | 'certificate'> {
  const ends = [session.notAfterSeconds, actor.notAfterSeconds].filter((each) => each !== undefined);
  const [own, more] = [session.certificate, actor.certificate];
  const isNamed =
    more === undefined ||
    (more.profileId === null && (own === undefined || own.trustAnchorId === more.trustAnchorId));
  if (actor.instance !== undefined || !isNamed) throw mayNot('proved by what the session cannot name');
  const certificate =
    more === undefined ? own : { ...more, ...own, path: [...(own?.path ?? []), ...more.path] };
  return {
    ...(ends.length > 0 && { notAfterSeconds: Math.min(...ends) }),
    ...(certificate !== undefined && { certificate }),
  };
}
