import { userArn } from '../../../../core/arn.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { arn, pathOrRoot, tags, userName } from '../../query/fields.ts';
import { requestTagContext } from '../request-tags.ts';
import { userOf, userShape } from '../shapes.ts';
import { boundaryContext } from '../targets.ts';

export const createUser = action({
  name: 'CreateUser',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateUser',
    resource: (input, caller) => userArn(caller.accountId, input.Path, input.UserName),
    context: (input) => [...requestTagContext(input.Tags), ...boundaryContext(input.PermissionsBoundary)],
  },
  input: {
    UserName: userName(),
    Path: pathOrRoot(),
    PermissionsBoundary: optional(arn()),
    Tags: optional(tags()),
  },
  output: { User: userShape },
  run: async (input, { caller, deps, changeEvent }) => {
    const wanted = {
      name: input.UserName,
      path: input.Path,
      tags: input.Tags ?? [],
      boundaryArn: input.PermissionsBoundary ?? null,
    };
    return { User: userOf(await deps.users.create(caller.accountId, wanted, changeEvent)) };
  },
});
