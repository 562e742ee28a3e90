/**
 * The decision: every policy that applies to a request, in AWS's order. Pure and synchronous; `decide` is the only
 * way to an answer, and an explanation is the same walk with a tracer.
 * @see IAM User Guide, reference_policies_evaluation-logic and …_policy-eval-denyallow, …-cross-account
 */
import { type Evaluation, evaluateLayer, type Tally, type Tracer } from './evaluate.ts';
import { BY_ROLE, DIRECTLY, hasAccount, type NamedHow, NOT_NAMED } from './match/principal.ts';
import type {
  AccessRequest,
  ApplicablePolicies,
  Decision,
  PolicyLayer,
  SourcedPolicy,
  StatementReference,
} from './types.ts';

/** Decides a request. Never throws; what does not allow denies. */
export const decide = (request: AccessRequest, policies: ApplicablePolicies): Decision =>
  decideTraced(request, policies, null);

/** As `decide`, watched by a tracer. For `explain` alone. */
export function decideTraced(
  request: AccessRequest,
  policies: ApplicablePolicies,
  tracer: Tracer | null,
): Decision {
  const evaluation: Evaluation = {
    request,
    hasBoundary: hasAccount(request.principal) && policies.boundaries !== undefined,
    denials: [],
    tracer,
  };
  // Every layer is read before anything is decided: a deny in the last one is as final as one in the first.
  const found = evaluateAll(evaluation, policies);
  if (isAlwaysAllowed(request)) return { effect: 'Allow', deciders: [] };
  const [firstDenial] = evaluation.denials;
  if (firstDenial !== undefined) {
    return { effect: 'ExplicitDeny', deciders: evaluation.denials, layer: firstDenial.layer };
  }
  return answer(request, found);
}

/** What each layer allows; one that does not apply allows all. */
interface Findings {
  readonly scpsAllow: boolean;
  readonly vpcEndpointAllows: boolean;
  readonly resource: Tally;
  readonly identity: Tally;
  readonly boundaryAllows: boolean;
  readonly sessionAllows: boolean;
  readonly scopesAllow: boolean;
}

const NO_POLICIES: readonly SourcedPolicy[] = [];

function evaluateAll(evaluation: Evaluation, policies: ApplicablePolicies): Findings {
  const { resource, vpcEndpoint } = policies;
  // Services, outside logins and anonymous callers have no account, hence no policies of their own.
  const own: ApplicablePolicies = hasAccount(evaluation.request.principal) ? policies : {};
  const identity = evaluateLayer(evaluation, 'identity', own.identity ?? NO_POLICIES);
  const byResource = evaluateLayer(evaluation, 'resource', resource === undefined ? NO_POLICIES : [resource]);
  // RCPFullAWSAccess is attached at every level and cannot be removed, so only a Deny of these policies counts.
  everyLevelAllows(evaluation, 'rcp', policies.rcps);
  return {
    identity,
    resource: byResource,
    boundaryAllows: allAllow(evaluation, 'permissions-boundary', own.boundaries),
    sessionAllows: own.session === undefined || allows(evaluateLayer(evaluation, 'session', own.session)),
    scopesAllow: allAllow(evaluation, 'session', own.scopes),
    scpsAllow: everyLevelAllows(evaluation, 'scp', own.scps),
    vpcEndpointAllows:
      vpcEndpoint === undefined || allows(evaluateLayer(evaluation, 'vpc-endpoint', vpcEndpoint)),
  };
}

const allows = (tally: Tally): boolean => tally.how !== NOT_NAMED;

/** Boundaries intersect, and so do scopes; an empty list applies and allows nothing. */
function allAllow(
  evaluation: Evaluation,
  layer: PolicyLayer,
  policies: readonly SourcedPolicy[] | undefined,
): boolean {
  if (policies === undefined) return true;
  let everyAllows = policies.length > 0;
  // No early end: a deny may stand in a later one.
  for (const policy of policies) if (!allows(evaluateLayer(evaluation, layer, [policy]))) everyAllows = false;
  return everyAllows;
}

/** Levels intersect, the policies of one level unite. */
function everyLevelAllows(
  evaluation: Evaluation,
  layer: PolicyLayer,
  levels: readonly (readonly SourcedPolicy[])[] | undefined,
): boolean {
  let everyAllows = true;
  for (const [level, policies] of (levels ?? []).entries()) {
    if (!allows(evaluateLayer(evaluation, layer, policies, level))) everyAllows = false;
  }
  return everyAllows;
}

/** GetCallerIdentity needs no permission, and no policy can take it away from a caller who has an account. */
const isAlwaysAllowed = ({ action, principal }: AccessRequest): boolean =>
  hasAccount(principal) && action.toLowerCase() === 'sts:getcalleridentity';

/** The answer when nothing denies explicitly. */
function answer(request: AccessRequest, found: Findings): Decision {
  if (!found.scpsAllow) return implicitDeny('scp');
  if (!found.vpcEndpointAllows) return implicitDeny('vpc-endpoint');
  const { principal } = request;
  if (!hasAccount(principal)) {
    return allows(found.resource) ? allow(found.resource.grants) : implicitDeny('resource');
  }
  const isSameAccount = principal.accountId === request.resourceAccount;
  const needsResourcePolicy = !isSameAccount || request.resourcePolicyIsMandatory === true;
  if (needsResourcePolicy && !allows(found.resource)) return implicitDeny('resource');
  // Before direct grants: a scope narrows whatever the session could do, by whichever policy.
  if (!found.scopesAllow) return implicitDeny('session');
  // Across accounts naming the caller opens the resource's side only; the caller's own side must still allow.
  const how: NamedHow = isSameAccount ? found.resource.how : NOT_NAMED;
  if (how === DIRECTLY) return allow(found.resource.grants);
  const isRoot = principal.type === 'root';
  if (!isRoot && how !== BY_ROLE && !allows(found.identity)) return implicitDeny('identity');
  if (!found.boundaryAllows) return implicitDeny('permissions-boundary');
  if (!found.sessionAllows) return implicitDeny('session');
  return allow(grantsOf(found, needsResourcePolicy || how === BY_ROLE));
}

function grantsOf({ identity, resource }: Findings, resourceGrants: boolean): readonly StatementReference[] {
  return resourceGrants ? [...identity.grants, ...resource.grants] : identity.grants;
}

const allow = (deciders: readonly StatementReference[]): Decision => ({ effect: 'Allow', deciders });

const implicitDeny = (layer: PolicyLayer): Decision => ({ effect: 'ImplicitDeny', deciders: [], layer });
