/** What a proved login at an OIDC provider comes to in a browser. */
import type { Role } from '../core/account.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { authTimeOf } from '../core/oidc/second-factor.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import type { SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { federatedSubject, loginMfaAtSeconds, mappedLogin, trustQuestion } from './federate.ts';
import { admission } from './federated-trust.ts';
import { federationOf, wishOf } from './federated-wish.ts';
import type { ProvedOutside } from './finish-outside-login.ts';
import type { OutsideLogin } from './link-candidate.ts';
import { findMappedRoles, NO_ROLE_MAPPED } from './mapped-roles.ts';
import type { ProvedLogin } from './prove-identity.ts';
import type { SignInProof } from './sign-in-session.ts';

/** @throws Fault `access_denied` where somebody acts for the person, `invalid_identity_token` for tags that no session can carry */
export async function provedOutside(
  login: ProvedLogin,
  facts: RequestFacts,
  deps: Deps,
): Promise<ProvedOutside> {
  const wish = await wishOf({ sessionName: null, durationSeconds: null }, login.identity);
  refuseActor(wish);
  return {
    login: outsideLoginOf(login),
    how: howOf(login, nowSecondsOf(facts)),
    asFederated: () => identityOf(login, wish, facts, deps),
  };
}

const outsideLoginOf = ({ provider, name, identity }: ProvedLogin): OutsideLogin => ({
  accountId: provider.accountId,
  providerId: provider.providerId,
  provider: provider.arn,
  borne: { provider: name, subject: identity.subject },
  subject: identity.subject,
  label: displayNameOf(identity.claims, identity.subject),
  authAtSeconds: authTimeOf(identity.claims.auth_time),
});

/** What a provider says of second factors counts only where its row says so; a word for it alone is none. */
function howOf(login: ProvedLogin, nowSeconds: number): SignInProof {
  const { amr = [], authTimeSeconds } = federationOf(login);
  const mfa = loginMfaAtSeconds(login, nowSeconds) !== null;
  const told = amr.filter((method) => method !== 'mfa');
  return {
    amr: mfa ? [...told, 'mfa'] : told,
    mfa,
    ...(authTimeSeconds !== undefined && { authAtSeconds: authTimeSeconds }),
  };
}

/** Somebody whom no role is for is not signed in at all. */
async function identityOf(
  login: ProvedLogin,
  wish: SessionWish,
  facts: RequestFacts,
  deps: Deps,
): Promise<FederatedSignIn> {
  const { provider, name, identity, context } = login;
  const mapped = mappedLogin(login, wish, facts);
  // A role that wants a second factor can be had once the person has used a passkey of ours.
  const admits = (role: Role) => admission(trustQuestion(role, login, wish, facts)) !== 'refused';
  const { roles, choice } = await findMappedRoles({ ...mapped, admits }, deps);
  if (roles.length === 0) {
    const detail = { provider: provider.arn, decidedBy: choice.decidedBy };
    throw new Fault('access_denied', mapped.refusal ?? NO_ROLE_MAPPED, detail);
  }
  return {
    type: 'federated',
    accountId: provider.accountId,
    subjectId: await federatedSubject(provider.accountId, name, identity.subject),
    displayName: displayNameOf(identity.claims, identity.subject),
    federation: federationOf(login),
    providerArn: provider.arn,
    asked: {
      sessionName: wish.sessionName,
      tags: wish.tags,
      transitiveTagKeys: wish.transitiveTagKeys,
      sourceIdentity: wish.sourceIdentity,
      delegation: wish.delegation,
    },
    trustAction: 'sts:AssumeRoleWithWebIdentity',
    context,
    roleArns: roles.map(({ arn }) => arn),
    mapped: { providerId: mapped.providerId, values: [...mapped.identity.values] },
    notAfterSeconds: null,
  };
}

/** Whoever acts for a person does not sign in as they: pages and linked users would not show it. @throws Fault `access_denied` */
function refuseActor({ delegation }: SessionWish): void {
  if ((delegation?.actors.length ?? 0) > 0)
    throw new Fault('access_denied', 'somebody acts for you at the provider: sign in yourself');
}

const MAX_NAME_CHARACTERS = 64;

/** For people's eyes: what the provider calls the person. */
function displayNameOf(claims: Readonly<Record<string, unknown>>, subject: string): string {
  const names = [claims.name, claims.preferred_username, claims.username];
  const name = names.find((each): each is string => typeof each === 'string' && each.trim() !== '');
  return (name ?? subject).replace(/\p{C}/gu, ' ').trim().slice(0, MAX_NAME_CHARACTERS);
}
