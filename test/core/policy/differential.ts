/** What `differential.test.ts` (short) and `fuzz.ts` (long) share: both evaluators on one case, and what a run saw. */
import fc from 'fast-check';
import { decisionVectors } from './generator.ts';
import { type ModelEffect, modelDecision } from './model.ts';
import { type DecisionVector, listOf, type VectorPolicy, type VectorStatement } from './vector.ts';
import { engineDecision } from './vector-request.ts';

/** What a run saw: how many of each effect, and per operator how many decisions hung on it. */
export interface Tally {
  readonly effects: Record<ModelEffect, number>;
  readonly deciding: Map<string, number>;
}

/** A case on which the evaluators differ, shrunk, with both answers. */
export interface Disagreement {
  readonly vector: DecisionVector;
  readonly model: string;
  readonly engine: string;
}

/** Both answers; the engine's may also say why it refused a document, which it never may for a generated one. */
export const bothDecisions = (
  vector: DecisionVector,
): { readonly model: string; readonly engine: string } => ({
  model: modelDecision(vector),
  engine: engineDecision(vector),
});

/** Changes every statement of every policy of a vector. */
const mapStatements = (
  vector: DecisionVector,
  change: (statement: VectorStatement) => VectorStatement,
): DecisionVector => {
  const policy = ({ Statement, ...rest }: VectorPolicy): VectorPolicy => ({
    ...rest,
    Statement: listOf(Statement).map(change),
  });
  const { identityPolicies, resourcePolicy, permissionsBoundaries, sessionPolicies, scopes } = vector;
  return {
    ...vector,
    ...(identityPolicies && { identityPolicies: identityPolicies.map(policy) }),
    ...(resourcePolicy && { resourcePolicy: policy(resourcePolicy) }),
    ...(permissionsBoundaries && { permissionsBoundaries: permissionsBoundaries.map(policy) }),
    ...(sessionPolicies && { sessionPolicies: sessionPolicies.map(policy) }),
    ...(scopes && { scopes: scopes.map(policy) }),
  };
};

const operatorsOf = (vector: DecisionVector): ReadonlySet<string> => {
  const names = new Set<string>();
  mapStatements(vector, (statement) => {
    for (const operator of Object.keys(statement.Condition ?? {})) names.add(operator);
    return statement;
  });
  return names;
};

/** The statement as if one operator were not in it. */
const without = (operator: string, statement: VectorStatement): VectorStatement => {
  const { [operator]: _left, ...rest } = statement.Condition ?? {};
  return { ...statement, Condition: rest };
};

/** The operators without which the answer would be another. */
export const decidingOperators = (vector: DecisionVector, effect: ModelEffect): readonly string[] =>
  [...operatorsOf(vector)].filter(
    (operator) =>
      modelDecision(mapStatements(vector, (statement) => without(operator, statement))) !== effect,
  );

/** An empty tally. */
export const newTally = (): Tally => ({
  effects: { Allow: 0, ExplicitDeny: 0, ImplicitDeny: 0 },
  deciding: new Map(),
});

const record = (tally: Tally, vector: DecisionVector): void => {
  const effect = modelDecision(vector);
  tally.effects[effect] += 1;
  for (const operator of decidingOperators(vector, effect)) {
    tally.deciding.set(operator, (tally.deciding.get(operator) ?? 0) + 1);
  }
};

/**
 * Compares both evaluators on generated cases.
 * @param options - the seed, which fixes the cases, and how many
 * @param tally - receives what was seen, up to the first disagreement
 * @returns the first disagreement, shrunk, or null
 */
export const findDisagreement = (
  options: { readonly seed: number; readonly cases: number },
  tally: Tally,
): Disagreement | null => {
  let shrinking = false;
  const agree = (vector: DecisionVector): boolean => {
    const { model, engine } = bothDecisions(vector);
    if (!shrinking) record(tally, vector);
    shrinking ||= model !== engine;
    return model === engine;
  };
  const result = fc.check(fc.property(decisionVectors, agree), {
    seed: options.seed,
    numRuns: options.cases,
  });
  const vector = result.counterexample?.[0];
  return vector === undefined ? null : { vector, ...bothDecisions(vector) };
};
