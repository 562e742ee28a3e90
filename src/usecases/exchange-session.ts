/** A session that has its AWS form gets the other one: an access token that ends with it. */
import { madeFromAlso } from '../core/credentials/provenance.ts';
import type { Session } from '../core/credentials/session.ts';
import { decide } from '../core/policy/decide.ts';
import { AccessDenied, accessRequestOf, type SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';
import { federatedSubject } from './federate.ts';

export interface ExchangedSession {
  readonly session: Session;
  readonly clientId: string;
  readonly subject: string;
}

/**
 * The same session may do no more by its token than by its keys, so that nobody has to be allowed this; but a token needs no
 * secret to be shown, and whoever must not have one is denied `daypass:ExchangeSession`.
 * @param caller - proved by a signature of this very session
 * @throws AccessDenied
 */
export async function exchangeSession(
  caller: Caller,
  session: Session,
  facts: SignedFacts,
): Promise<ExchangedSession> {
  requireExchange(caller, facts);
  const subject = await stableSubject(session);
  return {
    session: madeFromAlso(session, caller.credentialId),
    subject,
    clientId: session.federation?.audience ?? subject,
  };
}

/** @throws AccessDenied for a session that is denied `daypass:ExchangeSession` */
export function requireExchange(caller: Caller, facts: SignedFacts): void {
  const permission = { action: 'daypass:ExchangeSession', resource: caller.arn };
  const request = accessRequestOf(caller, permission, facts);
  const decision = decide(request, caller.policies);
  if (decision.effect === 'ExplicitDeny') {
    throw new AccessDenied(caller, permission, request, caller.policies, decision);
  }
}

/** An id that nobody chooses: of the upstream login where there is one, so that both exchanges name a person alike. */
async function stableSubject({ accountId, identity, federation }: Session): Promise<string> {
  if (federation !== null) return federatedSubject(accountId, federation.provider, federation.subject);
  switch (identity.type) {
    case 'role':
      return identity.roleId;
    case 'user':
      return identity.userId;
    case 'root':
      return accountId;
    case 'federated-user':
      // Its name is the choice of the user that vouched for it; the ARN in the token tells it.
      return identity.by.type === 'user' ? identity.by.userId : accountId;
  }
}
