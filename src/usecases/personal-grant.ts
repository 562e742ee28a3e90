/** What a signed-in person lets a client have: a role that the person may take, within the scopes that the client asks for. */
import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { type AuthorizationDetails, policiesOfDetails } from '../core/oauth/authorization-details.ts';
import { mayAskFor, type PersonalClient } from '../core/oauth/personal-client.ts';
import type { PersonalGrant } from '../core/oauth/personal-grant.ts';
import { recordSignIn } from '../core/oauth/refresh-family.ts';
import { joinScopePolicies, OFFLINE_ACCESS, PROTOCOL_SCOPES } from '../core/oauth/scope.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import { acrOf, isFresh, type SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import { requireDetailTypes } from './oauth/details.ts';
import { beginTakenRole } from './take-role.ts';

export interface GrantWish {
  readonly roleArn: string;
  readonly scope: readonly string[];
  /** Null for the client's own. */
  readonly audience: string | null;
  /** Null where none are asked for. */
  readonly authorizationDetails: AuthorizationDetails | null;
}

/** Whether the person has proved a second factor, and who they are just now. */
export const isPresent = (signIn: SignInSession, nowSeconds: number): boolean =>
  signIn.mfaAtSeconds !== null && isFresh(signIn, nowSeconds);

/** @throws Fault `access_denied` */
export function requirePresence(signIn: SignInSession, nowSeconds: number): void {
  if (!isPresent(signIn, nowSeconds)) throw new Fault('access_denied', 'confirm first that it is you');
}

/**
 * What a client asks for, as far as it may.
 * @returns the audience of its tokens
 * @throws Fault `invalid_scope`, `invalid_target`, `invalid_authorization_details`
 */
export async function requireAskable(
  client: PersonalClient,
  { scope, audience, authorizationDetails }: Omit<GrantWish, 'roleArn'>,
  deps: Deps,
): Promise<string> {
  // Without a scope the session could do nothing.
  if (client.scopes.length > 0 && scope.length === 0) throw new Fault('invalid_scope', 'scope is missing');
  if (!mayAskFor(client, scope)) {
    throw new Fault('invalid_scope', 'the application is not registered for a scope that it asks for');
  }
  requireDetailTypes(authorizationDetails, client.detailTypes);
  const wanted = audience ?? client.audience;
  const { issuer } = deps.settings;
  if (wanted !== null && wanted !== issuer && !client.audiences.includes(wanted)) {
    throw new Fault('invalid_target', 'the application is not registered for this audience');
  }
  return wanted ?? issuer;
}

/** What a client gets; and for the trail, what a trust policy on trial would have refused. */
export interface BegunGrant {
  readonly grant: PersonalGrant;
  readonly onTrial: readonly object[];
}

/**
 * Begins the session of what the client gets: the role, within the scopes.
 * @throws Fault `access_denied` for a role whose trust or policies do not allow it to the person; those of `requireAskable`
 */
export async function beginPersonalGrant(
  signIn: SignInSession,
  client: PersonalClient,
  { roleArn, scope: asked, audience, authorizationDetails }: GrantWish,
  facts: RequestFacts,
  deps: Deps,
): Promise<BegunGrant> {
  const target = await requireAskable(client, { scope: asked, audience, authorizationDetails }, deps);
  // What a client cannot have is not granted, and its answer says so.
  const scope = client.refreshes ? asked : asked.filter((each) => each !== OFFLINE_ACCESS);
  const layer = await scopeLayer(client, scope, deps);
  const { session, arn, onTrial } = await beginTakenRole(signIn, roleArn, null, facts, deps);
  const grant = {
    session: {
      ...session,
      scopes: [...session.scopes, ...layer, ...policiesOfDetails(authorizationDetails ?? [])],
    },
    arn,
    subject: ownerOf(signIn.identity).id,
    audience: target,
    scope,
    ...(authorizationDetails !== null && { authorizationDetails }),
    amr: signIn.amr,
    acr: acrOf(signIn),
    authAtSeconds: signIn.authAtSeconds,
    ...(scope.includes(OFFLINE_ACCESS) && { offline: { roleArn, signIn: recordSignIn(signIn) } }),
  };
  return { grant, onTrial };
}

/** The policies of the scopes as one; none for a client that uses no scopes, and then the role alone bounds it. */
async function scopeLayer(
  { accountId, scopes }: PersonalClient,
  asked: readonly string[],
  deps: Deps,
): Promise<readonly string[]> {
  if (scopes.length === 0) return [];
  const registered = asked.filter((scope) => !PROTOCOL_SCOPES.has(scope));
  const found = await Promise.all(registered.map((scope) => deps.directory.oauthScope(accountId, scope)));
  if (found.includes(null)) throw new Fault('invalid_scope', 'a scope is not registered any more');
  return [joinScopePolicies(found.flatMap((scope) => scope?.document ?? []))];
}
