import { optional } from '../../query/field.ts';
import { existingUserName } from '../../query/fields.ts';
import { moment, record, text } from '../../query/shape.ts';
import { callerUserName } from '../caller-user.ts';
import { entityAction } from '../entity-action.ts';
import { userTarget } from '../targets.ts';

/** The only answer that ever tells the secret. */
export const createAccessKey = entityAction({
  name: 'CreateAccessKey',
  audit: 'change',
  permission: { action: 'iam:CreateAccessKey', target: userTarget },
  input: { UserName: optional(existingUserName()) },
  output: {
    AccessKey: record({
      UserName: text,
      AccessKeyId: text,
      Status: text,
      SecretAccessKey: text,
      CreateDate: moment,
    }),
  },
  run: async ({ UserName }, { caller, deps, changeEvent }) => {
    const name = UserName ?? callerUserName(caller);
    const key = await deps.accessKeys.create(caller.accountId, name, changeEvent);
    return {
      AccessKey: {
        UserName: key.userName,
        AccessKeyId: key.accessKeyId,
        Status: key.status,
        SecretAccessKey: key.secretAccessKey,
        CreateDate: key.createdAtSeconds,
      },
    };
  },
});
