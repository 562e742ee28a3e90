import { parseArn } from '../../../../core/arn.ts';
import type { ApplicablePolicies } from '../../../../core/policy/types.ts';
import { readSimulated, simulate, simulatedPrincipal } from '../../../../usecases/simulate.ts';
import { action } from '../../query/action.ts';
import { policyDocument } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import {
  contextEntries,
  ownerAccount,
  pageAnswer,
  pageAsked,
  simulationFields,
  simulationOutput,
} from './shapes.ts';

export const simulateCustomPolicy = action({
  name: 'SimulateCustomPolicy',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:SimulateCustomPolicy', resource: () => '*' },
  input: { PolicyInputList: list(policyDocument(), { max: 50 }), ...simulationFields },
  output: simulationOutput,
  run: async (input, { caller, deps }) => {
    const policies: ApplicablePolicies = {
      identity: input.PolicyInputList.map((text, index) =>
        readSimulated(text, 'identity', `PolicyInputList.${index + 1}`),
      ),
      ...(input.PermissionsBoundaryPolicyInputList !== undefined && {
        boundaries: input.PermissionsBoundaryPolicyInputList.map((text, index) =>
          readSimulated(text, 'permissions-boundary', `PermissionsBoundaryPolicyInputList.${index + 1}`),
        ),
      }),
      ...(input.ResourcePolicy !== undefined && {
        resource: readSimulated(input.ResourcePolicy, 'resource', 'ResourcePolicy'),
      }),
    };
    // Without a caller the policies are somebody's of this account; who it is matters to resource policies alone.
    const callerArn = input.CallerArn ?? `arn:aws:iam::${caller.accountId}:user/simulated`;
    const page = await simulate(
      {
        principal: simulatedPrincipal(callerArn),
        accountId: parseArn(callerArn)?.accountId ?? caller.accountId,
        askerAccountId: caller.accountId,
        policies,
        actions: input.ActionNames,
        resources: input.ResourceArns,
        resourceOwner: ownerAccount(input.ResourceOwner),
        context: contextEntries(input.ContextEntries),
      },
      pageAsked(input),
      deps,
    );
    return pageAnswer(page, policies);
  },
});
