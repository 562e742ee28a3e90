import { optional } from '../../query/field.ts';
import { accessKeyIdField, existingUserName } from '../../query/fields.ts';
import { oneOf } from '../../query/kinds.ts';
import { listOf, moment, nothing, record, text } from '../../query/shape.ts';
import { callerUserName } from '../caller-user.ts';
import { entityAction } from '../entity-action.ts';
import { pageFields, pageMembers, shortPage } from '../paging.ts';
import { userTarget } from '../targets.ts';

export const listAccessKeys = entityAction({
  name: 'ListAccessKeys',
  audit: 'read',
  permission: { action: 'iam:ListAccessKeys', target: userTarget },
  input: { UserName: optional(existingUserName()), ...pageFields },
  output: {
    AccessKeyMetadata: listOf(
      record({ UserName: text, AccessKeyId: text, Status: text, CreateDate: moment }),
    ),
    ...pageMembers,
  },
  run: async (input, { caller, deps }) => {
    const name = input.UserName ?? callerUserName(caller);
    const keys = await deps.accessKeys.list(caller.accountId, name);
    const { items, end } = shortPage('access-keys', keys, input);
    const AccessKeyMetadata = items.map((key) => ({
      UserName: key.userName,
      AccessKeyId: key.accessKeyId,
      Status: key.status,
      CreateDate: key.createdAtSeconds,
    }));
    return { AccessKeyMetadata, ...end };
  },
});

export const updateAccessKey = entityAction({
  name: 'UpdateAccessKey',
  audit: 'change',
  permission: { action: 'iam:UpdateAccessKey', target: userTarget },
  input: {
    UserName: optional(existingUserName()),
    AccessKeyId: accessKeyIdField(),
    Status: oneOf(['Active', 'Inactive']),
  },
  output: nothing,
  run: ({ UserName, AccessKeyId, Status }, { caller, deps, changeEvent }) => {
    const name = UserName ?? callerUserName(caller);
    return deps.accessKeys.setStatus(caller.accountId, name, AccessKeyId, Status, changeEvent());
  },
});

export const deleteAccessKey = entityAction({
  name: 'DeleteAccessKey',
  audit: 'change',
  permission: { action: 'iam:DeleteAccessKey', target: userTarget },
  input: { UserName: optional(existingUserName()), AccessKeyId: accessKeyIdField() },
  output: nothing,
  run: ({ UserName, AccessKeyId }, { caller, deps, changeEvent }) => {
    const name = UserName ?? callerUserName(caller);
    return deps.accessKeys.remove(caller.accountId, name, AccessKeyId, changeEvent());
  },
});
