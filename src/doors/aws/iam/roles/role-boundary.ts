import { arn, roleName } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { boundaryContext, roleTarget } from '../targets.ts';

/** `iam:PermissionsBoundary` is the boundary that is to be set: so a policy can say which ones may be. */
export const putRolePermissionsBoundary = entityAction({
  name: 'PutRolePermissionsBoundary',
  audit: 'change',
  permission: {
    action: 'iam:PutRolePermissionsBoundary',
    target: roleTarget,
    context: (input) => boundaryContext(input.PermissionsBoundary),
  },
  input: { RoleName: roleName(), PermissionsBoundary: arn() },
  output: nothing,
  run: ({ RoleName, PermissionsBoundary }, { caller, deps, changeEvent }) =>
    deps.roles.setBoundary(caller.accountId, RoleName, PermissionsBoundary, changeEvent),
});

export const deleteRolePermissionsBoundary = entityAction({
  name: 'DeleteRolePermissionsBoundary',
  audit: 'change',
  permission: { action: 'iam:DeleteRolePermissionsBoundary', target: roleTarget },
  input: { RoleName: roleName() },
  output: nothing,
  run: ({ RoleName }, { caller, deps, changeEvent }) =>
    deps.roles.setBoundary(caller.accountId, RoleName, null, changeEvent),
});
