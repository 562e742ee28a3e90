/** Which role a login gets where nobody names one: the provider's mapping rules choose, each role's trust policy decides. */
import type { Role } from '../core/account.ts';
import { parseIamArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { chooseRoles, type RoleChoice } from '../core/mapping/choose-roles.ts';
import { type IdentityValues, type MappingRule, NO_ROLES } from '../core/mapping/mapping-rules.ts';
import type { Deps } from './deps.ts';
import { inVain } from './lookups.ts';

/** A login of any protocol. */
export interface MappedLogin {
  readonly accountId: string;
  /** The provider's unique id, under which its rules are kept. */
  readonly providerId: string;
  readonly identity: IdentityValues;
  /** Whether a role's trust policy lets this login in. */
  readonly admits: (role: Role) => boolean;
  /** What it is told where no role is left. */
  readonly refusal?: string;
}

export const NO_ROLE_MAPPED = 'no role is mapped to this login';

export interface MappedRoles {
  /** Roles that the rules give and whose trust policies admit the login, in the order of the rules. */
  readonly roles: readonly Role[];
  readonly choice: RoleChoice;
}

/** The role that a login gets by the rules. */
export interface MappedRole {
  readonly role: Role;
  /** For the trail: what rules on trial would have done. */
  readonly onTrial: readonly object[];
}

/** More than one role is possible: whoever asks must name one of them. */
export class RoleChoiceFault extends Fault {
  /** ARNs, in the order of the rules. */
  readonly roles: readonly string[];

  constructor(roles: readonly string[]) {
    super('invalid_target', 'more than one role is possible for this login: name one of them', { roles });
    this.roles = roles;
  }
}

/** Asks rules and trust policies. An account that has no rules for the provider gives nobody a role by them. */
export async function findMappedRoles(login: MappedLogin, deps: Deps): Promise<MappedRoles> {
  const { accountId, providerId, identity, admits } = login;
  const rules = await deps.directory.mappingRules(accountId, providerId);
  const choice = chooseRoles(rules ?? NO_ROLES, identity);
  if (choice.onTrial.length > 0) {
    const onTrial = choice.onTrial.map(describeRule);
    deps.log('info', 'mapping.rules_on_trial_matched', { accountId, providerId, rules: onTrial });
  }
  const found = await Promise.all(choice.roles.map((arn) => findRole(arn, deps)));
  return { choice, roles: found.filter((role) => role !== null).filter(admits) };
}

/**
 * @returns the one role that is possible, and the rules on trial that matched
 * @throws Fault `access_denied` when there is none, RoleChoiceFault when there are several
 */
export async function requireMappedRole(login: MappedLogin, deps: Deps): Promise<MappedRole> {
  const { roles, choice } = await findMappedRoles(login, deps);
  const [only, ...others] = roles;
  if (only === undefined) {
    const { decidedBy } = choice;
    const detail = { provider: login.identity.provider, decidedBy, mapped: choice.roles, ...inVain };
    throw new Fault('access_denied', login.refusal ?? NO_ROLE_MAPPED, detail);
  }
  if (others.length > 0) throw new RoleChoiceFault(roles.map(({ arn }) => arn));
  return { role: only, onTrial: choice.onTrial.map(describeRule) };
}

/** How log, trail and dry run name a rule. */
export const describeRule = ({ index, sid, effect, roles }: MappingRule) => ({
  rule: sid ?? `Rules[${index}]`,
  effect,
  roles,
});

/** @returns the role of this very ARN, or null */
export async function findRole(arn: string, { directory }: Deps): Promise<Role | null> {
  const named = parseIamArn(arn);
  const role = named === null ? null : await directory.role(named.accountId, named.name);
  return role?.arn === arn ? role : null;
}
