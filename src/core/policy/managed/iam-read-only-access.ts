import { managedPolicy } from './managed-policy.ts';

/** Looking at identities, and simulating what they may do. */
export const iamReadOnlyAccess = managedPolicy('IAMReadOnlyAccess', 'Provides read-only access to IAM.', [
  {
    Effect: 'Allow',
    Action: [
      'iam:GenerateCredentialReport',
      'iam:GenerateServiceLastAccessedDetails',
      'iam:Get*',
      'iam:List*',
      'iam:SimulateCustomPolicy',
      'iam:SimulatePrincipalPolicy',
    ],
    Resource: '*',
  },
]);
