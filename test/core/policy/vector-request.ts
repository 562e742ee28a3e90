/** Turns a decision vector into what the engine takes, and asks it. */
import { compilePolicy } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import { type PolicyKind, readPolicy } from '../../../src/core/policy/parse.ts';
import type {
  AccessRequest,
  ApplicablePolicies,
  RequestPrincipal,
  SourcedPolicy,
} from '../../../src/core/policy/types.ts';
import type { DecisionVector, VectorPolicy, VectorRequest } from './vector.ts';

const partsOf = (arn: string) => {
  const parts = arn.split(':');
  const [type = '', ...path] = parts.slice(5).join(':').split('/');
  return { accountId: parts[4] ?? '', type, path };
};

/**
 * The engine's principal for a vector's.
 * @throws Error for a kind of principal that vectors do not have
 */
export const principalOf = (principal: string | null): RequestPrincipal => {
  if (principal === null) return null;
  if (!principal.startsWith('arn:')) return { type: 'service', name: principal };
  const { accountId, type, path } = partsOf(principal);
  const name = path.at(-1) ?? '';
  if (type === 'root') return { type: 'root', arn: principal, accountId };
  if (type === 'user') return { type: 'user', arn: principal, accountId };
  if (type === 'assumed-role') return { type: 'role-session', arn: principal, accountId };
  if (type === 'federated-user') {
    // A vector does not tell which user asked for the session: the one of the same name did.
    return { type, arn: principal, accountId, userArn: `arn:aws:iam::${accountId}:user/${name}` };
  }
  // A role that is asked about as such: a session of it whose own name no policy knows.
  const arn = `arn:aws:sts::${accountId}:assumed-role/${name}/unnamed`;
  if (type === 'role') return { type: 'role-session', arn, accountId, roleArn: principal };
  throw new Error(`vectors have no principal such as ${principal}`);
};

/** The engine's question for a vector's. */
export const requestOf = (request: VectorRequest): AccessRequest => ({
  principal: principalOf(request.principal),
  action: request.action,
  resource: request.resource,
  resourceAccount: request.resourceAccount,
  context: contextOf(Object.entries(request.context)),
  ...(request.resourcePolicyIsMandatory === true && { resourcePolicyIsMandatory: true }),
});

/** What the engine says to a document that it does not take. */
class Refused extends Error {}

const compiled = (kind: PolicyKind, source: string, policy: VectorPolicy): SourcedPolicy => {
  const read = readPolicy(policy, kind);
  if (!read.ok) throw new Refused(`refused the ${kind} policy ${source}: ${JSON.stringify(read.failure)}`);
  return { source, policy: compilePolicy(read.value) };
};

const compiledAll = (kind: PolicyKind, policies: readonly VectorPolicy[]): readonly SourcedPolicy[] =>
  policies.map((policy, at) => compiled(kind, `${kind} ${at}`, policy));

/**
 * The engine's policies for a vector's; a layer that is absent stays absent.
 * @throws Refused for a document that the engine does not take
 */
export const policiesOf = (vector: DecisionVector): ApplicablePolicies => {
  const { identityPolicies, resourcePolicy, permissionsBoundaries, sessionPolicies, scopes } = vector;
  const { scps, rcps, vpcEndpointPolicies } = vector;
  const resourceKind = vector.request.resourcePolicyIsMandatory === true ? 'trust' : 'resource';
  return {
    ...(identityPolicies && { identity: compiledAll('identity', identityPolicies) }),
    ...(resourcePolicy && { resource: compiled(resourceKind, 'resource', resourcePolicy) }),
    ...(permissionsBoundaries && { boundaries: compiledAll('permissions-boundary', permissionsBoundaries) }),
    ...(sessionPolicies && { session: compiledAll('session', sessionPolicies) }),
    ...(scopes && { scopes: compiledAll('session', scopes) }),
    ...(scps && { scps: scps.map((level) => compiledAll('scp', level)) }),
    ...(rcps && { rcps: rcps.map((level) => compiledAll('rcp', level)) }),
    // An endpoint policy has the grammar of a resource policy.
    ...(vpcEndpointPolicies && { vpcEndpoint: compiledAll('resource', vpcEndpointPolicies) }),
  };
};

/** The engine's answer to a vector, or why it refused one of its documents. */
export const engineDecision = (vector: DecisionVector): string => {
  try {
    return decide(requestOf(vector.request), policiesOf(vector)).effect;
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
};
