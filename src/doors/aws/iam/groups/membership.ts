import { existingUserName, groupName } from '../../query/fields.ts';
import { listOf, nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { groupOf, groupShape } from '../shapes.ts';
import { groupTarget, userTarget } from '../targets.ts';

/** Decided on the group alone, as in AWS. */
export const addUserToGroup = entityAction({
  name: 'AddUserToGroup',
  audit: 'change',
  permission: { action: 'iam:AddUserToGroup', target: groupTarget },
  input: { GroupName: groupName(), UserName: existingUserName() },
  output: nothing,
  run: ({ GroupName, UserName }, { caller, deps, changeEvent }) =>
    deps.groups.addUser(caller.accountId, GroupName, UserName, changeEvent),
});

export const removeUserFromGroup = entityAction({
  name: 'RemoveUserFromGroup',
  audit: 'change',
  permission: { action: 'iam:RemoveUserFromGroup', target: groupTarget },
  input: { GroupName: groupName(), UserName: existingUserName() },
  output: nothing,
  run: ({ GroupName, UserName }, { caller, deps, changeEvent }) =>
    deps.groups.removeUser(caller.accountId, GroupName, UserName, changeEvent),
});

export const listGroupsForUser = entityAction({
  name: 'ListGroupsForUser',
  audit: 'read',
  permission: { action: 'iam:ListGroupsForUser', target: userTarget },
  input: { UserName: existingUserName(), ...pageFields },
  output: { Groups: listOf(groupShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const wanted = pageRequest('groups-for-user', input);
    const page = await deps.groups.ofUser(caller.accountId, input.UserName, wanted);
    return { Groups: page.items.map(groupOf), ...pageEnd('groups-for-user', page) };
  },
});
