import { parseIamArn } from '../core/arn.ts';
import { Fault } from '../core/faults.ts';
import { principalCaller, userPrincipalCaller } from './caller.ts';
import type { Deps } from './deps.ts';
import type { PolicySource } from './simulate.ts';

/**
 * The stored policies of a user, group or role of an account.
 * @throws Fault `no_such_entity`, `invalid_input`
 */
export async function requirePolicySource(arn: string, accountId: string, deps: Deps): Promise<PolicySource> {
  const named = parseIamArn(arn);
  if (named === null || !['user', 'group', 'role'].includes(named.kind)) {
    throw new Fault('invalid_input', `\`${arn}\` is not the ARN of a user, group or role`);
  }
  const found = named.accountId === accountId ? await find(named.kind, named.name, accountId, deps) : null;
  if (found === null || found.arn !== arn)
    throw new Fault('no_such_entity', `The entity ${arn} cannot be found.`);
  return found;
}

async function find(
  kind: string,
  name: string,
  accountId: string,
  { directory }: Deps,
): Promise<(PolicySource & { readonly arn: string }) | null> {
  if (kind === 'group') {
    const group = await directory.group(accountId, name);
    return group === null ? null : { arn: group.arn, caller: null, policies: group.policies };
  }
  const entity =
    kind === 'user' ? await directory.user(accountId, name) : await directory.role(accountId, name);
  if (entity === null) return null;
  const caller = 'userId' in entity ? userPrincipalCaller(entity) : principalCaller(entity, null);
  return { arn: entity.arn, caller, policies: entity.policies.identity };
}
