/** A client gives a token back. @see RFC 7009 */
import { nowSecondsOf, type RequestFacts } from '../../core/context/request-context.ts';
import { digestOf } from '../../core/digest.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { parseRefreshToken, type RefreshTokenParts } from '../../core/oauth/refresh-token.ts';
import { findIssuedToken } from '../authenticate-bearer.ts';
import type { Deps } from '../deps.ts';
import { endFamily } from '../end-refresh-family.ts';
import { asFault, eventOf } from '../record.ts';
import { revocationOfCredential } from '../revoke-sessions.ts';
import { clientIdentity } from './client-session.ts';

/**
 * Ends a token that was issued to the client: an access token with what was made from it, or a refresh token with all that its
 * family gave. Any other text does nothing, and the answer is the same.
 * @throws Fault `service_unavailable` where it cannot be written: the client then knows that its token lives
 */
export async function revokeToken(
  text: string,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const refresh = parseRefreshToken(text);
  await (refresh === null
    ? revokeAccessToken(text, client, facts, deps)
    : revokeRefreshToken(refresh, client, facts, deps));
}

async function revokeAccessToken(
  text: string,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId, clientId } = client;
  const nowSeconds = nowSecondsOf(facts);
  // One that has ended, too: what was made from it may live on.
  const token = await findIssuedToken(text, nowSeconds, deps);
  if (token === null || token.session.accountId !== accountId || token.clientId !== clientId) return;
  const { tokenId, session } = token;
  const revocation = revocationOfCredential(tokenId, nowSeconds);
  const list = await deps.directory.revocations(accountId);
  // Said again, it changes nothing.
  if (list.touches(new Set(revocation.marks), { ...session, chained: false })) return;
  const event = revokedEvent({ tokenId, sessionId: session.sessionId }, client, facts, deps);
  await deps.revocations.revoke(accountId, revocation, event);
}

/** Whichever of the family it is: who shows it has held it. */
async function revokeRefreshToken(
  { accountId, handle }: RefreshTokenParts,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  if (accountId !== client.accountId) return;
  const family = await deps.refreshFamilies.find(accountId, await digestOf(handle));
  if (family === null || family.clientId !== client.clientId) return;
  const { familyId, grant } = family;
  const event = revokedEvent({ familyId, sessionId: grant.session.sessionId }, client, facts, deps);
  try {
    await endFamily(family, event, nowSecondsOf(facts), deps);
  } catch (error) {
    // Another request has ended it meanwhile.
    if (asFault(error).code !== 'no_such_entity') throw error;
  }
}

const revokedEvent = (
  parameters: Readonly<Record<string, unknown>>,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
) =>
  eventOf(
    {
      ...{ accountId: client.accountId, source: 'daypass.amazonaws.com', name: 'RevokeToken' },
      ...{ identity: clientIdentity(client), readOnly: false, parameters },
    },
    {},
    facts,
    deps.random,
  );
