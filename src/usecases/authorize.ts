/** Asks the policy engine whether a caller may do something to a resource of Daypass, and says no with AWS's words. */
import { isAccountId, parseArn } from '../core/arn.ts';
import { type ContextEntry, type RequestFacts, requestContext } from '../core/context/request-context.ts';
import { wantsSecondFactor } from '../core/context/step-up.ts';
import { Fault } from '../core/faults.ts';
import { contextOf } from '../core/policy/context.ts';
import { decide } from '../core/policy/decide.ts';
import { type Explanation, explain } from '../core/policy/explain.ts';
import type { AccessRequest, ApplicablePolicies, Decision, PolicyLayer } from '../core/policy/types.ts';
import type { Caller } from './caller.ts';

export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** What the refusal calls the resource where the caller did not name it by its ARN: as asked, for a path tells that it exists. */
  readonly resourceAsAsked?: string;
  /** Keys of this action, beside those of identity and request. */
  readonly context?: readonly ContextEntry[];
}

/** What a signed request adds to the context. */
export interface SignedFacts extends RequestFacts {
  readonly region: string | null;
}

/** The account that owns a resource. AWS's own managed policies (`arn:aws:iam::aws:policy/…`) belong to every account. */
function ownerOf(resource: string): string | null {
  const accountId = parseArn(resource)?.accountId;
  return accountId !== undefined && isAccountId(accountId) ? accountId : null;
}

/** Builds the engine's request for something a caller asks of Daypass itself. */
export function accessRequestOf(caller: Caller, permission: Permission, facts: SignedFacts): AccessRequest {
  const resourceAccount = ownerOf(permission.resource) ?? caller.accountId;
  return {
    principal: caller.principal,
    action: permission.action,
    resource: permission.resource,
    resourceAccount,
    context: contextOf([
      ...requestContext(facts),
      ['aws:ResourceAccount', resourceAccount],
      ...(facts.region === null ? [] : [['aws:RequestedRegion', facts.region] as const]),
      ...(permission.context ?? []),
      ...caller.context, // last: nothing overrides who asks
    ]),
  };
}

/**
 * @throws Fault `access_denied` unless the caller's policies allow; the message names the layer, as AWS does, and the detail
 * carries the decision
 */
export function authorize(caller: Caller, permission: Permission, facts: SignedFacts): void {
  requireAllow(caller, permission, accessRequestOf(caller, permission, facts), caller.policies);
}

/** Decides a request that has been built. @throws AccessDenied unless it is allowed */
export function requireAllow(
  caller: Caller,
  permission: Permission,
  request: AccessRequest,
  policies: ApplicablePolicies,
): void {
  const decision = decide(request, policies);
  if (decision.effect !== 'Allow') throw new AccessDenied(caller, permission, request, policies, decision);
}

/**
 * The refusal of a decision, in the words that AWS's tools and people know. It can explain itself; nobody pays for that before
 * somebody asks.
 */
export class AccessDenied extends Fault {
  readonly caller: Caller;
  readonly request: AccessRequest;
  readonly explain: () => Explanation;
  /** Whether a second factor, proved now, would do. */
  readonly wantsSecondFactor: () => boolean;

  constructor(
    caller: Caller,
    { action, resource, resourceAsAsked }: Permission,
    request: AccessRequest,
    policies: ApplicablePolicies,
    decision: Decision,
  ) {
    super(
      'access_denied',
      `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resourceAsAsked ?? resource} ${because(action, decision)}`,
      { action, resource, effect: decision.effect, layer: decision.layer, deciders: decision.deciders },
    );
    this.caller = caller;
    this.request = request;
    this.explain = () => explain(request, policies);
    this.wantsSecondFactor = () => wantsSecondFactor(request, policies, decision);
  }
}

const LAYER_NAMES: Readonly<Record<PolicyLayer, string>> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  'permissions-boundary': 'permissions boundary',
  session: 'session policy',
  scp: 'service control policy',
  rcp: 'resource control policy',
  'vpc-endpoint': 'VPC endpoint policy',
};

function because(action: string, decision: Decision): string {
  const layer = LAYER_NAMES[decision.layer ?? 'identity'];
  if (decision.effect === 'ExplicitDeny') return `with an explicit deny in ${article(layer)} ${layer}`;
  return `because no ${layer} allows the ${action} action`;
}

const article = (noun: string): string => (/^[aeiou]/.test(noun) ? 'an' : 'a');
