import { groupArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { groupName, pathOrRoot, pathPrefix } from '../../query/fields.ts';
import { listOf, nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { groupOf, groupShape, listedUserOf, listedUserShape } from '../shapes.ts';
import { groupTarget } from '../targets.ts';

export const createGroup = action({
  name: 'CreateGroup',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateGroup',
    resource: (input, caller) => groupArn(caller.accountId, input.Path, input.GroupName),
  },
  input: { GroupName: groupName(), Path: pathOrRoot() },
  output: { Group: groupShape },
  run: async ({ GroupName, Path }, { caller, deps, changeEvent }) => {
    const wanted = { name: GroupName, path: Path };
    return { Group: groupOf(await deps.groups.create(caller.accountId, wanted, changeEvent)) };
  },
});

/** The group, with its members page by page. */
export const getGroup = entityAction({
  name: 'GetGroup',
  audit: 'read',
  permission: { action: 'iam:GetGroup', target: groupTarget },
  input: { GroupName: groupName(), ...pageFields },
  output: { Group: groupShape, Users: listOf(listedUserShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const wanted = pageRequest('group-members', input);
    const group = await deps.groups.require(caller.accountId, input.GroupName);
    const page = await deps.groups.members(caller.accountId, group.groupId, wanted);
    return {
      Group: groupOf(group),
      Users: page.items.map(listedUserOf),
      ...pageEnd('group-members', page),
    };
  },
});

export const listGroups = action({
  name: 'ListGroups',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListGroups',
    resource: (input, caller) => `arn:aws:iam::${caller.accountId}:group${input.PathPrefix}`,
  },
  input: { PathPrefix: pathPrefix(), ...pageFields },
  output: { Groups: listOf(groupShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const wanted = pageRequest('groups', input);
    const page = await deps.groups.list(caller.accountId, input.PathPrefix, wanted);
    return { Groups: page.items.map(groupOf), ...pageEnd('groups', page) };
  },
});

export const deleteGroup = entityAction({
  name: 'DeleteGroup',
  audit: 'change',
  permission: { action: 'iam:DeleteGroup', target: groupTarget },
  input: { GroupName: groupName() },
  output: nothing,
  run: ({ GroupName }, { caller, deps, changeEvent }) =>
    deps.groups.remove(caller.accountId, GroupName, changeEvent),
});
