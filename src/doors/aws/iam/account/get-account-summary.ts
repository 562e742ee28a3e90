import { POLICY_LIMITS } from '../../../../core/policy/limits.ts';
import { action } from '../../query/action.ts';
import { mapOf, wholeNumber } from '../../query/shape.ts';

/** Quotas of one entity, which no account changes. */
const FIXED: readonly (readonly [string, number])[] = [
  ['AccessKeysPerUserQuota', 2],
  ['GroupsPerUserQuota', 10],
  ['VersionsPerPolicyQuota', 5],
  ['PolicySizeQuota', POLICY_LIMITS.managedCharacters],
  ['UserPolicySizeQuota', POLICY_LIMITS.userInlineCharacters],
  ['GroupPolicySizeQuota', POLICY_LIMITS.groupInlineCharacters],
  ['RolePolicySizeQuota', POLICY_LIMITS.roleInlineCharacters],
  ['AssumeRolePolicySizeQuota', POLICY_LIMITS.trustCharacters],
];

/** Counts come from the counters: however large the account, nothing is scanned. */
export const getAccountSummary = action({
  name: 'GetAccountSummary',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetAccountSummary', resource: () => '*' },
  input: {},
  output: { SummaryMap: mapOf(wholeNumber) },
  run: async (_input, { caller, deps }) => {
    const [counts, tokenVersion] = await Promise.all([
      deps.accountSettings.counts(caller.accountId),
      deps.accountSettings.tokenVersion(caller.accountId),
    ]);
    const entries = counts.flatMap(({ name, count, quota }): (readonly [string, number])[] => [
      ...(count === null ? [] : [[name, count] as const]),
      // AWS's map has the number of providers, but not their quota
      ...(name === 'Providers' ? [] : [[`${name}Quota`, quota] as const]),
    ]);
    return { SummaryMap: new Map([...entries, ...FIXED, ['GlobalEndpointTokenVersion', tokenVersion]]) };
  },
});
