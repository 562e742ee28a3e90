/**
 * How much of a kind an account may hold: AWS's numbers, unless the account has its own (`daypass:UpdateAccountQuotas`).
 * The names are those of GetAccountSummary.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const DEFAULT_QUOTAS = {
  Users: 5000,
  Groups: 300,
  Roles: 1000,
  Policies: 1500,
  /** OIDC providers. */
  Providers: 100,
  SAMLProviders: 100,
  InstanceProfiles: 1000,
  MFADevices: 5000,
  Audiences: 1000,
  Instances: 10_000,
  OAuthClients: 1000,
  OAuthScopes: 500,
  AttachedPoliciesPerUser: 10,
  AttachedPoliciesPerGroup: 10,
  AttachedPoliciesPerRole: 10,
} as const satisfies Readonly<Record<string, number>>;

export type QuotaName = keyof typeof DEFAULT_QUOTAS;

/** Every quota's name, in the order above. */
export const QUOTA_NAMES = Object.keys(DEFAULT_QUOTAS) as QuotaName[]; // the keys of the record itself
