import { managedPolicy } from './managed-policy.ts';

/** The management of identities. */
export const iamFullAccess = managedPolicy('IAMFullAccess', 'Provides full access to IAM.', [
  {
    Effect: 'Allow',
    Action: [
      'iam:*',
      'organizations:DescribeAccount',
      'organizations:DescribeOrganization',
      'organizations:DescribeOrganizationalUnit',
      'organizations:DescribePolicy',
      'organizations:ListChildren',
      'organizations:ListParents',
      'organizations:ListPoliciesForTarget',
      'organizations:ListRoots',
      'organizations:ListPolicies',
      'organizations:ListTargetsForPolicy',
    ],
    Resource: '*',
  },
]);
