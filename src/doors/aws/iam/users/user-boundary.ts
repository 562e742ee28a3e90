import { arn, userName } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { boundaryContext, userTarget } from '../targets.ts';

/** `iam:PermissionsBoundary` is the boundary that is to be set: so a policy can say which ones may be. */
export const putUserPermissionsBoundary = entityAction({
  name: 'PutUserPermissionsBoundary',
  audit: 'change',
  permission: {
    action: 'iam:PutUserPermissionsBoundary',
    target: userTarget,
    context: (input) => boundaryContext(input.PermissionsBoundary),
  },
  input: { UserName: userName(), PermissionsBoundary: arn() },
  output: nothing,
  run: ({ UserName, PermissionsBoundary }, { caller, deps, changeEvent }) =>
    deps.users.setBoundary(caller.accountId, UserName, PermissionsBoundary, changeEvent),
});

export const deleteUserPermissionsBoundary = entityAction({
  name: 'DeleteUserPermissionsBoundary',
  audit: 'change',
  permission: { action: 'iam:DeleteUserPermissionsBoundary', target: userTarget },
  input: { UserName: userName() },
  output: nothing,
  run: ({ UserName }, { caller, deps, changeEvent }) =>
    deps.users.setBoundary(caller.accountId, UserName, null, changeEvent),
});
