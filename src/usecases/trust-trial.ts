/** A role's trust policy on trial: decided beside the one that holds, told, and without effect. */
import type { Role } from '../core/account.ts';
import { decide } from '../core/policy/decide.ts';
import type { AccessRequest, ApplicablePolicies } from '../core/policy/types.ts';

/**
 * What it would have refused of requests that were allowed, for the trail.
 * @param policies - whatever speaks beside the trust policy
 * @returns an entry for each action; empty where none is on trial or it agrees
 */
export const refusedByTrial = (
  { arn, trustTrial }: Role,
  requests: readonly AccessRequest[],
  policies: Omit<ApplicablePolicies, 'resource'> = {},
): readonly object[] => {
  if (trustTrial === undefined) return [];
  return requests.flatMap((request) => {
    const { effect } = decide(request, { ...policies, resource: trustTrial });
    return effect === 'Allow' ? [] : [{ trustPolicyOf: arn, action: request.action, effect }];
  });
};

/** As the elements of an event. */
export const onTrialElements = (onTrial: readonly object[]): { readonly onTrial?: readonly object[] } =>
  onTrial.length > 0 ? { onTrial } : {};
