import { timeContext } from '../../../../core/context/request-context.ts';
import type { ApplicablePolicies } from '../../../../core/policy/types.ts';
import { requirePolicySource } from '../../../../usecases/policy-source.ts';
import {
  type PolicySource,
  readSimulated,
  simulate,
  simulatedPrincipal,
} from '../../../../usecases/simulate.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { arn, policyDocument } from '../../query/fields.ts';
import { list } from '../../query/kinds.ts';
import {
  contextEntries,
  ownerAccount,
  pageAnswer,
  pageAsked,
  simulationFields,
  simulationOutput,
} from './shapes.ts';

export const simulatePrincipalPolicy = action({
  name: 'SimulatePrincipalPolicy',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:SimulatePrincipalPolicy', resource: (input) => input.PolicySourceArn },
  input: {
    PolicySourceArn: arn(),
    PolicyInputList: optional(list(policyDocument(), { max: 50 })),
    ...simulationFields,
  },
  output: simulationOutput,
  run: async (input, { caller, facts, deps }) => {
    const source = await requirePolicySource(input.PolicySourceArn, caller.accountId, deps);
    const policies = policiesOf(source, input);
    const page = await simulate(
      {
        principal: principalOf(source, input.CallerArn, caller.accountId),
        accountId: caller.accountId,
        askerAccountId: caller.accountId,
        policies,
        actions: input.ActionNames,
        resources: input.ResourceArns,
        resourceOwner: ownerAccount(input.ResourceOwner),
        // What-if: what the caller gives stands last and so wins over what is known.
        context: [
          ...timeContext(facts.nowMilliseconds),
          ...(source.caller?.context ?? []),
          ...contextEntries(input.ContextEntries),
        ],
      },
      pageAsked(input),
      deps,
    );
    return pageAnswer(page, policies);
  },
});

interface GivenPolicies {
  readonly PolicyInputList?: readonly string[];
  readonly PermissionsBoundaryPolicyInputList?: readonly string[];
  readonly ResourcePolicy?: string;
}

/** Stored policies, with what is given added; a boundary that is given takes the place of the stored one. */
function policiesOf(source: PolicySource, given: GivenPolicies): ApplicablePolicies {
  const boundaries =
    given.PermissionsBoundaryPolicyInputList?.map((text, index) =>
      readSimulated(text, 'permissions-boundary', `PermissionsBoundaryPolicyInputList.${index + 1}`),
    ) ?? source.caller?.policies.boundaries;
  return {
    identity: [
      ...source.policies,
      ...(given.PolicyInputList ?? []).map((text, index) =>
        readSimulated(text, 'identity', `PolicyInputList.${index + 1}`),
      ),
    ],
    ...(boundaries !== undefined && { boundaries }),
    ...(given.ResourcePolicy !== undefined && {
      resource: readSimulated(given.ResourcePolicy, 'resource', 'ResourcePolicy'),
    }),
  };
}

/** A group is no caller; whoever is in it asks. */
function principalOf(source: PolicySource, callerArn: string | undefined, accountId: string) {
  if (callerArn !== undefined) return simulatedPrincipal(callerArn);
  if (source.caller !== null) return source.caller.principal;
  return simulatedPrincipal(`arn:aws:iam::${accountId}:user/simulated`);
}
