/**
 * A second policy evaluator: plain, slow and literal, written from the description of AWS's semantics by somebody who
 * had not read `src/core/policy`. The two are compared on generated cases (`differential.test.ts`); where they differ,
 * one of them is wrong. Where AWS's documentation leaves a question open the model takes the side of less access, with
 * the mark [?] at the line.
 */
import { allOf, conditionHolds, type Verdict } from './model-conditions.ts';
import {
  actionCovers,
  type Caller,
  type Cover,
  callerOf,
  type Match,
  principalMatch,
  resourceCovers,
  strongest,
} from './model-elements.ts';
import {
  type DecisionVector,
  listOf,
  type OneOrMany,
  type VectorPolicy,
  type VectorStatement,
} from './vector.ts';

/** The three answers. */
export type ModelEffect = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';

interface Question {
  readonly vector: DecisionVector;
  readonly caller: Caller;
}

/** How a statement names the caller. Without a Principal element it is attached to the caller itself. */
const namesCaller = (statement: VectorStatement, { vector, caller }: Question): Match => {
  if (statement.NotPrincipal !== undefined) {
    if (statement.Effect === 'Allow') return 'none'; // unsupported [?]
    if (vector.permissionsBoundaries !== undefined && isPerson(caller)) return 'direct';
    // Some services also deny when only the session is listed and not its role and account [?]: not modelled.
    return principalMatch(statement.NotPrincipal, caller) === 'none' ? 'direct' : 'none';
  }
  return statement.Principal === undefined ? 'direct' : principalMatch(statement.Principal, caller);
};

/** An element that lists what is covered: some pattern covers it. */
const someCovers = (covered: readonly Cover[]): Verdict => {
  if (covered.includes(true)) return true;
  return covered.includes('unsettled') ? 'unsettled' : false;
};

/** An element that lists what is excepted: no pattern covers it. */
const noneCovers = (covered: readonly Cover[]): Verdict => {
  if (covered.includes(true)) return false;
  // A pattern that matches nothing excepts nothing, says a sentence; an engine says the opposite [?].
  return covered.includes('unsettled') || covered.includes('no-value') ? 'unsettled' : true;
};

const actionMatches = (statement: VectorStatement, { vector }: Question): Verdict => {
  const covered = (patterns: OneOrMany<string> | undefined) =>
    listOf(patterns).map((pattern) => actionCovers(pattern, vector.request.action));
  if (statement.NotAction !== undefined) return noneCovers(covered(statement.NotAction));
  return someCovers(covered(statement.Action));
};

const resourceMatches = (
  statement: VectorStatement,
  version: string | undefined,
  { vector }: Question,
): Verdict => {
  const covered = (patterns: OneOrMany<string>) =>
    listOf(patterns).map((pattern) => resourceCovers(pattern, version, vector.request));
  if (statement.NotResource !== undefined) return noneCovers(covered(statement.NotResource));
  // A trust policy has no Resource element: it is about the role that it is attached to.
  return statement.Resource === undefined || someCovers(covered(statement.Resource));
};

/** How a statement applies: the way in which it names the caller, or `none` when it does not apply. */
const applies = (statement: VectorStatement, version: string | undefined, question: Question): Match => {
  const verdict = allOf([
    actionMatches(statement, question),
    resourceMatches(statement, version, question),
    conditionHolds(statement.Condition ?? {}, version, question.vector.request.context),
  ]);
  const holds = verdict === 'unsettled' ? statement.Effect === 'Deny' : verdict;
  return holds ? namesCaller(statement, question) : 'none';
};

/** The strongest applicable statement of one effect in some policies. */
const strongestIn = (
  policies: readonly VectorPolicy[],
  effect: 'Allow' | 'Deny',
  question: Question,
): Match =>
  strongest(
    policies.flatMap((policy) =>
      listOf(policy.Statement)
        .filter((statement) => statement.Effect === effect)
        .map((statement) => applies(statement, policy.Version, question)),
    ),
  );

const isPerson = (caller: Caller): boolean => caller.kind !== 'anonymous' && caller.kind !== 'service';

/** The policies of the principal's side. An anonymous caller and a service have none of them. */
const principalSide = ({ vector, caller }: Question) => {
  if (!isPerson(caller))
    return { identity: [], boundaries: undefined, session: undefined, scopes: [], scps: [] };
  return {
    identity: vector.identityPolicies ?? [],
    boundaries: vector.permissionsBoundaries,
    session: vector.sessionPolicies,
    scopes: vector.scopes ?? [],
    scps: vector.scps ?? [],
  };
};

const isDenied = (question: Question): boolean => {
  const { vector } = question;
  const side = principalSide(question);
  const everything = [
    ...side.identity,
    ...(side.boundaries ?? []),
    ...(side.session ?? []),
    ...side.scopes,
    ...side.scps.flat(),
    ...(vector.rcps ?? []).flat(),
    ...(vector.vpcEndpointPolicies ?? []),
    ...listOf(vector.resourcePolicy),
  ];
  return strongestIn(everything, 'Deny', question) !== 'none';
};

/** Absent: the layer does not apply. Present: it must allow. */
const permits = (layer: readonly VectorPolicy[] | undefined, question: Question): boolean =>
  layer === undefined || strongestIn(layer, 'Allow', question) !== 'none';

/** A principal has one boundary; of several each must allow, since a boundary never grants [?]. */
const boundariesPermit = (boundaries: readonly VectorPolicy[] | undefined, question: Question): boolean =>
  boundaries === undefined ||
  (boundaries.length > 0 && boundaries.every((boundary) => permits([boundary], question)));

const isAllowed = (question: Question): boolean => {
  const { vector, caller } = question;
  const side = principalSide(question);
  const resource = strongestIn(listOf(vector.resourcePolicy), 'Allow', question);
  // Not part of the written formula [?]: an endpoint policy that applies must allow.
  if (!permits(vector.vpcEndpointPolicies, question)) return false;
  if (!side.scps.every((level) => permits(level, question))) return false;
  if (vector.request.resourcePolicyIsMandatory === true && resource === 'none') return false;
  if (caller.kind === 'anonymous' || caller.kind === 'service') return resource !== 'none';
  const identity = caller.kind === 'root' || strongestIn(side.identity, 'Allow', question) !== 'none';
  if (!side.scopes.every((scope) => permits([scope], question))) return false;
  const limits = boundariesPermit(side.boundaries, question) && permits(side.session, question);
  const sameAccount = caller.account === vector.request.resourceAccount;
  if (!sameAccount) return identity && limits && resource !== 'none';
  return resource === 'direct' || ((identity || resource === 'limited') && limits);
};

/**
 * Decides one vector.
 * @returns `ExplicitDeny` when any applicable policy denies, `Allow` when everything that must allow does, else
 *   `ImplicitDeny`
 * @throws Error for a principal of a kind that vectors do not have
 */
export const modelDecision = (vector: DecisionVector): ModelEffect => {
  const question: Question = { vector, caller: callerOf(vector.request.principal) };
  if (vector.request.action.toLowerCase() === 'sts:getcalleridentity') return 'Allow';
  if (isDenied(question)) return 'ExplicitDeny';
  return isAllowed(question) ? 'Allow' : 'ImplicitDeny';
};
