/** The person lets an application in: a code that it can trade for tokens. @see RFC 6749 section 4.1.2 */
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import type { PersonalClient } from '../core/oauth/personal-client.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import type { SignInClient } from '../core/repositories/sign-in-clients.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { AuthorizationUnderWay } from './authorization-under-way.ts';
import type { Deps } from './deps.ts';
import { beginPersonalGrant } from './personal-grant.ts';
import { signInEvent } from './sign-in-session.ts';
import { onTrialElements } from './trust-trial.ts';

const CODE_SECONDS = 60;
const CODE_BYTES = 32;

/**
 * @returns the code
 * @throws Fault as `beginPersonalGrant`
 */
export async function grantAuthorization(
  signIn: SignInSession,
  client: PersonalClient,
  { request }: AuthorizationUnderWay,
  roleArn: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<string> {
  const { accountId, clientId } = client;
  const { scope, audience, redirectUri, codeChallenge, nonce, keyThumbprint } = request;
  const wish = { roleArn, scope, audience };
  const begun = await beginPersonalGrant(signIn, client, wish, facts, deps);
  const { onTrial } = begun;
  const grant = { ...begun.grant, signInId: signIn.sessionId };
  // The account leads to the row, and is no secret.
  const code = `${accountId}.${toBase64Url(deps.random.bytes(CODE_BYTES))}`;
  const expiresAtSeconds = nowSecondsOf(facts) + CODE_SECONDS;
  const parameters = { clientId, role: roleArn, scope, redirectUri, sessionId: grant.session.sessionId };
  const makeEvent = await signInEvent(signIn, 'AuthorizeClient', parameters, facts, deps);
  const event = makeEvent(onTrialElements(onTrial));
  const bound = { redirectUri, codeChallenge, nonce, keyThumbprint };
  const kept = { accountId, clientId, ...bound, grant, expiresAtSeconds };
  const told = client.wantsLogout && scope.includes('openid') ? clientToTell(signIn, client, grant) : null;
  await deps.authorizationCodes.keep(kept, await digestOf(code), event, told);
  return code;
}

const clientToTell = (
  { sessionId, expiresAtSeconds }: SignInSession,
  { accountId, clientId }: PersonalClient,
  { subject }: PersonalGrant,
): SignInClient => ({ accountId, sessionId, clientId, subject, sessionExpiresAtSeconds: expiresAtSeconds });
