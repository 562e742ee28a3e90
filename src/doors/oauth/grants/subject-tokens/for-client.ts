/** What it changes that a client asks for an outside login's session: its scopes narrow, and the token is issued to it. */
import type { Session } from '../../../../core/credentials/session.ts';
import { Fault } from '../../../../core/faults.ts';
import { requireAudience } from '../../../../usecases/audience.ts';
import { clientAudience } from '../../../../usecases/oauth/client-session.ts';
import { requireScopes, scopedTo } from '../../../../usecases/oauth/scopes.ts';
import type { GrantContext } from '../grant.ts';
import { type ExchangeWish, ID_TOKEN } from './subject-token.ts';

/** An outside login is told by its provider's own ID token. @throws Fault `validation_error` */
export function refuseIdToken({ tokenType }: Pick<ExchangeWish, 'tokenType'>): void {
  if (tokenType === ID_TOKEN)
    throw new Fault('validation_error', 'an ID token is made of an access token of this issuer alone');
}

/** What a token says beside its session. */
export interface Issued {
  readonly audience: string;
  /** Null where no client asks. */
  readonly clientId: string | null;
  readonly scope: string | null;
  /** As the client's scopes bound it. */
  narrow(session: Session): Promise<Session>;
}

/**
 * Before the token is believed: what is asked is cheaper to check.
 * @param accountId - of the role that is wanted
 * @throws Fault `invalid_target`, `invalid_scope`
 */
export async function issuedTo(
  { audience, scope }: Pick<ExchangeWish, 'audience' | 'scope'>,
  accountId: string,
  { client, deps }: GrantContext,
): Promise<Issued> {
  if (client === null) {
    if (scope !== null)
      throw new Fault('invalid_scope', 'scopes are registered with a client, and none is named');
    const target = await requireAudience(audience, accountId, deps);
    return { audience: target, clientId: null, scope: null, narrow: async (session) => session };
  }
  if (client.accountId !== accountId) throw new Fault('invalid_target', 'the client is of another account');
  const scopes = requireScopes(scope, client);
  return {
    audience: await clientAudience(audience, client, deps),
    clientId: client.clientId,
    scope: scopes === null ? null : scopes.join(' '),
    narrow: (session) => scopedTo(session, scopes, deps),
  };
}
