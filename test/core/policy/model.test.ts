import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { modelDecision } from './model.ts';
import { readVectors } from './vector.ts';

const vectors = readVectors(readFileSync(`${import.meta.dirname}/vectors/decisions.jsonl`, 'utf8'));

describe('the model agrees with every recorded decision', () => {
  test('the file of vectors is complete', () => {
    expect(vectors.length).toBe(1326);
  });

  for (const vector of vectors) {
    test(`${vector.id} ${vector.name}`, () => {
      expect(modelDecision(vector)).toBe(vector.expected);
    });
  }
});
