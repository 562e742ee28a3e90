import { instanceProfileArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { instanceProfileName, pathOrRoot, pathPrefix, roleName, tags } from '../../query/fields.ts';
import { listOf, nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { requestTagContext } from '../request-tags.ts';
import { instanceProfileTarget, roleTarget } from '../targets.ts';
import { listedProfileOf, listedProfileShape, profileOf, profileShape } from './shapes.ts';

const LIST = 'instance-profiles';
const ROLE_LIST = 'role-instance-profiles';

export const createInstanceProfile = action({
  name: 'CreateInstanceProfile',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateInstanceProfile',
    resource: (input, caller) => instanceProfileArn(caller.accountId, input.Path, input.InstanceProfileName),
    context: (input) => requestTagContext(input.Tags),
  },
  input: { InstanceProfileName: instanceProfileName(), Path: pathOrRoot(), Tags: optional(tags()) },
  output: { InstanceProfile: profileShape },
  run: async ({ InstanceProfileName, Path, Tags = [] }, { caller, deps, changeEvent }) => {
    const wanted = { name: InstanceProfileName, path: Path, tags: Tags };
    const made = await deps.instanceProfiles.create(caller.accountId, wanted, changeEvent);
    return { InstanceProfile: profileOf(made) };
  },
});

export const getInstanceProfile = entityAction({
  name: 'GetInstanceProfile',
  audit: 'read',
  permission: { action: 'iam:GetInstanceProfile', target: instanceProfileTarget },
  input: { InstanceProfileName: instanceProfileName() },
  output: { InstanceProfile: profileShape },
  run: async ({ InstanceProfileName }, { caller, deps }) => ({
    InstanceProfile: profileOf(await deps.instanceProfiles.require(caller.accountId, InstanceProfileName)),
  }),
});

export const listInstanceProfiles = action({
  name: 'ListInstanceProfiles',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListInstanceProfiles',
    resource: (input, caller) => `arn:aws:iam::${caller.accountId}:instance-profile${input.PathPrefix}`,
  },
  input: { PathPrefix: pathPrefix(), ...pageFields },
  output: { InstanceProfiles: listOf(listedProfileShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const wanted = pageRequest(LIST, input);
    const page = await deps.instanceProfiles.list(caller.accountId, input.PathPrefix, wanted);
    return { InstanceProfiles: page.items.map(listedProfileOf), ...pageEnd(LIST, page) };
  },
});

export const listInstanceProfilesForRole = entityAction({
  name: 'ListInstanceProfilesForRole',
  audit: 'read',
  permission: { action: 'iam:ListInstanceProfilesForRole', target: roleTarget },
  input: { RoleName: roleName(), ...pageFields },
  output: { InstanceProfiles: listOf(listedProfileShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const wanted = pageRequest(ROLE_LIST, input);
    const page = await deps.instanceProfiles.listForRole(caller.accountId, input.RoleName, wanted);
    return { InstanceProfiles: page.items.map(listedProfileOf), ...pageEnd(ROLE_LIST, page) };
  },
});

export const deleteInstanceProfile = entityAction({
  name: 'DeleteInstanceProfile',
  audit: 'change',
  permission: { action: 'iam:DeleteInstanceProfile', target: instanceProfileTarget },
  input: { InstanceProfileName: instanceProfileName() },
  output: nothing,
  run: ({ InstanceProfileName }, { caller, deps, changeEvent }) =>
    deps.instanceProfiles.remove(caller.accountId, InstanceProfileName, changeEvent),
});
