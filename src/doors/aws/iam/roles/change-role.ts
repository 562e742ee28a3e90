import { optional } from '../../query/field.ts';
import { description, policyDocument, roleName } from '../../query/fields.ts';
import { integer } from '../../query/kinds.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { roleOf, roleShape } from '../shapes.ts';
import { roleTarget } from '../targets.ts';
import { requireTrust } from './trust.ts';

/** Its answer is an empty result, as in AWS. */
export const updateRole = entityAction({
  name: 'UpdateRole',
  audit: 'change',
  permission: { action: 'iam:UpdateRole', target: roleTarget },
  input: {
    RoleName: roleName(),
    Description: optional(description()),
    MaxSessionDuration: optional(integer({ min: 3600, max: 43_200 })),
  },
  output: {},
  run: async ({ RoleName, Description, MaxSessionDuration }, { caller, deps, changeEvent }) => {
    const change = {
      ...(Description !== undefined && { description: Description }),
      ...(MaxSessionDuration !== undefined && { maxSessionSeconds: MaxSessionDuration }),
    };
    await deps.roles.update(caller.accountId, RoleName, change, changeEvent);
    return {};
  },
});

export const updateRoleDescription = entityAction({
  name: 'UpdateRoleDescription',
  audit: 'change',
  permission: { action: 'iam:UpdateRoleDescription', target: roleTarget },
  input: { RoleName: roleName(), Description: description() },
  output: { Role: roleShape },
  run: async ({ RoleName, Description }, { caller, deps, changeEvent }) => {
    await deps.roles.update(caller.accountId, RoleName, { description: Description }, changeEvent);
    return { Role: roleOf(await deps.roles.require(caller.accountId, RoleName)) };
  },
});

export const updateAssumeRolePolicy = entityAction({
  name: 'UpdateAssumeRolePolicy',
  audit: 'change',
  permission: { action: 'iam:UpdateAssumeRolePolicy', target: roleTarget },
  input: { RoleName: roleName(), PolicyDocument: policyDocument() },
  output: nothing,
  run: async ({ RoleName, PolicyDocument }, { caller, deps, changeEvent }) =>
    deps.roles.setTrust(caller.accountId, RoleName, requireTrust(PolicyDocument), changeEvent),
});

export const deleteRole = entityAction({
  name: 'DeleteRole',
  audit: 'change',
  permission: { action: 'iam:DeleteRole', target: roleTarget },
  input: { RoleName: roleName() },
  output: nothing,
  run: ({ RoleName }, { caller, deps, changeEvent }) =>
    deps.roles.remove(caller.accountId, RoleName, changeEvent),
});
