import { DETAIL_SECTIONS } from '../../../../core/repositories/account-details.ts';
import { action } from '../../query/action.ts';
import { withDefault } from '../../query/field.ts';
import { list, oneOf } from '../../query/kinds.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { detailLists, detailListsOf } from './authorization-details.ts';

const LIST = 'authorization-details';

/** Without a filter, or with an empty one, everything is told. Pages may be shorter than MaxItems while more follows, as in AWS. */
export const getAccountAuthorizationDetails = action({
  name: 'GetAccountAuthorizationDetails',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetAccountAuthorizationDetails', resource: () => '*' },
  input: { Filter: withDefault(list(oneOf(DETAIL_SECTIONS)), []), ...pageFields },
  output: { ...detailLists, ...pageMembers },
  run: async (input, { caller, deps }) => {
    const sections = new Set(input.Filter.length === 0 ? DETAIL_SECTIONS : input.Filter);
    const page = await deps.accountDetails.list(caller.accountId, sections, pageRequest(LIST, input));
    const roleIds = page.items.flatMap((each) => (each.kind === 'role' ? [each.role.roleId] : []));
    const uses = await deps.lastUses.of(caller.accountId, 'role', roleIds);
    return { ...detailListsOf(page.items, uses), ...pageEnd(LIST, page) };
  },
});
