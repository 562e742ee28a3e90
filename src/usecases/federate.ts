/**
 * A login proved elsewhere becomes a role session: AssumeRoleWithWebIdentity and RFC 8693 token exchange, which differ only
 * in bytes.
 */
import type { Role } from '../core/account.ts';
import { parseIamArn } from '../core/arn.ts';
import { toBase64Url, utf8 } from '../core/bytes.ts';
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { mfaContext } from '../core/context/session-context.ts';
import type { RoleIdentity, Session } from '../core/credentials/session.ts';
import { Fault } from '../core/faults.ts';
import type { ProvedIdentity } from '../core/federation/provider-kind.ts';
import { proofValues } from '../core/mapping/proof-values.ts';
import { refusalOf } from '../core/oidc/group-overage.ts';
import { oidcMfaAtSeconds } from '../core/oidc/second-factor.ts';
import { readAccessTokenAssertion } from './access-token-assertion.ts';
import { beginRoleSession, type SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { decideTrust, findRefusal, refusedOnTrial, type TrustQuestion } from './federated-trust.ts';
import { type CallerWish, federationOf, wishOf } from './federated-wish.ts';
import { requireKeyring } from './issue.ts';
import { inVain } from './lookups.ts';
import { type MappedLogin, type MappedRole, NO_ROLE_MAPPED, requireMappedRole } from './mapped-roles.ts';
import {
  type Assertion,
  type ProvedLogin,
  readIdTokenAssertion,
  type TrustedProvider,
} from './prove-identity.ts';
import { checkSessionPolicies } from './session-policies.ts';

export interface FederateInput extends CallerWish {
  /** The role wanted, by ARN; null lets the provider's mapping rules choose among those of `accountId`. */
  readonly roleArn: string | null;
  /** The account, where no role names it. */
  readonly accountId: string | null;
  /** An ID token; or the access token of the provider that `providerId` names. */
  readonly token: string;
  readonly providerId: string | null;
  readonly inlinePolicy: string | null;
  readonly policyArns: readonly string[];
}

export interface FederatedSession extends TrustedProvider {
  readonly role: Role;
  readonly session: Session<RoleIdentity>;
  readonly identity: ProvedIdentity;
  /** For the trail: what rules and a trust policy on trial would have done. */
  readonly onTrial: readonly object[];
}

const CALL = 'sts:AssumeRoleWithWebIdentity';
const NOT_AUTHORIZED = `Not authorized to perform ${CALL}`;

/**
 * @returns the session that has begun, with the proof it began from
 * @throws Fault `invalid_identity_token`, `expired_identity_token`, `idp_communication_error`, `access_denied` (the trust policy
 * does not allow, or there is no such role: which of them is not told), RoleChoiceFault where the rules leave several,
 * `validation_error`, and those of session policies
 */
export async function federate(
  input: FederateInput,
  facts: RequestFacts,
  deps: Deps,
): Promise<FederatedSession> {
  const named = input.roleArn === null ? null : requireRoleArn(input.roleArn);
  const accountId = named?.accountId ?? input.accountId ?? '';
  const assertion = readAssertion(input, deps);
  const nowSeconds = nowSecondsOf(facts);
  // Together, so that a cold isolate reads them in one batch.
  const [trusted, role] = await Promise.all([
    assertion.find(accountId, deps),
    named === null ? null : deps.directory.role(named.accountId, named.name),
    requireKeyring(deps),
  ]);
  const login = { ...trusted, ...(await assertion.verify(trusted, nowSeconds, deps)) };
  const asked = await wishOf(input, login.identity);
  const { role: admitting, onTrial } =
    named === null
      ? await requireMappedRole(mappedLogin(login, asked, facts), deps)
      : requireAdmitting(role?.arn === input.roleArn ? role : null, login, asked, facts);
  // After trust: whoever is not let in does not learn which policies there are.
  const policies = await checkSessionPolicies(
    deps.directory,
    admitting.accountId,
    input.inlinePolicy,
    input.policyArns,
  );
  const wish = { ...asked, policies };
  const origin = {
    federation: federationOf(login),
    chained: false,
    mfaAtSeconds: loginMfaAtSeconds(login, nowSeconds),
    notAfterSeconds: null,
  };
  const session = beginRoleSession(admitting, wish, origin, nowSeconds, deps);
  if (admitting.trustTrial === undefined) return { ...login, role: admitting, session, onTrial };
  const refused = refusedOnTrial(trustQuestion(admitting, login, asked, facts));
  return { ...login, role: admitting, session, onTrial: [...onTrial, ...refused] };
}

const readAssertion = ({ token, providerId }: FederateInput, deps: Deps): Assertion =>
  providerId === null ? readIdTokenAssertion(token) : readAccessTokenAssertion(token, providerId, deps);

function requireRoleArn(arn: string): { readonly accountId: string; readonly name: string } {
  const parsed = parseIamArn(arn);
  if (parsed?.kind !== 'role') throw new Fault('validation_error', `\`${arn}\` is not the ARN of a role`);
  return parsed;
}

/** The caller is not authenticated otherwise: the trust policy alone decides. */
function requireAdmitting(
  role: Role | null,
  login: ProvedLogin,
  wish: SessionWish,
  facts: RequestFacts,
): MappedRole {
  if (role === null) throw new Fault('access_denied', NOT_AUTHORIZED, { reason: 'no such role', ...inVain });
  const refusal = findRefusal(decideTrust(trustQuestion(role, login, wish, facts)));
  if (refusal === null) return { role, onTrial: [] };
  const { action, decision } = refusal;
  const message = refusalOf(NOT_AUTHORIZED, login.identity.claims);
  throw new Fault('access_denied', message, { action, role: role.arn, effect: decision.effect });
}

/** What a role's trust policy is asked about a login. */
export function trustQuestion(
  role: Role,
  login: ProvedLogin,
  wish: SessionWish,
  facts: RequestFacts,
): TrustQuestion {
  const { provider, name, context } = login;
  const nowSeconds = nowSecondsOf(facts);
  const proved = [...context, ...mfaContext(loginMfaAtSeconds(login, nowSeconds), nowSeconds)];
  return { call: CALL, role, provider: { arn: provider.arn, name }, proved, wish, facts };
}

/** When the provider's own login proved a second factor; null where it does not count. */
export const loginMfaAtSeconds = (
  { provider, identity }: Pick<ProvedLogin, 'provider' | 'identity'>,
  nowSeconds: number,
): number | null => oidcMfaAtSeconds(provider, identity.claims, nowSeconds);

/** What the provider's mapping rules are asked about a login. */
export const mappedLogin = (login: ProvedLogin, wish: SessionWish, facts: RequestFacts): MappedLogin => ({
  accountId: login.provider.accountId,
  providerId: login.provider.providerId,
  identity: proofValues(login.provider.arn, login.kind.url, login.context),
  refusal: refusalOf(NO_ROLE_MAPPED, login.identity.claims),
  admits: (role) => findRefusal(decideTrust(trustQuestion(role, login, wish, facts))) === null,
});

/**
 * The stable subject of a federated identity: an id of account, provider and upstream subject, which nobody chooses.
 * @param provider - as trust policies name it: `accounts.google.com`, or an ARN
 * @returns `fed_` and 32 base64url characters
 */
export async function federatedSubject(
  accountId: string,
  provider: string,
  subject: string,
): Promise<string> {
  const text = [accountId, provider, subject].map((part) => `${part.length}:${part}`).join('|');
  const known = heldSubjects.get(text);
  if (known !== undefined) return known;
  const digest = await crypto.subtle.digest('SHA-256', utf8(text));
  const id = `fed_${toBase64Url(new Uint8Array(digest).subarray(0, 24))}`;
  if (heldSubjects.size >= MAX_HELD_SUBJECTS) heldSubjects.clear();
  heldSubjects.set(text, id);
  return id;
}

/** The same people come again: each id is made once, of identities that have been proved. */
const heldSubjects = new Map<string, string>();
const MAX_HELD_SUBJECTS = 10_000;
