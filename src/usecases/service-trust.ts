/** A role's trust in one of Daypass's own services, which hands the role to what stands behind the service. */
import type { Role } from '../core/account.ts';
import { tagContext } from '../core/context/identity-context.ts';
import { type ContextEntry, type RequestFacts, requestContext } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import { actionsOfWish, type SessionWish, wishContext } from './begin-session.ts';

/** A service, and for whom it asks. */
export interface ServiceRequest {
  /** What the trust policy must name. */
  readonly service: string;
  /** What the session is for: `aws:SourceArn` and `aws:SourceAccount`. */
  readonly sourceArn: string;
  readonly sourceAccount: string;
  /** Keys that something else has proved. */
  readonly proved: readonly ContextEntry[];
}

/**
 * The role's trust policy alone decides, and must name the service; `aws:SourceArn` tells it for whom.
 * @throws Fault `access_denied`
 */
export function requireServiceTrust(
  { service, sourceArn, sourceAccount, proved }: ServiceRequest,
  role: Role,
  wish: SessionWish,
  facts: RequestFacts,
): void {
  const context = contextOf([
    ...proved,
    ...requestContext(facts),
    ...wishContext(wish),
    ...tagContext('aws:ResourceTag/', role.tags),
    ['aws:ResourceAccount', role.accountId],
    ['aws:SourceArn', sourceArn],
    ['aws:SourceAccount', sourceAccount],
    ['aws:PrincipalIsAWSService', 'true'],
    ['aws:PrincipalServiceName', service],
  ]);
  for (const action of actionsOfWish('sts:AssumeRole', wish)) {
    const request = {
      principal: { type: 'service', name: service } as const,
      ...{ action, resource: role.arn, resourceAccount: role.accountId, context },
      resourcePolicyIsMandatory: true,
    };
    const { effect } = decide(request, { resource: role.trust });
    if (effect === 'Allow') continue;
    throw new Fault(
      'access_denied',
      `the trust policy of the role does not allow ${action} to this service`,
      {
        ...{ action, role: role.arn, effect },
      },
    );
  }
}
