/** The policies of one layer against one request: what they allow, and which of their statements deny. */
import type { CompiledStatement } from './compile.ts';
import { DIRECTLY, type NamedHow, NOT_NAMED } from './match/principal.ts';
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
  /** The Allow statements that applied, of the first policies that were enough. */
  readonly grants: StatementReference[];
}

/** One policy of a layer under evaluation. */
interface Reading {
  readonly evaluation: Evaluation;
  readonly layer: PolicyLayer;
  readonly source: string;
  readonly tally: Tally;
  /** Once a policy has allowed, only the denials of the following ones can change anything. */
  readonly onlyDenials: boolean;
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
    const { source } = policy;
    const reading: Reading = { evaluation, layer, source, tally, onlyDenials: tally.how === DIRECTLY };
    if (evaluation.tracer === null) readCandidates(reading, policy);
    else {
      for (const { statement, how } of evaluation.tracer.applying(layer, policy, level)) {
        count(reading, statement, how);
      }
    }
  }
  return tally;
}

function readCandidates(reading: Reading, { policy }: SourcedPolicy): void {
  const { action, resource } = reading.evaluation.request;
  const bucket = bucketFor(policy.index, action);
  readEach(reading, bucket.always);
  const { byResource, byStart } = bucket;
  if (byResource === null || byStart === null) return;
  const named = byResource.get(resource);
  if (named !== undefined) readEach(reading, named);
  for (const length of bucket.startLengths) {
    if (length > resource.length) break;
    const started = byStart.get(resource.slice(0, length));
    if (started !== undefined) readEach(reading, started);
  }
}

function readEach(reading: Reading, statements: readonly CompiledStatement[]): void {
  const { evaluation, onlyDenials } = reading;
  for (const statement of statements) {
    if (onlyDenials && statement.effect === 'Allow') continue;
    const how = matchStatement(statement, evaluation.request, evaluation.hasBoundary);
    if (how !== NOT_NAMED) count(reading, statement, how);
  }
}

function count(
  { evaluation, layer, source, tally, onlyDenials }: Reading,
  statement: CompiledStatement,
  how: NamedHow,
): void {
  if (statement.effect === 'Deny') {
    addOnce(evaluation.denials, referenceTo(layer, source, statement));
    return;
  }
  if (onlyDenials) return;
  if (how > tally.how) tally.how = how;
  addOnce(tally.grants, referenceTo(layer, source, statement));
}

/** The index may offer a statement twice, by two of its resources, and later ones first. */
function addOnce(references: StatementReference[], reference: StatementReference): void {
  let at = references.length;
  for (; at > 0; at -= 1) {
    const before = references[at - 1];
    if (before === undefined || before.source !== reference.source || before.layer !== reference.layer) break;
    if (before.index === reference.index) return;
    if (before.index < reference.index) break;
  }
  if (at === references.length) references.push(reference);
  else references.splice(at, 0, reference);
}

function referenceTo(
  layer: PolicyLayer,
  source: string,
  { index, sid, effect }: CompiledStatement,
): StatementReference {
  return sid === undefined ? { layer, source, index, effect } : { layer, source, index, sid, effect };
}
