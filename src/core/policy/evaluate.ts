/** The policies of one layer against one request: what they allow, and which of their statements deny. */
import type { CompiledStatement } from './compile.ts';
import { type NamedHow, NOT_NAMED } from './match/principal.ts';
import { matchStatement } from './match-statement.ts';
import { bucketFor } from './statement-index.ts';
import type { AccessRequest, PolicyLayer, SourcedPolicy, StatementReference } from './types.ts';

/** Watches an evaluation statement by statement; `explain` brings one, live decisions do not. */
export interface Tracer {
  /** Looks at every statement of a policy and gives back those that apply. */
  readonly applying: (
    layer: PolicyLayer,
    policy: SourcedPolicy,
    level: number,
  ) => readonly { readonly statement: CompiledStatement; readonly how: NamedHow }[];
}

/** One evaluation under way. */
export interface Evaluation {
  readonly request: AccessRequest;
  readonly hasBoundary: boolean;
  /** Every Deny statement that applied, in any layer. */
  readonly denials: StatementReference[];
  readonly tracer: Tracer | null;
}

/** What the policies that unite in one layer (or one level of it) allow. */
export interface Tally {
  /** The strongest way in which an Allow named the caller; `NOT_NAMED` when nothing allows. */
  how: NamedHow;
  readonly grants: StatementReference[];
}

/**
 * Evaluates policies that unite: one Allow among them is enough.
 * @param level - which organisation level, for explanations
 */
export function evaluateLayer(
  evaluation: Evaluation,
  layer: PolicyLayer,
  policies: readonly SourcedPolicy[],
  level = 0,
): Tally {
  const tally: Tally = { how: NOT_NAMED, grants: [] };
  for (const policy of policies) {
    if (evaluation.tracer === null) evaluateCandidates(evaluation, layer, policy, tally);
    else {
      for (const { statement, how } of evaluation.tracer.applying(layer, policy, level)) {
        count(evaluation, tally, referenceTo(layer, policy.source, statement), how);
      }
    }
  }
  return tally;
}

function evaluateCandidates(
  evaluation: Evaluation,
  layer: PolicyLayer,
  policy: SourcedPolicy,
  tally: Tally,
): void {
  const { action, resource } = evaluation.request;
  const bucket = bucketFor(policy.policy.index, action);
  evaluateEach(evaluation, layer, policy.source, bucket.always, tally);
  const { byResource, byStart } = bucket;
  if (byResource === null || byStart === null) return;
  const named = byResource.get(resource);
  if (named !== undefined) evaluateEach(evaluation, layer, policy.source, named, tally);
  for (const length of bucket.startLengths) {
    if (length > resource.length) break;
    const started = byStart.get(resource.slice(0, length));
    if (started !== undefined) evaluateEach(evaluation, layer, policy.source, started, tally);
  }
}

function evaluateEach(
  evaluation: Evaluation,
  layer: PolicyLayer,
  source: string,
  statements: readonly CompiledStatement[],
  tally: Tally,
): void {
  for (const statement of statements) {
    const how = matchStatement(statement, evaluation.request, evaluation.hasBoundary);
    if (how !== NOT_NAMED) count(evaluation, tally, referenceTo(layer, source, statement), how);
  }
}

function count(evaluation: Evaluation, tally: Tally, reference: StatementReference, how: NamedHow): void {
  if (reference.effect === 'Deny') {
    addOnce(evaluation.denials, reference);
    return;
  }
  if (how > tally.how) tally.how = how;
  addOnce(tally.grants, reference);
}

/** The index may offer a statement twice, by two of its resources; grants of a policy come in statement order. */
function addOnce(references: StatementReference[], reference: StatementReference): void {
  let at = references.length;
  for (; at > 0; at -= 1) {
    const before = references[at - 1];
    if (before === undefined || before.source !== reference.source || before.layer !== reference.layer) break;
    if (before.index === reference.index) return;
    if (before.index < reference.index) break;
  }
  references.splice(at, 0, reference);
}

function referenceTo(
  layer: PolicyLayer,
  source: string,
  { index, sid, effect }: CompiledStatement,
): StatementReference {
  return sid === undefined ? { layer, source, index, effect } : { layer, source, index, sid, effect };
}
