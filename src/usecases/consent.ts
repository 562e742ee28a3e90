/** Whether an application must ask its person, and what is remembered of the answer. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import type { OAuthClient } from '../core/oauth/client.ts';
import {
  type Agreeing,
  CONSENT_SECONDS,
  type Consent,
  covers,
  joinConsents,
  mayGoUnasked,
  wantsAsking,
} from '../core/oauth/consent.ts';
import { personalClientOf } from '../core/oauth/personal-client.ts';
import { ownerOf } from '../core/sign-in/identity.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { AuthorizationUnderWay } from './authorization-under-way.ts';
import type { Deps } from './deps.ts';
import { findRole } from './mapped-roles.ts';
import { requireAskable } from './personal-grant.ts';
import { rolesToTake } from './take-role.ts';

/** Why a person need not be asked, and which role the application has; or what they must be asked for. */
export type Asking =
  | { readonly need: 'none'; readonly why: 'remembered' | 'first_party'; readonly roleArn: string }
  | { readonly need: 'consent' | 'role' };

/**
 * Decides it. A role that has been remembered is looked at again when the code is made: trust and policies decide as they stand then.
 * @throws Fault `invalid_scope`, `invalid_target` for what the client may not ask for any more
 */
export async function decideAsking(
  signIn: SignInSession,
  client: OAuthClient,
  { request }: AuthorizationUnderWay,
  facts: RequestFacts,
  deps: Deps,
): Promise<Asking> {
  const ask: Asking = { need: 'consent' };
  const { settings, accountId, clientId } = client;
  if (request.prompt.includes('consent')) return ask;
  if (!mayGoUnasked(settings, request, await agreeing(signIn, deps))) return ask;
  const isFirstParty = settings.firstParty === true;
  if (!isFirstParty && wantsAsking(request)) return ask;
  const audience = await requireAskable(personalClientOf(client), request, deps);
  const consent = await deps.consents.find(accountId, ownerOf(signIn.identity), clientId);
  const remembered = consent !== null && (await isSameRole(consent, deps)) ? consent : null;
  if (
    remembered !== null &&
    (isFirstParty || covers(remembered, { ...request, audience }, nowSecondsOf(facts)))
  )
    return { need: 'none', why: isFirstParty ? 'first_party' : 'remembered', roleArn: remembered.roleArn };
  if (!isFirstParty) return ask;
  const [only, ...others] = await rolesToTake(signIn, facts, deps);
  if (only === undefined || others.length > 0) return { need: 'role' };
  return { need: 'none', why: 'first_party', roleArn: only.arn };
}

/** What is remembered of a person who has just agreed; null where they are asked each time. */
export async function consentGiven(
  signIn: SignInSession,
  client: OAuthClient,
  { request }: AuthorizationUnderWay,
  role: { readonly arn: string; readonly roleId: string },
  facts: RequestFacts,
  deps: Deps,
): Promise<Consent | null> {
  const { accountId, clientId } = client;
  if (!(await mayBeRemembered(signIn, client, { request }, deps))) return null;
  const owner = ownerOf(signIn.identity);
  const givenAtSeconds = nowSecondsOf(facts);
  const given: Consent = {
    ...{ accountId, owner, clientId, givenAtSeconds, roleArn: role.arn, roleId: role.roleId },
    scopes: request.scope,
    audiences: [await requireAskable(personalClientOf(client), request, deps)],
    expiresAtSeconds: givenAtSeconds + CONSENT_SECONDS,
  };
  return joinConsents(await deps.consents.find(accountId, owner, clientId), given);
}

/**
 * Whether this person may say that they need not be asked for this again. Not where `authorization_details` cut it down: what is remembered
 * are scopes, and without the details they would be more than was agreed to.
 */
export const mayBeRemembered = async (
  signIn: SignInSession,
  { settings }: OAuthClient,
  { request }: Pick<AuthorizationUnderWay, 'request'>,
  deps: Deps,
): Promise<boolean> =>
  request.authorizationDetails === null && mayGoUnasked(settings, request, await agreeing(signIn, deps));

const agreeing = async ({ identity }: SignInSession, deps: Deps): Promise<Agreeing> => ({
  isRoot: identity.type === 'root',
  isPci: (await deps.accountSettings.securityPreset(identity.accountId)) === 'PCI',
});

const isSameRole = async ({ roleArn, roleId }: Consent, deps: Deps): Promise<boolean> =>
  (await findRole(roleArn, deps))?.roleId === roleId;
