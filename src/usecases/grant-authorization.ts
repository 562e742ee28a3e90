/** The person lets an application in: a code that it can trade for tokens. @see RFC 6749 section 4.1.2 */
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import { personalClientOf } from '../core/oauth/personal-client.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import type { SignInClient } from '../core/repositories/sign-in-clients.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { AuthorizationUnderWay } from './authorization-under-way.ts';
import { consentGiven } from './consent.ts';
import type { Deps } from './deps.ts';
import { beginPersonalGrant } from './personal-grant.ts';
import { signInEvent } from './sign-in-session.ts';
import { onTrialElements } from './trust-trial.ts';

const CODE_SECONDS = 60;
const CODE_BYTES = 32;

export interface Agreement {
  readonly signIn: SignInSession;
  readonly client: OAuthClient;
  readonly underWay: AuthorizationUnderWay;
  readonly roleArn: string;
  /** Why nobody was asked; null where the person has just agreed. */
  readonly unasked: 'remembered' | 'first_party' | null;
  /** Whether the person need not be asked for the same again. */
  readonly remember: boolean;
}

/**
 * @returns the code
 * @throws Fault as `beginPersonalGrant`
 */
export async function grantAuthorization(
  { signIn, client, underWay, roleArn, unasked, remember }: Agreement,
  facts: RequestFacts,
  deps: Deps,
): Promise<string> {
  const { request } = underWay;
  const { accountId, clientId } = client;
  const { scope, audience, authorizationDetails, redirectUri, codeChallenge, nonce, keyThumbprint } = request;
  const wish = { roleArn, scope, audience, authorizationDetails };
  const begun = await beginPersonalGrant(signIn, personalClientOf(client), wish, facts, deps);
  const { onTrial } = begun;
  const grant = { ...begun.grant, signInId: signIn.sessionId };
  // The account leads to the row, and is no secret.
  const code = `${accountId}.${toBase64Url(deps.random.bytes(CODE_BYTES))}`;
  const expiresAtSeconds = nowSecondsOf(facts) + CODE_SECONDS;
  const { identity, sessionId } = grant.session;
  const asked = unasked === null ? {} : { unasked };
  const details = authorizationDetails === null ? {} : { authorizationDetails };
  const parameters = { clientId, role: roleArn, scope, ...details, redirectUri, sessionId, ...asked };
  const makeEvent = await signInEvent(signIn, 'AuthorizeClient', parameters, facts, deps);
  const event = makeEvent(onTrialElements(onTrial));
  const bound = { redirectUri, codeChallenge, nonce, keyThumbprint };
  const kept = { accountId, clientId, ...bound, grant, expiresAtSeconds };
  const toTell = scope.includes('openid') ? clientToTell(signIn, client, grant) : null;
  const role = identity.type === 'role' ? { arn: roleArn, roleId: identity.roleId } : null;
  const consent =
    remember && role !== null ? await consentGiven(signIn, client, underWay, role, facts, deps) : null;
  await deps.authorizationCodes.keep(kept, await digestOf(code), event, { toTell, consent });
  return code;
}

/** @returns null where the client does not want to be told */
const clientToTell = (
  { sessionId, expiresAtSeconds }: SignInSession,
  { accountId, clientId, settings }: OAuthClient,
  { subject }: PersonalGrant,
): SignInClient | null =>
  settings.backchannelLogoutUri === undefined
    ? null
    : { accountId, sessionId, clientId, subject, sessionExpiresAtSeconds: expiresAtSeconds };
