/**
 * Turns a document into ready matchers, once per policy version. Nothing of a document is interpreted at a request
 * but the variables in it.
 */
import { type Clause, compileClause } from './conditions/clause.ts';
import { listOf, type PolicyDocument, type PolicyStatement } from './document.ts';
import { type ActionMatcher, compileActions } from './match/action.ts';
import { compilePrincipals, type Pins, type PrincipalMatcher } from './match/principal.ts';
import { compileResources, type ResourceMatcher } from './match/resource.ts';
import { indexStatements, type StatementIndex } from './statement-index.ts';

/** A statement in the form the evaluator reads. */
export interface CompiledStatement {
  /** Zero-based place in the document. */
  readonly index: number;
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: ActionMatcher;
  /** Null in the kinds of policy that name nobody. */
  readonly principals: PrincipalMatcher | null;
  /** Null in trust policies. */
  readonly resources: ResourceMatcher | null;
  readonly clauses: readonly Clause[];
}

/** A policy in the form the evaluator reads; made by `compilePolicy` or `denyEverything`. */
export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  readonly index: StatementIndex;
  /** Why the document could not be read; such a policy denies everything. */
  readonly unreadable?: string;
}

/**
 * Compiles a document.
 * @param pins - unique ids by user or role ARN as they were when the document was saved: a pinned entry of
 *   Principal or NotPrincipal means the holder of that id and nobody else who has the ARN later
 * @returns the compiled policy; one that denies everything where an operator is unknown
 */
export function compilePolicy(document: PolicyDocument, pins?: Pins): CompiledPolicy {
  const expandsVariables = document.Version === '2012-10-17';
  const statements: CompiledStatement[] = [];
  for (const [index, statement] of document.Statement.entries()) {
    const clauses = compileConditions(statement, expandsVariables);
    if (typeof clauses === 'string') return denyEverything(`unknown condition operator \`${clauses}\``);
    statements.push({
      index,
      ...(statement.Sid === undefined || statement.Sid === '' ? {} : { sid: statement.Sid }),
      effect: statement.Effect,
      actions: actionsOf(statement),
      principals: principalsOf(statement, pins),
      resources: resourcesOf(statement, expandsVariables),
      clauses,
    });
  }
  return { statements, index: indexStatements(statements) };
}

/**
 * The policy for a document that could not be read: it never allows, and denies explicitly.
 * @param reason - shown in explanations
 */
export function denyEverything(reason: string): CompiledPolicy {
  const policy = compilePolicy({ Statement: [{ Effect: 'Deny', Action: '*' }] });
  return { ...policy, unreadable: reason };
}

function actionsOf({ Effect, Action, NotAction }: PolicyStatement): ActionMatcher {
  const negated = NotAction !== undefined;
  return compileActions(listOf(negated ? NotAction : Action), negated, Effect);
}

function principalsOf(
  { Principal, NotPrincipal }: PolicyStatement,
  pins: Pins | undefined,
): PrincipalMatcher | null {
  if (NotPrincipal !== undefined) return compilePrincipals(NotPrincipal, true, pins);
  return Principal === undefined ? null : compilePrincipals(Principal, false, pins);
}

function resourcesOf(
  { Effect: effect, Resource, NotResource }: PolicyStatement,
  expandsVariables: boolean,
): ResourceMatcher | null {
  if (NotResource !== undefined) {
    return compileResources(listOf(NotResource), { negated: true, expandsVariables, effect });
  }
  return Resource === undefined
    ? null
    : compileResources(listOf(Resource), { negated: false, expandsVariables, effect });
}

/** @returns the clauses, or the name of an operator that does not exist */
function compileConditions(
  statement: PolicyStatement,
  expandsVariables: boolean,
): readonly Clause[] | string {
  const clauses: Clause[] = [];
  for (const [name, keys] of Object.entries(statement.Condition ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const clause = compileClause(name, key, listOf(values), { expandsVariables, effect: statement.Effect });
      if (clause === null) return name;
      clauses.push(clause);
    }
  }
  return clauses;
}
