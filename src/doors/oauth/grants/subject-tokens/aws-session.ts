import { Fault } from '../../../../core/faults.ts';
import { requireAudience } from '../../../../usecases/audience.ts';
import { exchangeSession } from '../../../../usecases/exchange-session.ts';
import type { GrantContext } from '../grant.ts';
import { ACCESS_TOKEN, type ExchangeWish, type SubjectToken } from './subject-token.ts';

/**
 * An AWS session of ours, which becomes a JWT. The session token alone is half a credential: the request must be signed with the
 * session's own secret.
 */
export const awsSession: SubjectToken = {
  types: ['urn:daypass:token-type:aws-session'],
  signed: true,
  believe: async (wish, context) => {
    refuseWhatItCannotHave(wish);
    const { caller, sessionToken, region } = await requireSignature(context);
    const { deps, facts, tell } = context;
    tell({
      accountId: caller.accountId,
      identity: caller.auditIdentity,
      parameters: { audience: wish.audience, requestedTokenType: wish.tokenType },
    });
    if (caller.session === null || sessionToken !== wish.subjectToken) {
      throw new Fault('invalid_client', 'the request is not signed by the session that it shows');
    }
    const audience = await requireAudience(wish.audience, caller.accountId, deps);
    const exchanged = await exchangeSession(caller, caller.session, { ...facts, region });
    return { ...exchanged, audience, scope: null, caller, arn: caller.arn };
  },
};

/** It continues as it is: another role, another policy or other keys are begun by the calls of STS. */
function refuseWhatItCannotHave({ resource, scope, policy, actorToken, tokenType }: ExchangeWish): void {
  if (actorToken !== null)
    throw new Fault('validation_error', 'an actor needs a client, and a signed request has none');
  if (resource !== null) throw new Fault('invalid_target', 'an AWS session is exchanged as it is');
  if (scope !== null)
    throw new Fault('invalid_scope', 'scopes are registered with a client, and a signed request has none');
  if (policy !== null) throw new Fault('validation_error', 'policy is not accepted for an AWS session');
  if (tokenType !== ACCESS_TOKEN)
    throw new Fault('validation_error', 'an AWS session is exchanged for an access token alone');
}

/** @throws Fault `missing_authentication`, or that of a signature which does not prove the caller */
async function requireSignature({ signature }: GrantContext) {
  if (signature === null) {
    throw new Fault(
      'missing_authentication',
      "the request must be signed with the session's secret access key",
    );
  }
  return signature();
}
