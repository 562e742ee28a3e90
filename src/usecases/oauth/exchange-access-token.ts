/** A client trades an access token of ours for one with less, or for another audience. @see RFC 8693 */
import { nowSecondsOf, type RequestFacts } from '../../core/context/request-context.ts';
import { madeFromAlso } from '../../core/credentials/provenance.ts';
import type { Session } from '../../core/credentials/session.ts';
import { Fault } from '../../core/faults.ts';
import type { OAuthClient } from '../../core/oauth/client.ts';
import { PROTOCOL_SCOPES } from '../../core/oauth/scope.ts';
import { requireAudience } from '../audience.ts';
import { type BearerCaller, findBearer } from '../authenticate-bearer.ts';
import type { Deps } from '../deps.ts';
import { requireExchange } from '../exchange-session.ts';
import { scopeSession } from '../scope-session.ts';
import { narrowedScopes, scopedFurther } from './scopes.ts';

/** What the client asks for. */
export interface AccessTokenWish {
  /** An access token of this deployment. */
  readonly subjectToken: string;
  readonly audience: string | null;
  readonly scope: string | null;
  /** A session policy that narrows further, or null. */
  readonly policy: string | null;
  /** What the answer shall be. */
  readonly becomes: 'access-token' | 'aws-keys' | 'id-token';
  /** Of the key that the client proves to hold in this request, or null. */
  readonly keyThumbprint: string | null;
}

export interface ExchangedToken extends BearerCaller {
  /** The session of the token that was shown, narrowed; it ends when that ends. */
  readonly session: Session;
  readonly audience: string;
  /** Of the client that asked. */
  readonly clientId: string;
  /** Null where neither token nor client knows scopes. */
  readonly scopes: readonly string[] | null;
}

/**
 * @param client - proved; null or public ones may not: whoever finds a token could trade it
 * @returns the same session with no more than the token had
 * @throws Fault `invalid_client`, `invalid_identity_token` for a token that is not good here or not the client's to trade,
 * `invalid_target`, `invalid_scope`; AccessDenied for `daypass:ExchangeSession`; those of session policies
 */
export async function exchangeAccessToken(
  wish: AccessTokenWish,
  client: OAuthClient | null,
  facts: RequestFacts,
  deps: Deps,
): Promise<ExchangedToken> {
  const proved = requireConfidential(client);
  const bearer = await findOwnToken(wish, proved, facts, deps);
  const { token, caller } = bearer;
  if (wish.becomes === 'aws-keys') refuseKeys(bearer, proved, deps);
  if (wish.becomes === 'id-token') refuseIdToken(wish, bearer, proved);
  const audience =
    wish.becomes === 'id-token'
      ? proved.clientId
      : await audienceOf(wish.audience, token.audience, proved, deps);
  const held = heldFor(proved, bearer);
  const scopes = narrowedScopes(wish.scope, held, proved);
  const signedFacts = { ...facts, region: null };
  requireExchange(caller, signedFacts);
  const scoped = await scopedFurther(token.session, scopes, held, deps);
  const narrowed =
    wish.policy === null
      ? scoped
      : scopeSession(scoped, { policy: wish.policy, durationSeconds: null }, signedFacts);
  // Whoever gives the token back gives back what was made from it (RFC 7009 section 2.1).
  const session = madeFromAlso(narrowed, token.tokenId);
  return { ...bearer, session, audience, clientId: proved.clientId, scopes };
}

/** @throws Fault `invalid_client` for a client that has proved nothing. @see RFC 8693 section 2.1 */
export function requireConfidential(client: OAuthClient | null): OAuthClient {
  if (client !== null && client.settings.authenticationMethod !== 'none') return client;
  throw new Fault('invalid_client', 'this exchange needs a client that proves itself');
}

const notGood = (reason: string): Fault =>
  new Fault('invalid_identity_token', 'the token is not good here', { reason });

/**
 * Which of the checks failed is told to the trail alone.
 * @returns the token and whom it speaks for: one that was issued to the client, or for an API that the client is
 */
async function findOwnToken(
  { subjectToken, keyThumbprint }: AccessTokenWish,
  client: OAuthClient,
  facts: RequestFacts,
  deps: Deps,
): Promise<BearerCaller> {
  const bearer = await findBearer(subjectToken, nowSecondsOf(facts), deps);
  if (bearer === null) throw notGood('not believed');
  const { token, caller } = bearer;
  if (caller.accountId !== client.accountId) throw notGood('of another account');
  if (token.keyThumbprint !== null && token.keyThumbprint !== keyThumbprint)
    throw notGood('bound to a key that is not proved');
  if (token.clientId !== client.clientId && !isServedBy(client, token.audience))
    throw notGood('neither issued to the client nor meant for it');
  return bearer;
}

/** Whether a client is the API that an audience names. */
export const isServedBy = ({ clientId, settings }: OAuthClient, audience: string): boolean =>
  audience === clientId || (settings.servedAudiences ?? []).includes(audience);

/**
 * AWS keys act at Daypass itself and everywhere else, so only a token that is meant for Daypass becomes keys, and only those of the
 * client that it was issued to. One that is bound to a key stays what it is: keys are bound to nothing.
 */
function refuseKeys({ token }: BearerCaller, { clientId }: OAuthClient, { settings }: Deps): void {
  const isForUs = token.audience === settings.issuer && token.clientId === clientId;
  if (!isForUs)
    throw new Fault('invalid_target', 'only a token that the client holds for this issuer becomes AWS keys');
  if (token.keyThumbprint !== null)
    throw new Fault('invalid_target', 'a token that is bound to a key does not become AWS keys');
}

/** An ID token is for the client that may know who it is: that the access token was issued to, with `openid`. */
function refuseIdToken(
  { audience }: AccessTokenWish,
  { token }: BearerCaller,
  { clientId }: OAuthClient,
): void {
  if (token.clientId !== clientId || (audience !== null && audience !== clientId))
    throw new Fault('invalid_target', 'an ID token is for the client that holds the access token');
  if (token.scope?.split(' ').includes('openid') !== true)
    throw new Fault('invalid_scope', 'the access token has not the scope openid');
}

/**
 * The scopes that a client can go on with. Those of the protocols say what the token's own client may know of the person: an API that
 * was shown the token would otherwise become such a client by an exchange.
 * @returns null where there are none
 */
function heldFor({ clientId }: OAuthClient, { token }: BearerCaller): readonly string[] | null {
  const all = token.scope?.split(' ') ?? null;
  if (all === null || token.clientId === clientId) return all;
  const registered = all.filter((scope) => !PROTOCOL_SCOPES.has(scope));
  return registered.length === 0 ? null : registered;
}

/**
 * The audience that the token has already, or one that the client is registered for. Daypass itself only where it is the token's
 * already: an API that was shown a token would otherwise act here in its user's name.
 * @throws Fault `invalid_target`
 */
async function audienceOf(
  asked: string | null,
  held: string,
  { accountId, settings }: OAuthClient,
  deps: Deps,
): Promise<string> {
  if (asked === null || asked === held) return held;
  if (settings.audiences.includes(asked) && asked !== deps.settings.issuer)
    return requireAudience(asked, accountId, deps);
  throw new Fault('invalid_target', 'the client is not registered for this audience');
}
