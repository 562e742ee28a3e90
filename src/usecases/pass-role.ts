import type { Role } from '../core/account.ts';
import { tagContext } from '../core/context/identity-context.ts';
import { authorize, type SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';

/** The service that hands roles to instances: what `iam:PassedToService` says, and whom a role's trust policy must name. */
export const INSTANCE_SERVICE = 'daypass.amazonaws.com';

/**
 * Whoever gives a role to something that runs must be allowed to pass that role on, or could raise itself through it.
 * @param role - null where there is none to pass
 * @param receiverArn - who will have it
 * @param service - to whom the role is passed
 * @throws AccessDenied for `iam:PassRole`
 */
export function requirePassRole(
  caller: Caller,
  role: Pick<Role, 'arn' | 'tags'> | null,
  receiverArn: string,
  facts: SignedFacts,
  service: string = INSTANCE_SERVICE,
): void {
  if (role === null) return;
  const context = [
    ...tagContext('aws:ResourceTag/', role.tags),
    ...tagContext('iam:ResourceTag/', role.tags),
    ['iam:PassedToService', service] as const,
    ['iam:AssociatedResourceArn', receiverArn] as const,
  ];
  authorize(caller, { action: 'iam:PassRole', resource: role.arn, context }, facts);
}
