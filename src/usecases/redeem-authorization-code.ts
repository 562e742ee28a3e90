/** A client trades its code for tokens. @see RFC 6749 section 4.1.3, RFC 7636 section 4.6 */
import { isAccountId } from '../core/arn.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import { Fault } from '../core/faults.ts';
import { challengeOf } from '../core/oauth/code-verifier.ts';
import type { AuthorizationCode } from '../core/repositories/authorization-codes.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';
import { eventOf } from './record.ts';
import { revocationOfSession } from './revoke-sessions.ts';

export interface CodeShown {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  /** Of the key that the client proved to hold; null where it proved none. */
  readonly keyThumbprint: string | null;
}

/**
 * @param client - who asks, authenticated as far as it can be
 * @returns what the code was for, once
 * @throws Fault `invalid_grant` where code, client, redirect URI, verifier and key do not belong together, or it is late or used; a used
 * one ends the session that it began, for one of the two that showed it is a thief
 */
export async function redeemAuthorizationCode(
  shown: CodeShown,
  client: { readonly accountId: string; readonly clientId: string },
  facts: RequestFacts,
  deps: Deps,
): Promise<AuthorizationCode> {
  const { accountId, clientId } = client;
  const [, account = ''] = /^(\d{12})\.[\w-]{43}$/.exec(shown.code) ?? [];
  const codeChallenge = await challengeOf(shown.codeVerifier);
  if (!isAccountId(account) || account !== accountId || codeChallenge === null) throw invalidCode();
  const codeHash = await digestOf(shown.code);
  const { redirectUri, keyThumbprint } = shown;
  const proof = { accountId, codeHash, clientId, redirectUri, codeChallenge, keyThumbprint };
  const code = await deps.authorizationCodes.redeem(proof, nowSecondsOf(facts));
  if (code !== null) return code;
  const used = await deps.authorizationCodes.findUsed(accountId, codeHash);
  if (used !== null) await endWhatItGave(used, clientId, facts, deps);
  throw invalidCode();
}

const invalidCode = (): Fault => new Fault('invalid_grant', 'the code is not valid', { ...inVain });

async function endWhatItGave(
  { accountId, clientId, grant }: AuthorizationCode,
  shownBy: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { sessionId } = grant.session;
  const operation = {
    accountId,
    source: 'daypass.amazonaws.com',
    name: 'AuthorizationCodeReplayed',
    identity: { type: 'Anonymous' as const },
    readOnly: false,
    parameters: { clientId, shownBy, sessionId },
  };
  const revocation = revocationOfSession(sessionId, nowSecondsOf(facts));
  await deps.revocations.revoke(accountId, revocation, eventOf(operation, {}, facts, deps.random));
}
