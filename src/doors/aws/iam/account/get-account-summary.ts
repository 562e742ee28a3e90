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

/** What AWS's map has a number of, but no quota for. */
const WITHOUT_QUOTA: readonly string[] = ['Providers', 'MFADevices'];

/** Counts come from the counters: however large the account, nothing is scanned. */
export const getAccountSummary = action({
  name: 'GetAccountSummary',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:GetAccountSummary', resource: () => '*' },
  input: {},
  output: { SummaryMap: mapOf(wholeNumber) },
  run: async (_input, { caller, deps }) => {
    const { accountId } = caller;
    const [counts, tokenVersion, mfa] = await Promise.all([
      deps.accountSettings.counts(accountId),
      deps.accountSettings.tokenVersion(accountId),
      deps.mfaDevices.usage(accountId),
    ]);
    const entries = counts.flatMap(({ name, count, quota }): (readonly [string, number])[] => [
      ...(count === null ? [] : [[name, count] as const]),
      ...(WITHOUT_QUOTA.includes(name) ? [] : [[`${name}Quota`, quota] as const]),
    ]);
    const root: readonly (readonly [string, number])[] = [
      ['MFADevicesInUse', mfa.inUse],
      ['AccountMFAEnabled', mfa.rootHasDevice ? 1 : 0],
      ['AccountPasswordPresent', 1],
      ['AccountAccessKeysPresent', 0], // root has none here
      ['GlobalEndpointTokenVersion', tokenVersion],
    ];
    return { SummaryMap: new Map([...entries, ...root, ...FIXED]) };
  },
});
