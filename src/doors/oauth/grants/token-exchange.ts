/** Token exchange: an ID token in, an access token or AWS credentials out. @see RFC 8693 */
import { assumedRoleArn, parseIamArn } from '../../../core/arn.ts';
import { nowSecondsOf } from '../../../core/context/request-context.ts';
import { Fault } from '../../../core/faults.ts';
import { formatIso } from '../../../core/time.ts';
import { requireAudience } from '../../../usecases/audience.ts';
import { type FederatedSession, federate, federatedSubject } from '../../../usecases/federate.ts';
import { issueAccessToken, issueAwsCredentials } from '../../../usecases/issue.ts';
import { sessionElements } from '../../../usecases/session-elements.ts';
import type { Grant, GrantContext, TokenParameters } from './grant.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const AWS_CREDENTIALS = 'urn:daypass:token-type:aws-credentials';
const ID_TOKENS = new Set([
  'urn:ietf:params:oauth:token-type:id_token',
  'urn:ietf:params:oauth:token-type:jwt',
]);

export const tokenExchange: Grant = {
  type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  eventName: 'TokenExchange',
  clientAuthentication: { none: 'a federated subject token proves itself, as in AssumeRoleWithWebIdentity' },
  run: async (parameters, context) => {
    const wish = readWish(parameters);
    const accountId = parseIamArn(wish.roleArn)?.accountId;
    context.tell({
      ...(accountId !== undefined && { accountId }),
      parameters: { resource: wish.roleArn, audience: wish.audience, requestedTokenType: wish.tokenType },
    });
    const { deps, facts } = context;
    const audience = await requireAudience(wish.audience, accountId ?? '', deps);
    const federated = await federate(
      {
        roleArn: wish.roleArn,
        sessionName: null,
        token: wish.idToken,
        providerId: null,
        durationSeconds: null,
        inlinePolicy: wish.policy,
        policyArns: [],
      },
      facts,
      deps,
    );
    tellWhom(context, federated);
    return wish.tokenType === AWS_CREDENTIALS
      ? awsAnswer(federated, context)
      : jwtAnswer(federated, audience, context);
  },
};

interface ExchangeWish {
  readonly idToken: string;
  readonly roleArn: string;
  readonly audience: string | null;
  readonly policy: string | null;
  readonly tokenType: typeof ACCESS_TOKEN | typeof AWS_CREDENTIALS;
}

function readWish(parameters: TokenParameters): ExchangeWish {
  const idToken = required(parameters, 'subject_token');
  const type = required(parameters, 'subject_token_type');
  if (!ID_TOKENS.has(type)) throw new Fault('validation_error', 'this subject_token_type is not accepted');
  // An actor token must never be ignored: the answer would hide who acts.
  for (const name of ['actor_token', 'actor_token_type']) {
    if (parameters.has(name)) throw new Fault('validation_error', `${name} is not accepted for an ID token`);
  }
  if (parameters.has('scope')) throw new Fault('invalid_scope', 'this account has no scopes');
  const roleArn = parameters.get('resource');
  if (roleArn === undefined) throw new Fault('invalid_target', 'resource must be the ARN of the role wanted');
  if (parseIamArn(roleArn)?.kind !== 'role')
    throw new Fault('invalid_target', 'resource is not the ARN of a role');
  const tokenType = parameters.get('requested_token_type') ?? ACCESS_TOKEN;
  if (tokenType !== ACCESS_TOKEN && tokenType !== AWS_CREDENTIALS) {
    throw new Fault('validation_error', 'this requested_token_type is not issued');
  }
  return {
    idToken,
    roleArn,
    audience: parameters.get('audience') ?? null,
    policy: parameters.get('policy') ?? null,
    tokenType,
  };
}

function required(parameters: TokenParameters, name: string): string {
  const value = parameters.get(name);
  if (value === undefined || value === '') throw new Fault('missing_parameter', `${name} is missing`);
  return value;
}

function tellWhom({ tell }: GrantContext, { name, identity }: FederatedSession): void {
  tell({ identity: { type: 'WebIdentityUser', identityProvider: name, userName: identity.subject } });
}

async function jwtAnswer(
  { role, session, provider, identity }: FederatedSession,
  audience: string,
  context: GrantContext,
) {
  const { deps, facts, tell } = context;
  const nowSeconds = nowSecondsOf(facts);
  const arn = assumedRoleArn(role.accountId, role.name, session.identity.sessionName);
  const { token, tokenId } = await issueAccessToken(
    session,
    {
      audience,
      clientId: identity.authorizedParty ?? identity.audience,
      subject: await federatedSubject(role.accountId, provider.arn, identity.subject),
      arn,
      nowSeconds,
    },
    deps,
  );
  tell({
    elements: {
      ...sessionElements(session, { arn, credential: { accessKeyId: null, tokenId }, caller: null }),
      assumedRole: arn,
    },
  });
  return {
    access_token: token,
    issued_token_type: ACCESS_TOKEN,
    token_type: 'Bearer',
    expires_in: session.expiresAtSeconds - nowSeconds,
  };
}

async function awsAnswer({ role, session }: FederatedSession, { deps, facts, tell }: GrantContext) {
  const credentials = await issueAwsCredentials(session, deps);
  const arn = assumedRoleArn(role.accountId, role.name, session.identity.sessionName);
  const credential = { accessKeyId: credentials.accessKeyId, tokenId: null };
  tell({
    elements: { ...sessionElements(session, { arn, credential, caller: null }), assumedRole: arn },
  });
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
  };
}
