/** JWT bearer: a token of a registered provider in, an access token out. @see RFC 7523 section 2.1 */
import { Fault, type FaultCode } from '../../../core/faults.ts';
import { exchangedTokenAnswer } from './exchange-answers.ts';
import type { Grant, GrantContext, TokenParameters } from './grant.ts';
import { idToken } from './subject-tokens/id-token.ts';
import { ACCESS_TOKEN, type ExchangedSubject } from './subject-tokens/subject-token.ts';

/**
 * It differs from token exchange in bytes alone: provider, trust policy and limits are the same. An assertion is good until it ends
 * and not once, as AssumeRoleWithWebIdentity has it: RFC 7523 section 3 leaves that open.
 */
export const jwtBearer: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  eventName: 'JwtBearer',
  clientAuthentication: { none: 'the assertion proves itself, as in AssumeRoleWithWebIdentity' },
  run: async (parameters, context) => exchangedTokenAnswer(await believe(parameters, context), context),
};

/** What token exchange calls an invalid request is an invalid grant here. @see RFC 7521 section 4.1.1 */
const OF_THE_ASSERTION: ReadonlySet<FaultCode> = new Set([
  'invalid_identity_token',
  'expired_identity_token',
  'idp_rejected_claim',
]);

async function believe(parameters: TokenParameters, context: GrantContext): Promise<ExchangedSubject> {
  const assertion = parameters.get('assertion');
  if (assertion === undefined) throw new Fault('missing_parameter', 'assertion is missing');
  // An actor must never be overlooked: the answer would hide who acts.
  if (parameters.has('actor_token'))
    throw new Fault('validation_error', 'actor_token belongs to token exchange');
  const wish = {
    subjectToken: assertion,
    resource: parameters.get('resource') ?? null,
    audience: parameters.get('audience') ?? null,
    scope: parameters.get('scope') ?? null,
    policy: parameters.get('policy') ?? null,
    actorToken: null,
    tokenType: ACCESS_TOKEN,
  } as const;
  try {
    return await idToken.believe(wish, context, parameters);
  } catch (error) {
    if (!(error instanceof Fault) || !OF_THE_ASSERTION.has(error.code)) throw error;
    throw new Fault('invalid_grant', error.message, { ...error.detail, reason: error.code });
  }
}
