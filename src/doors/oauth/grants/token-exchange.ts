/** Token exchange: a subject token in, an access token or AWS credentials out. @see RFC 8693 */
import { Fault } from '../../../core/faults.ts';
import { actFor } from '../../../usecases/oauth/act-for.ts';
import { awsCredentialsAnswer, exchangedTokenAnswer, idTokenAnswer } from './exchange-answers.ts';
import type { Grant, GrantContext, TokenParameters } from './grant.ts';
import { subjectTokenOf } from './subject-tokens/index.ts';
import {
  ACCESS_TOKEN,
  AWS_CREDENTIALS,
  type ExchangedSubject,
  type ExchangeWish,
  ID_TOKEN,
  JWT,
} from './subject-tokens/subject-token.ts';

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
    const believed = await subjectToken.believe(wish, context, parameters);
    const subject = wish.actorToken === null ? believed : await acted(believed, wish.actorToken, context);
    switch (wish.tokenType) {
      case AWS_CREDENTIALS:
        return awsCredentialsAnswer(subject, context);
      case ID_TOKEN:
        return idTokenAnswer(subject, context);
      case ACCESS_TOKEN:
        return { ...(await exchangedTokenAnswer(subject, context)), issued_token_type: ACCESS_TOKEN };
    }
  },
};

function readWish(parameters: TokenParameters): ExchangeWish {
  const subjectToken = required(parameters, 'subject_token');
  const tokenType = parameters.get('requested_token_type') ?? ACCESS_TOKEN;
  if (tokenType !== ACCESS_TOKEN && tokenType !== AWS_CREDENTIALS && tokenType !== ID_TOKEN) {
    throw new Fault('validation_error', 'this requested_token_type is not issued');
  }
  return {
    subjectToken,
    resource: parameters.get('resource') ?? null,
    audience: parameters.get('audience') ?? null,
    scope: parameters.get('scope') ?? null,
    policy: parameters.get('policy') ?? null,
    actorToken: readActorToken(parameters),
    tokenType,
  };
}

/** Either both parameters or none: an actor that is overlooked would be one that the answer hides. @see RFC 8693 section 2.1 */
function readActorToken(parameters: TokenParameters): string | null {
  const [token, type] = [parameters.get('actor_token'), parameters.get('actor_token_type')];
  if (token === undefined && type === undefined) return null;
  if (token === undefined || type === undefined)
    throw new Fault('validation_error', 'actor_token and actor_token_type go together');
  if (type === ACCESS_TOKEN || type === JWT) return token;
  throw new Fault('validation_error', 'actor_token must be an access token of this issuer');
}

/** The subject once another acts in its session. */
async function acted(
  subject: ExchangedSubject,
  actorToken: string,
  { client, keyThumbprint, facts, deps }: GrantContext,
): Promise<ExchangedSubject> {
  return { ...subject, session: await actFor(subject, { actorToken, keyThumbprint }, client, facts, deps) };
}

function required(parameters: TokenParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw new Fault('missing_parameter', `${name} is missing`);
  return value;
}
