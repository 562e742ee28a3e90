import type { PolicyHolderRecord } from '../../../../core/repositories/attachments.ts';
import { optional } from '../../query/field.ts';
import { arn, pathPrefix } from '../../query/fields.ts';
import { oneOf } from '../../query/kinds.ts';
import { listOf, record, text } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { policyTarget } from '../targets.ts';

const LIST = 'policy-entities';

const TYPES = { User: 'user', Role: 'role', Group: 'group' } as const;

/** Without the two policy filters of AWS's enumeration: a policy is attached to no policy. */
export const listEntitiesForPolicy = entityAction({
  name: 'ListEntitiesForPolicy',
  audit: 'read',
  permission: { action: 'iam:ListEntitiesForPolicy', target: policyTarget },
  input: {
    PolicyArn: arn(),
    EntityFilter: optional(oneOf(['User', 'Role', 'Group'])),
    PolicyUsageFilter: optional(oneOf(['PermissionsPolicy', 'PermissionsBoundary'])),
    PathPrefix: pathPrefix(),
    ...pageFields,
  },
  output: {
    PolicyGroups: listOf(record({ GroupName: text, GroupId: text })),
    PolicyUsers: listOf(record({ UserName: text, UserId: text })),
    PolicyRoles: listOf(record({ RoleName: text, RoleId: text })),
    ...pageMembers,
  },
  run: async (input, { caller, deps }) => {
    const filter = {
      type: input.EntityFilter === undefined ? null : TYPES[input.EntityFilter],
      usage: input.PolicyUsageFilter ?? null,
      pathPrefix: input.PathPrefix,
    };
    const wanted = pageRequest(LIST, input);
    const page = await deps.attachments.holders(caller.accountId, input.PolicyArn, filter, wanted);
    return {
      PolicyGroups: of('group', page.items).map(({ name, id }) => ({ GroupName: name, GroupId: id })),
      PolicyUsers: of('user', page.items).map(({ name, id }) => ({ UserName: name, UserId: id })),
      PolicyRoles: of('role', page.items).map(({ name, id }) => ({ RoleName: name, RoleId: id })),
      ...pageEnd(LIST, page),
    };
  },
});

const of = (type: PolicyHolderRecord['type'], holders: readonly PolicyHolderRecord[]) =>
  holders.filter((holder) => holder.type === type);
