/** The first refresh token of what a person let a client have. @see RFC 6749 section 6, OpenID Connect Core section 11 */
import { toBase64Url } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { digestOf } from '../core/digest.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import type { RefreshFamily } from '../core/oauth/refresh-family.ts';
import {
  DEFAULT_REFRESH_LIMITS,
  HANDLE_BYTES,
  REFRESH_SECRET_BYTES,
  refreshEnd,
  refreshTokenOf,
} from '../core/oauth/refresh-token.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import type { Deps } from './deps.ts';
import { clientIdentity } from './oauth/client-session.ts';
import { eventOf } from './record.ts';

const FAMILY_ID_BYTES = 16;

/**
 * @param keyThumbprint - of the key that the tokens are bound to, or null
 * @returns the token; null where the person let the client have none
 */
export async function beginRefreshFamily(
  grant: PersonalGrant,
  client: OAuthClient,
  keyThumbprint: string | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<string | null> {
  const { offline } = grant;
  if (offline === undefined || !client.settings.grantTypes.includes('refresh_token')) return null;
  const { accountId, clientId } = client;
  const nowSeconds = nowSecondsOf(facts);
  const handle = toBase64Url(deps.random.bytes(HANDLE_BYTES));
  const token = refreshTokenOf(accountId, handle, deps.random.bytes(REFRESH_SECRET_BYTES));
  const familyId = `rtf_${toBase64Url(deps.random.bytes(FAMILY_ID_BYTES))}`;
  const expiresAtSeconds = familyExpiry(grant, client, nowSeconds);
  const family: RefreshFamily = {
    ...{ accountId, familyId, clientId, grant, ...offline, expiresAtSeconds },
    owner: ownerOf(offline.signIn.identity),
    handleHash: await digestOf(handle),
    tokenHash: await digestOf(token),
    ...{ previousHash: null, sealedSuccessor: null },
    keyThumbprint: boundTo(client, keyThumbprint),
    ...{ createdAtSeconds: nowSeconds, rotatedAtSeconds: nowSeconds },
    lastSessionId: grant.session.sessionId,
    endsAtSeconds: refreshEnd(expiresAtSeconds, refreshLimitsOf(client), nowSeconds),
  };
  const parameters = { clientId, familyId, sessionId: grant.session.sessionId };
  const operation = {
    ...{ accountId, source: 'daypass.amazonaws.com', name: 'BeginRefreshTokens' },
    ...{ identity: clientIdentity(client), readOnly: false, parameters },
  };
  await deps.refreshFamilies.begin(family, eventOf(operation, {}, facts, deps.random));
  return token;
}

/** How long the refresh tokens of a client live. */
export const refreshLimitsOf = ({ settings }: OAuthClient) => settings.refresh ?? DEFAULT_REFRESH_LIMITS;

/** No later than what vouches for the person ends. */
function familyExpiry({ offline }: PersonalGrant, client: OAuthClient, nowSeconds: number): number {
  const identity = offline?.signIn.identity;
  const notAfter = identity?.type === 'federated' ? identity.notAfterSeconds : null;
  return Math.min(nowSeconds + refreshLimitsOf(client).maxSeconds, notAfter ?? Number.MAX_SAFE_INTEGER);
}

/** Whoever proves itself is bound by that, and may change its key. @see RFC 9449 section 5 */
const boundTo = ({ settings }: OAuthClient, keyThumbprint: string | null): string | null =>
  settings.authenticationMethod === 'none' ? keyThumbprint : null;
