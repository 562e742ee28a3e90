/** Token exchange: a subject token in, an access token or AWS credentials out. @see RFC 8693 */
import { nowSecondsOf } from '../../../core/context/request-context.ts';
import { Fault } from '../../../core/faults.ts';
import type { SessionCredential } from '../../../core/revocation/marks.ts';
import { formatIso } from '../../../core/time.ts';
import { issueAccessToken, issueAwsCredentials } from '../../../usecases/issue.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import { type Grant, type GrantContext, type TokenParameters, tokenTypeOf } from './grant.ts';
import { subjectTokenOf } from './subject-tokens/index.ts';
import {
  ACCESS_TOKEN,
  AWS_CREDENTIALS,
  type ExchangedSubject,
  type ExchangeWish,
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
    const subject = await subjectToken.believe(wish, context, parameters);
    return wish.tokenType === AWS_CREDENTIALS ? awsAnswer(subject, context) : jwtAnswer(subject, context);
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

async function jwtAnswer(exchanged: ExchangedSubject, { deps, facts, keyThumbprint, tell }: GrantContext) {
  const { session, audience, clientId, subject, arn, scope } = exchanged;
  const nowSeconds = nowSecondsOf(facts);
  const request = { audience, clientId, subject, arn, nowSeconds, scope, keyThumbprint };
  const { token, tokenId } = await issueAccessToken(session, request, deps);
  tell({ elements: elementsOf(exchanged, { accessKeyId: null, tokenId }) });
  return {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: tokenTypeOf(keyThumbprint),
    expires_in: session.expiresAtSeconds - nowSeconds,
    ...(scope !== null && { scope }),
  };
}

async function awsAnswer(exchanged: ExchangedSubject, { deps, facts, tell }: GrantContext) {
  const { session, scope } = exchanged;
  const credentials = await issueAwsCredentials(session, deps);
  tell({ elements: elementsOf(exchanged, { accessKeyId: credentials.accessKeyId, tokenId: null }) });
  return {
    access_token: credentials.sessionToken,
    issued_token_type: AWS_CREDENTIALS,
    // RFC 8693 section 2.2.1: no token type applies, for the session token alone is half a credential.
    token_type: 'N_A',
    expires_in: session.expiresAtSeconds - nowSecondsOf(facts),
    session_token: credentials.sessionToken,
    access_key_id: credentials.accessKeyId,
    secret_access_key: credentials.secretAccessKey,
    expiration: formatIso(session.expiresAtSeconds),
    ...(scope !== null && { scope }),
  };
}

const elementsOf = (
  { session, arn, caller, clientId, elements }: ExchangedSubject,
  credential: SessionCredential,
) => ({
  ...elements,
  ...sessionElements(session, { arn, credential, caller }),
  clientId,
  assumedRole: arn,
});
