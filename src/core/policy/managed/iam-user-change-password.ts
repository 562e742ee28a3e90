import { managedPolicy } from './managed-policy.ts';

/** A user's own password, and the rules it must follow. */
export const iamUserChangePassword = managedPolicy(
  'IAMUserChangePassword',
  'Provides the ability for an IAM user to change their own password.',
  [
    { Effect: 'Allow', Action: 'iam:ChangePassword', Resource: 'arn:aws:iam::*:user/${aws:username}' },
    { Effect: 'Allow', Action: 'iam:GetAccountPasswordPolicy', Resource: '*' },
  ],
);
