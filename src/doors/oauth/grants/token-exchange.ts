/** Token exchange: a subject token in, an access token or AWS credentials out. @see RFC 8693 */
import { Fault } from '../../../core/faults.ts';
import { awsCredentialsAnswer, exchangedTokenAnswer } from './exchange-answers.ts';
import type { Grant, TokenParameters } from './grant.ts';
import { subjectTokenOf } from './subject-tokens/index.ts';
import { ACCESS_TOKEN, AWS_CREDENTIALS, type ExchangeWish } from './subject-tokens/subject-token.ts';

export const tokenExchange: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  eventName: 'TokenExchange',
  clientAuthentication: { none: 'a federated subject token proves itself, as in AssumeRoleWithWebIdentity' },
  takesSignature: (parameters) => subjectTokenOf(parameters.get('subject_token_type') ?? '')?.signed ?? false,
  run: async (parameters, context) => {
    const wish = readWish(parameters);
    const subjectToken = subjectTokenOf(required(parameters, 'subject_token_type'));
    if (subjectToken === null) {
      throw new Fault('validation_error', 'this subject_token_type is not accepted');
    }
    // They are signed with, never borne; that they cannot have the key that was shown must not go unsaid.
    if (wish.tokenType === AWS_CREDENTIALS && context.keyThumbprint !== null)
      throw new Fault('validation_error', 'AWS credentials have a secret of their own and take no other key');
    const subject = await subjectToken.believe(wish, context, parameters);
    if (wish.tokenType === AWS_CREDENTIALS) return awsCredentialsAnswer(subject, context);
    return { ...(await exchangedTokenAnswer(subject, context)), issued_token_type: ACCESS_TOKEN };
  },
};

function readWish(parameters: TokenParameters): ExchangeWish {
  const subjectToken = required(parameters, 'subject_token');
  // An actor token must never be ignored: the answer would hide who acts.
  for (const name of ['actor_token', 'actor_token_type']) {
    if (parameters.has(name)) throw new Fault('validation_error', `${name} is not accepted`);
  }
  const tokenType = parameters.get('requested_token_type') ?? ACCESS_TOKEN;
  if (tokenType !== ACCESS_TOKEN && tokenType !== AWS_CREDENTIALS) {
    throw new Fault('validation_error', 'this requested_token_type is not issued');
  }
  return {
    subjectToken,
    resource: parameters.get('resource') ?? null,
    audience: parameters.get('audience') ?? null,
    scope: parameters.get('scope') ?? null,
    policy: parameters.get('policy') ?? null,
    tokenType,
  };
}

function required(parameters: TokenParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw new Fault('missing_parameter', `${name} is missing`);
  return value;
}
