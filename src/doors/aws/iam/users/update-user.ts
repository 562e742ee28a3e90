import { parseIamArn, userArn } from '../../../../core/arn.ts';
import { authorize } from '../../../../usecases/authorize.ts';
import { optional } from '../../query/field.ts';
import { existingUserName, path, userName } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { userTarget } from '../targets.ts';

/** Renames and moves. Both the user as it is and the user as it will be must be allowed: else a move would escape a path's rules. */
export const updateUser = entityAction({
  name: 'UpdateUser',
  audit: 'change',
  permission: { action: 'iam:UpdateUser', target: userTarget },
  input: {
    UserName: existingUserName(),
    NewPath: optional(path()),
    NewUserName: optional(userName()),
  },
  output: nothing,
  run: async ({ UserName, NewPath, NewUserName }, { caller, facts, deps, changeEvent }) => {
    const { accountId } = caller;
    const { resource, context } = await userTarget({ UserName }, caller, deps);
    const held = parseIamArn(resource);
    const moved = userArn(accountId, NewPath ?? held?.path ?? '/', NewUserName ?? held?.name ?? UserName);
    authorize(caller, { action: 'iam:UpdateUser', resource: moved, context }, facts);
    const change = {
      ...(NewUserName !== undefined && { name: NewUserName }),
      ...(NewPath !== undefined && { path: NewPath }),
    };
    await deps.users.update(accountId, UserName, change, changeEvent);
  },
});
