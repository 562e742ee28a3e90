import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bothDecisions, findDisagreement, newTally } from './differential.ts';
import { valueKinds } from './generator-values.ts';
import type { ModelEffect } from './model.ts';
import { type DecisionVector, readVectors } from './vector.ts';
import { engineDecision } from './vector-request.ts';

const here = import.meta.dirname;

/** A case on which the evaluators once differed, and the answer that was judged right. */
interface FoundCase {
  readonly why: string;
  /** Null while nobody has judged the case. */
  readonly expected: ModelEffect | null;
  readonly vector: DecisionVector;
}

const readFound = (file: string): FoundCase =>
  // Written by `fuzz.ts` and judged by a person, so its shape is taken at its word.
  JSON.parse(readFileSync(`${here}/cases/found/${file}`, 'utf8'));

describe('the engine and the model decide alike', () => {
  test('on 20,000 generated cases, a good part of each effect, with every operator deciding some', () => {
    const tally = newTally();
    expect(findDisagreement({ seed: 20_261_124, cases: 20_000 }, tally)).toBe(null);
    expect(tally.effects.Allow).toBeGreaterThan(4000);
    expect(tally.effects.ExplicitDeny).toBeGreaterThan(2000);
    expect(tally.effects.ImplicitDeny).toBeGreaterThan(4000);
    const decided = new Set(
      [...tally.deciding.keys()].map((name) => name.replace(/^.*:/, '').replace(/IfExists$/, '')),
    );
    expect([...decided].sort()).toEqual(['Null', ...valueKinds.flatMap((kind) => kind.operators)].sort());
  }, 60_000);
});

test('the engine answers every recorded decision when asked in the way of this test', () => {
  const vectors = readVectors(readFileSync(`${here}/vectors/decisions.jsonl`, 'utf8'));
  const wrong = vectors.filter((vector) => engineDecision(vector) !== vector.expected);
  expect(wrong.map(({ id }) => id)).toEqual([]);
});

describe('cases on which they once differed', () => {
  for (const file of readdirSync(`${here}/cases/found`).filter((name) => name.endsWith('.json'))) {
    const { why, expected, vector } = readFound(file);
    test(`${file} ${why}`, () => {
      expect(bothDecisions(vector)).toEqual({ model: expected, engine: expected });
    });
  }
});
