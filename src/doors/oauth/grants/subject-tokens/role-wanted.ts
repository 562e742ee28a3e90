import { parseIamArn } from '../../../../core/arn.ts';
import { Fault } from '../../../../core/faults.ts';

/** @param resource - of the request. @throws Fault `invalid_target` for what is not the ARN of a role */
export function requireRole(resource: string | null): {
  readonly roleArn: string;
  readonly accountId: string;
} {
  if (resource === null) throw new Fault('invalid_target', 'resource must be the ARN of the role wanted');
  const named = parseIamArn(resource);
  if (named?.kind !== 'role') throw new Fault('invalid_target', 'resource is not the ARN of a role');
  return { roleArn: resource, accountId: named.accountId };
}
