/** THE LIST of AWS managed policies: one file and one line each. */
import { uniqueBy } from '../../unique.ts';
import { administratorAccess } from './administrator-access.ts';
import { iamFullAccess } from './iam-full-access.ts';
import { iamReadOnlyAccess } from './iam-read-only-access.ts';
import { iamUserChangePassword } from './iam-user-change-password.ts';
import type { ManagedPolicy } from './managed-policy.ts';
import { powerUserAccess } from './power-user-access.ts';
import { readOnlyAccess } from './read-only-access.ts';
import { securityAudit } from './security-audit.ts';

/** Every managed policy by its ARN. */
export const managedPolicies: ReadonlyMap<string, ManagedPolicy> = uniqueBy(
  'managed policies',
  [
    administratorAccess,
    powerUserAccess,
    readOnlyAccess,
    iamFullAccess,
    iamReadOnlyAccess,
    securityAudit,
    iamUserChangePassword,
  ],
  (policy) => policy.arn,
);
