import { groupArn, parseIamArn } from '../../../../core/arn.ts';
import { authorize } from '../../../../usecases/authorize.ts';
import { optional } from '../../query/field.ts';
import { groupName, path } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { groupTarget } from '../targets.ts';

/** Renames and moves. The group as it will be must be allowed too, as for a user. */
export const updateGroup = entityAction({
  name: 'UpdateGroup',
  audit: 'change',
  permission: { action: 'iam:UpdateGroup', target: groupTarget },
  input: {
    GroupName: groupName(),
    NewPath: optional(path()),
    NewGroupName: optional(groupName()),
  },
  output: nothing,
  run: async ({ GroupName, NewPath, NewGroupName }, { caller, facts, deps, changeEvent }) => {
    const { accountId } = caller;
    const held = parseIamArn((await groupTarget({ GroupName }, caller, deps)).resource);
    const moved = groupArn(accountId, NewPath ?? held?.path ?? '/', NewGroupName ?? held?.name ?? GroupName);
    authorize(caller, { action: 'iam:UpdateGroup', resource: moved }, facts);
    const change = {
      ...(NewGroupName !== undefined && { name: NewGroupName }),
      ...(NewPath !== undefined && { path: NewPath }),
    };
    await deps.groups.update(accountId, GroupName, change, changeEvent);
  },
});
