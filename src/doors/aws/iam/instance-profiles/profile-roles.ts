import { authorize } from '../../../../usecases/authorize.ts';
import { instanceProfileName, roleName } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { instanceProfileTarget, roleTarget } from '../targets.ts';

/** Whoever gives a role to machines must be allowed to pass that role on, or could raise itself through one. */
export const addRoleToInstanceProfile = entityAction({
  name: 'AddRoleToInstanceProfile',
  audit: 'change',
  permission: { action: 'iam:AddRoleToInstanceProfile', target: instanceProfileTarget },
  input: { InstanceProfileName: instanceProfileName(), RoleName: roleName() },
  output: nothing,
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const role = await roleTarget(input, caller, deps);
    authorize(caller, { action: 'iam:PassRole', ...role }, facts);
    const { InstanceProfileName, RoleName } = input;
    await deps.instanceProfiles.addRole(caller.accountId, InstanceProfileName, RoleName, changeEvent);
  },
});

export const removeRoleFromInstanceProfile = entityAction({
  name: 'RemoveRoleFromInstanceProfile',
  audit: 'change',
  permission: { action: 'iam:RemoveRoleFromInstanceProfile', target: instanceProfileTarget },
  input: { InstanceProfileName: instanceProfileName(), RoleName: roleName() },
  output: nothing,
  run: ({ InstanceProfileName, RoleName }, { caller, deps, changeEvent }) =>
    deps.instanceProfiles.removeRole(caller.accountId, InstanceProfileName, RoleName, changeEvent),
});
