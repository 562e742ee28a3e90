import { action } from '../../query/action.ts';
import { pathPrefix } from '../../query/fields.ts';
import { listOf } from '../../query/shape.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { listedUserOf, listedUserShape } from '../shapes.ts';

const LIST = 'users';

export const listUsers = action({
  name: 'ListUsers',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListUsers',
    resource: (input, caller) => `arn:aws:iam::${caller.accountId}:user${input.PathPrefix}`,
  },
  input: { PathPrefix: pathPrefix(), ...pageFields },
  output: { Users: listOf(listedUserShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const page = await deps.users.list(caller.accountId, input.PathPrefix, pageRequest(LIST, input));
    return { Users: page.items.map(listedUserOf), ...pageEnd(LIST, page) };
  },
});
