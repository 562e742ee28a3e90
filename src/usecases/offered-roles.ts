/** The roles that somebody from outside may take: the assertion names them, or the rules of now give them; each one's trust decides. */
import type { Role } from '../core/account.ts';
import type { RequestFacts } from '../core/context/request-context.ts';
import { chooseRoles } from '../core/mapping/choose-roles.ts';
import { NO_ROLES } from '../core/mapping/mapping-rules.ts';
import type { FederatedSignIn } from '../core/sign-in/identity.ts';
import type { SessionWish } from './begin-session.ts';
import type { Deps } from './deps.ts';
import { admission, type TrustQuestion } from './federated-trust.ts';
import { describeRule, findRole } from './mapped-roles.ts';
import { withinRole } from './within-role.ts';

/** How many roles a page looks at. */
const MAX_OFFERED = 50;

export interface Offered {
  /** In the order of the rules, or of the assertion. */
  readonly arns: readonly string[];
  /** For the trail: what rules on trial would have done. */
  readonly onTrial: readonly object[];
}

/** Asks the rules again: whoever has left their group since the login began is offered nothing by it any more. */
export async function offeredArns(
  { accountId, providerArn, roleArns, mapped }: FederatedSignIn,
  deps: Deps,
): Promise<Offered> {
  if (mapped === undefined) return { arns: roleArns, onTrial: [] };
  const rules = await deps.directory.mappingRules(accountId, mapped.providerId);
  const identity = { provider: providerArn, values: new Map(mapped.values) };
  const { roles, onTrial } = chooseRoles(rules ?? NO_ROLES, identity);
  return { arns: roles, onTrial: onTrial.map(describeRule) };
}

/** What a role's trust policy is asked about a browser's login. @param durationSeconds - null for the length that the login asks for */
export function browserQuestion(
  identity: FederatedSignIn,
  role: Role,
  durationSeconds: number | null,
  facts: RequestFacts,
): TrustQuestion {
  const { trustAction: call, federation, providerArn, context } = identity;
  const { sessionSeconds = null, ...asked } = identity.asked;
  const wish: SessionWish = {
    ...asked,
    durationSeconds: durationSeconds ?? withinRole(sessionSeconds, role),
    policies: null,
  };
  const provider = { arn: providerArn, name: federation.provider };
  return { call, role, provider, proved: context, wish, facts };
}

export interface OfferedRole {
  readonly role: Role;
  /** Whether the person must first prove a second factor. */
  readonly wantsFactor: boolean;
}

/** @param identity - with what the browser has proved of second factors in its context */
export async function offeredRoles(
  identity: FederatedSignIn,
  facts: RequestFacts,
  deps: Deps,
): Promise<readonly OfferedRole[]> {
  const { arns } = await offeredArns(identity, deps);
  const found = await Promise.all(arns.slice(0, MAX_OFFERED).map((arn) => findRole(arn, deps)));
  return found.flatMap((role) => {
    const told = role === null ? 'refused' : admission(browserQuestion(identity, role, null, facts));
    return role === null || told === 'refused' ? [] : [{ role, wantsFactor: told === 'with-factor' }];
  });
}
