import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { arn, pathPrefix } from '../../query/fields.ts';
import { boolean, oneOf } from '../../query/kinds.ts';
import { listOf, nothing } from '../../query/shape.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest } from '../paging.ts';
import { listedPolicyOf, listedPolicyShape, policyOf, policyShape } from '../shapes.ts';
import { policyTarget } from '../targets.ts';

const LIST = 'policies';

export const getPolicy = entityAction({
  name: 'GetPolicy',
  audit: 'read',
  permission: { action: 'iam:GetPolicy', target: policyTarget },
  input: { PolicyArn: arn() },
  output: { Policy: policyShape },
  run: async ({ PolicyArn }, { caller, deps }) => ({
    Policy: policyOf(await deps.policies.require(caller.accountId, PolicyArn)),
  }),
});

export const listPolicies = action({
  name: 'ListPolicies',
  auth: 'sigv4',
  audit: 'read',
  permission: {
    action: 'iam:ListPolicies',
    resource: (input, caller) => `arn:aws:iam::${caller.accountId}:policy${input.PathPrefix}`,
  },
  input: {
    Scope: withDefault(oneOf(['All', 'AWS', 'Local']), 'All'),
    OnlyAttached: withDefault(boolean(), false),
    PathPrefix: pathPrefix(),
    PolicyUsageFilter: optional(oneOf(['PermissionsPolicy', 'PermissionsBoundary'])),
    ...pageFields,
  },
  output: { Policies: listOf(listedPolicyShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const filter = {
      scope: input.Scope,
      onlyAttached: input.OnlyAttached,
      pathPrefix: input.PathPrefix,
      usage: input.PolicyUsageFilter ?? null,
    };
    const page = await deps.policies.list(caller.accountId, filter, pageRequest(LIST, input));
    return { Policies: page.items.map(listedPolicyOf), ...pageEnd(LIST, page) };
  },
});

export const deletePolicy = entityAction({
  name: 'DeletePolicy',
  audit: 'change',
  permission: { action: 'iam:DeletePolicy', target: policyTarget },
  input: { PolicyArn: arn() },
  output: nothing,
  run: ({ PolicyArn }, { caller, deps, changeEvent }) =>
    deps.policies.remove(caller.accountId, PolicyArn, changeEvent),
});
