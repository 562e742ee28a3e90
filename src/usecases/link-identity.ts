/**
 * An IAM user links a login at a provider to itself. Both are proved just now, by the same person in the same browser: else a screen
 * left open, or somebody else's login, would open the account for good.
 */
import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import type { IdentityLinkRecord, OutsideIdentity } from '../core/repositories/identity-links.ts';
import type { LoginProvider } from '../core/repositories/sign-in-accounts.ts';
import type { UserSignIn } from '../core/sign-in/identity.ts';
import { DEFAULT_NEXT } from '../core/sign-in/next-step.ts';
import type { SignInSession } from '../core/sign-in/session.ts';
import type { Deps } from './deps.ts';
import type { LinkCandidate } from './link-candidate.ts';
import { requireOwnFactorChange } from './own-factors.ts';
import { beginProviderLogin } from './provider-login.ts';
import { beginSamlLogin, requireSamlProvider } from './saml-login.ts';
import { signInEvent } from './sign-in-session.ts';

export interface BegunLink {
  readonly kind: LoginProvider['kind'];
  /** Where the person signs in anew. */
  readonly location: string;
  readonly cookie: string;
}

/**
 * Sends the person to a provider of their account, to sign in anew.
 * @throws Fault `access_denied` for anybody but an IAM user that has confirmed just now who it is, and where a policy denies
 * `daypass:LinkIdentity`; `not_found` for a provider that is none of the account's; those of beginning a login
 */
export async function beginLink(
  session: SignInSession,
  providerId: string,
  facts: RequestFacts,
  deps: Deps,
): Promise<BegunLink> {
  const { accountId, userId } = await requireLinkingUser(session, facts, deps);
  const offered = await deps.signInAccounts.providers(accountId);
  const provider = offered.find((each) => each.providerId === providerId);
  if (provider === undefined) throw new Fault('not_found', 'there is no such provider');
  const manner = { link: { sessionId: session.sessionId, userId } };
  const begun =
    provider.kind === 'oidc'
      ? await beginProviderLogin(providerId, DEFAULT_NEXT, facts, deps, manner)
      : await beginSamlLogin(await requireSamlProvider(providerId, deps), DEFAULT_NEXT, facts, deps, manner);
  return { kind: provider.kind, ...begun };
}

/**
 * The person's last word: the login is linked.
 * @param candidate - as `openCandidate` gave it to this session
 * @throws Fault as `beginLink`; `entity_already_exists` where the login is linked to somebody, `limit_exceeded`, `no_such_entity`
 */
export async function linkIdentity(
  session: SignInSession,
  { providerId, provider, subject, label }: LinkCandidate,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId, userId } = await requireLinkingUser(session, facts, deps);
  const event = await signInEvent(session, 'LinkIdentity', { provider, subject }, facts, deps);
  await deps.identityLinks.link(accountId, { providerId, subject, userId, label }, event);
}

/** @throws Fault `access_denied` as `linkIdentity` (`daypass:DeleteIdentityLink`); `no_such_entity` */
export async function unlinkIdentity(
  session: SignInSession,
  { providerId, subject }: OutsideIdentity,
  facts: RequestFacts,
  deps: Deps,
): Promise<void> {
  const { accountId, userId } = requireUser(session);
  await requireOwnFactorChange(session, 'daypass:DeleteIdentityLink', facts, deps);
  const event = await signInEvent(session, 'UnlinkIdentity', { providerId, subject }, facts, deps);
  await deps.identityLinks.unlink(accountId, { providerId, subject }, userId, event);
}

/** A link with what people call its provider. */
export interface NamedLink extends IdentityLinkRecord {
  readonly providerName: string;
}

/** What the security page shows an IAM user about linked logins. */
export interface OwnLinks {
  readonly links: readonly NamedLink[];
  /** Where a login may be linked. */
  readonly providers: readonly LoginProvider[];
}

/** @returns null for anybody but an IAM user */
export async function ownLinks({ identity }: SignInSession, deps: Deps): Promise<OwnLinks | null> {
  if (identity.type !== 'user') return null;
  const { accountId, userId } = identity;
  const [links, providers] = await Promise.all([
    deps.identityLinks.listOf(accountId, userId),
    deps.signInAccounts.providers(accountId),
  ]);
  const named = links.map(async (link) => ({
    ...link,
    providerName: await providerNameOf(accountId, link.providerId, deps),
  }));
  return { links: await Promise.all(named), providers };
}

/** @returns the issuer without its scheme, or the name of a SAML provider */
export async function providerNameOf(accountId: string, providerId: string, deps: Deps): Promise<string> {
  const { oidc, saml } = await providerOf(accountId, providerId, deps);
  return oidc?.url ?? saml?.name ?? providerId;
}

/** @returns null where the provider is gone */
export async function providerArnOf(
  accountId: string,
  providerId: string,
  deps: Deps,
): Promise<string | null> {
  const { oidc, saml } = await providerOf(accountId, providerId, deps);
  return oidc?.arn ?? saml?.arn ?? null;
}

async function providerOf(accountId: string, providerId: string, { directory }: Deps) {
  const [oidc, saml] = await Promise.all([
    directory.oidcProviderById(accountId, providerId),
    directory.samlProvider(accountId, providerId),
  ]);
  return { oidc, saml };
}

async function requireLinkingUser(
  session: SignInSession,
  facts: RequestFacts,
  deps: Deps,
): Promise<UserSignIn> {
  const user = requireUser(session);
  await requireOwnFactorChange(session, 'daypass:LinkIdentity', facts, deps);
  return user;
}

function requireUser({ identity }: SignInSession): UserSignIn {
  if (identity.type === 'user') return identity;
  throw new Fault('access_denied', 'only an IAM user can link a login to itself');
}
