import { managedPolicy } from './managed-policy.ts';

/** Everything but the management of identities, accounts and the broker itself. */
export const powerUserAccess = managedPolicy(
  'PowerUserAccess',
  'Provides full access to services and resources, but does not allow management of users and groups.',
  [
    { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*', 'daypass:*'], Resource: '*' },
    {
      Effect: 'Allow',
      Action: [
        'account:GetAccountInformation',
        'account:GetPrimaryEmail',
        'account:ListRegions',
        'iam:CreateServiceLinkedRole',
        'iam:DeleteServiceLinkedRole',
        'iam:ListRoles',
        'organizations:DescribeEffectivePolicy',
        'organizations:DescribeOrganization',
      ],
      Resource: '*',
    },
  ],
);
