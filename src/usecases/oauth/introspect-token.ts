/** What a token of ours is worth now, told to who may know. @see RFC 7662 */

import { nowSecondsOf, type RequestFacts } from '../../core/context/request-context.ts';
import { digestOf } from '../../core/digest.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { decideRefresh, parseRefreshToken } from '../../core/oauth/refresh-token.ts';
import { confirmationOf, tokenTypeOf } from '../../core/oauth/sender-key.ts';
import { findBearer } from '../authenticate-bearer.ts';
import type { Deps } from '../deps.ts';
import { isRevokedFamily } from '../end-refresh-family.ts';
import { arnOf } from '../sign-in-session.ts';

export type Introspection =
  | { readonly active: false }
  | ({ readonly active: true } & Readonly<Record<string, unknown>>);

/** Nothing more is said: why a token is worth nothing, and whether it ever was one, is nobody's to know. @see RFC 7662 section 2.2 */
const INACTIVE: Introspection = { active: false };

/**
 * @param client - one that has proved itself: it sees what was issued to it, and access tokens for an audience that it is
 * @returns the claims of the token, or that it is not active: unknown, ended, revoked, or not for this client to see
 */
export async function introspectToken(
  text: string,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<Introspection> {
  const refresh = parseRefreshToken(text);
  return refresh === null
    ? introspectAccessToken(text, client, facts, deps)
    : introspectRefreshToken(text, client, facts, deps);
}

async function introspectAccessToken(
  text: string,
  { accountId, clientId, settings }: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<Introspection> {
  const token = (await findBearer(text, nowSecondsOf(facts), deps))?.token;
  if (token === undefined || token.session.accountId !== accountId) return INACTIVE;
  const maySee = token.clientId === clientId || (settings.servedAudiences ?? []).includes(token.audience);
  if (!maySee) return INACTIVE;
  const tokenType = tokenTypeOf(token.keyThumbprint);
  return { ...token.claims, active: true, token_type: tokenType };
}

/** @returns that it is active where a refresh with it could be tried: what the role's trust would say then is not asked */
async function introspectRefreshToken(
  text: string,
  { accountId, clientId }: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<Introspection> {
  const parts = parseRefreshToken(text);
  if (parts === null || parts.accountId !== accountId) return INACTIVE;
  const family = await deps.refreshFamilies.find(accountId, await digestOf(parts.handle));
  if (family === null || family.clientId !== clientId) return INACTIVE;
  const worth = decideRefresh(family, await digestOf(text), nowSecondsOf(facts));
  if (worth !== 'current' || (await isRevokedFamily(family, deps))) return INACTIVE;
  if ((await arnOf(family.signIn.identity, deps)) === null) return INACTIVE;
  const { grant, keyThumbprint, rotatedAtSeconds, endsAtSeconds } = family;
  return {
    active: true,
    iss: deps.settings.issuer,
    client_id: clientId,
    sub: grant.subject,
    scope: grant.scope.join(' '),
    ...(grant.authorizationDetails !== undefined && { authorization_details: grant.authorizationDetails }),
    iat: rotatedAtSeconds,
    exp: endsAtSeconds,
    ...(keyThumbprint !== null && { cnf: confirmationOf(keyThumbprint) }),
  };
}
