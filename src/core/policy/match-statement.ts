/** One statement against one request; with a tracer, also why it does not apply. */
import type { CompiledStatement } from './compile.ts';
import { type Clause, clauseHolds } from './conditions/clause.ts';
import { matchesAction } from './match/action.ts';
import { DIRECTLY, type NamedHow, NOT_NAMED, namedHow } from './match/principal.ts';
import { matchesResource } from './match/resource.ts';
import type { AccessRequest } from './types.ts';

/** A clause that kept a statement from applying. */
export type FailedClause =
  | { readonly element: 'Principal' | 'Action' | 'Resource' }
  | { readonly element: 'Condition'; readonly clause: Clause };

/**
 * Whether a statement applies to a request whose action it is already known to name.
 * @returns how the statement names the caller (`DIRECTLY` in policies that name nobody), `NOT_NAMED` when any of
 *   principal, resource and conditions does not match
 */
export function matchStatement(
  statement: CompiledStatement,
  request: AccessRequest,
  hasBoundary: boolean,
): NamedHow {
  const { resources, clauses } = statement;
  if (resources !== null && !matchesResource(resources, request.resource, request.context)) return NOT_NAMED;
  const how = principalHow(statement, request, hasBoundary);
  if (how === NOT_NAMED) return NOT_NAMED;
  for (const clause of clauses) if (!clauseHolds(clause, request.context)) return NOT_NAMED;
  return how;
}

/** As `matchStatement`, for any statement, naming every clause that fails. Takes its verdict from `matchStatement`. */
export function traceStatement(
  statement: CompiledStatement,
  request: AccessRequest,
  hasBoundary: boolean,
  failed: (clause: FailedClause) => void,
): NamedHow {
  const aboutAction = matchesAction(statement.actions, request.action);
  if (!aboutAction) failed({ element: 'Action' });
  const { resources, clauses } = statement;
  if (resources !== null && !matchesResource(resources, request.resource, request.context)) {
    failed({ element: 'Resource' });
  }
  if (principalHow(statement, request, hasBoundary) === NOT_NAMED) failed({ element: 'Principal' });
  for (const clause of clauses)
    if (!clauseHolds(clause, request.context)) failed({ element: 'Condition', clause });
  return aboutAction ? matchStatement(statement, request, hasBoundary) : NOT_NAMED;
}

function principalHow(
  { principals, effect }: CompiledStatement,
  request: AccessRequest,
  hasBoundary: boolean,
): NamedHow {
  return principals === null ? DIRECTLY : namedHow(principals, request.principal, { effect, hasBoundary });
}
