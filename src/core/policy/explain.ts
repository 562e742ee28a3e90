/** Why a request is allowed or denied, clause by clause: the walk of `decide` with a tracer. */
import type { CompiledStatement } from './compile.ts';
import { decideTraced } from './decide.ts';
import type { Tracer } from './evaluate.ts';
import { BY_ACCOUNT, BY_ROLE, DIRECTLY, type NamedHow, NOT_NAMED } from './match/principal.ts';
import { resourceVariables } from './match/resource.ts';
import { type FailedClause, traceStatement } from './match-statement.ts';
import { callerText } from './request-principal.ts';
import type { AccessRequest, ApplicablePolicies, ContextValue, Decision, PolicyLayer } from './types.ts';

/** A decision with everything that led to it. Plain data: `JSON.stringify` loses nothing. */
export interface Explanation {
  readonly decision: Decision;
  readonly policies: readonly PolicyExplanation[];
  /**
   * Condition keys and variables, in lower case, that statements about this action ask for and the request does not
   * have.
   */
  readonly missingContextKeys: readonly string[];
}

/** One policy's part. */
export interface PolicyExplanation {
  readonly layer: PolicyLayer;
  readonly source: string;
  /** Which organisation level, root first; for SCPs and RCPs. */
  readonly level?: number;
  /** Why the document could not be read; such a policy denies everything. */
  readonly unreadable?: string;
  readonly statements: readonly StatementExplanation[];
}

/** One statement's part. */
export interface StatementExplanation {
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** Whether it applies to the request. */
  readonly matched: boolean;
  /** For a match in a policy that names principals: how it named the caller. */
  readonly named?: 'directly' | 'by-role' | 'by-account';
  /** The clauses that kept it from applying; empty when it matched. */
  readonly failures: readonly ClauseFailure[];
}

/** One clause that did not match. */
export interface ClauseFailure {
  readonly element:
    | 'Principal'
    | 'NotPrincipal'
    | 'Action'
    | 'NotAction'
    | 'Resource'
    | 'NotResource'
    | 'Condition';
  /** For a condition: the operator and the key as written. */
  readonly operator?: string;
  readonly key?: string;
  readonly wanted: readonly string[];
  /** What the request has; null for a condition key that is absent. */
  readonly given: ContextValue | null;
}

/** Explains a request: the decision of `decide`, and each policy, statement and clause that did or did not match. */
export function explain(request: AccessRequest, policies: ApplicablePolicies): Explanation {
  const explained: PolicyExplanation[] = [];
  const missing = new Set<string>();
  const hasBoundary = policies.boundaries !== undefined;
  const tracer: Tracer = {
    applying: (layer, { source, policy }, level) => {
      const traced = policy.statements.map((statement) => trace(statement, request, hasBoundary, missing));
      explained.push({
        layer,
        source,
        ...(layer === 'scp' || layer === 'rcp' ? { level } : {}),
        ...(policy.unreadable === undefined ? {} : { unreadable: policy.unreadable }),
        statements: traced.map(({ explanation }) => explanation),
      });
      return traced.filter(({ how }) => how !== NOT_NAMED);
    },
  };
  const decision = decideTraced(request, policies, tracer);
  return { decision, policies: explained, missingContextKeys: [...missing].sort() };
}

interface TracedStatement {
  readonly statement: CompiledStatement;
  readonly how: NamedHow;
  readonly explanation: StatementExplanation;
}

function trace(
  statement: CompiledStatement,
  request: AccessRequest,
  hasBoundary: boolean,
  missing: Set<string>,
): TracedStatement {
  const failed: FailedClause[] = [];
  const how = traceStatement(statement, request, hasBoundary, (clause) => failed.push(clause));
  if (!failed.some(({ element }) => element === 'Action')) noteMissing(statement, request, missing);
  const { index, sid, effect, principals } = statement;
  const named = principals === null ? undefined : NAMED.get(how);
  const explanation: StatementExplanation = {
    index,
    ...(sid === undefined ? {} : { sid }),
    effect,
    matched: how !== NOT_NAMED,
    ...(named === undefined ? {} : { named }),
    failures: failed.map((clause) => describeFailure(clause, statement, request)),
  };
  return { statement, how, explanation };
}

const NAMED: ReadonlyMap<NamedHow, 'directly' | 'by-role' | 'by-account'> = new Map([
  [DIRECTLY, 'directly'],
  [BY_ROLE, 'by-role'],
  [BY_ACCOUNT, 'by-account'],
]);

function noteMissing(
  { clauses, resources }: CompiledStatement,
  { context }: AccessRequest,
  missing: Set<string>,
): void {
  const keys = [
    ...clauses.flatMap((clause) => [clause.key, ...clause.variables]),
    ...(resources === null ? [] : resourceVariables(resources)),
  ].map((key) => key.toLowerCase());
  for (const key of keys) if (!context.has(key)) missing.add(key);
}

function describeFailure(
  failed: FailedClause,
  { actions, resources, principals }: CompiledStatement,
  request: AccessRequest,
): ClauseFailure {
  switch (failed.element) {
    case 'Action':
      return {
        element: actions.negated ? 'NotAction' : 'Action',
        wanted: actions.wanted,
        given: request.action,
      };
    case 'Resource':
      return {
        element: resources?.negated === true ? 'NotResource' : 'Resource',
        wanted: resources?.wanted ?? [],
        given: request.resource,
      };
    case 'Principal':
      return {
        element: principals?.negated === true ? 'NotPrincipal' : 'Principal',
        wanted: principals?.wanted ?? [],
        given: callerText(request.principal),
      };
    case 'Condition': {
      const { operator, key, lowerKey, wanted } = failed.clause;
      return {
        element: 'Condition',
        operator,
        key,
        wanted,
        given: request.context.get(lowerKey) ?? null,
      };
    }
  }
}
