import { existingUserName } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { userTarget } from '../targets.ts';

export const deleteUser = entityAction({
  name: 'DeleteUser',
  audit: 'change',
  permission: { action: 'iam:DeleteUser', target: userTarget },
  input: { UserName: existingUserName() },
  output: nothing,
  run: ({ UserName }, { caller, deps, changeEvent }) =>
    deps.users.remove(caller.accountId, UserName, changeEvent),
});
