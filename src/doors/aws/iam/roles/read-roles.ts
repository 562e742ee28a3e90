import { action } from '../../query/action.ts';
import { pathPrefix, roleName } from '../../query/fields.ts';
import { listOf } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { listedRoleOf, listedRoleShape, roleLastUsedOf, roleOf, roleShape } from '../shapes.ts';
import { roleTarget } from '../targets.ts';

const LIST = 'roles';

export const getRole = entityAction({
  name: 'GetRole',
  audit: 'read',
  permission: { action: 'iam:GetRole', target: roleTarget },
  input: { RoleName: roleName() },
  output: { Role: roleShape },
  run: async ({ RoleName }, { caller: { accountId }, deps }) => {
    const role = await deps.roles.require(accountId, RoleName);
    const uses = await deps.lastUses.of(accountId, 'role', [role.roleId]);
    return { Role: { ...roleOf(role), ...roleLastUsedOf(uses.get(role.roleId)) } };
  },
});

export const listRoles = action({
  name: 'ListRoles',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListRoles',
    resource: (input, caller) => `arn:aws:iam::${caller.accountId}:role${input.PathPrefix}`,
  },
  input: { PathPrefix: pathPrefix(), ...pageFields },
  output: { Roles: listOf(listedRoleShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const page = await deps.roles.list(caller.accountId, input.PathPrefix, pageRequest(LIST, input));
    return { Roles: page.items.map(listedRoleOf), ...pageEnd(LIST, page) };
  },
});
