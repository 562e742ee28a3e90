import { optional } from '../../query/field.ts';
import { existingUserName } from '../../query/fields.ts';
import { callerUserName } from '../caller-user.ts';
import { entityAction } from '../entity-action.ts';
import { userOf, userShape } from '../shapes.ts';
import { userTarget } from '../targets.ts';

export const getUser = entityAction({
  name: 'GetUser',
  audit: 'read',
  permission: { action: 'iam:GetUser', target: userTarget },
  input: { UserName: optional(existingUserName()) },
  output: { User: userShape },
  run: async ({ UserName }, { caller, deps }) => ({
    User: userOf(await deps.users.require(caller.accountId, UserName ?? callerUserName(caller))),
  }),
});
