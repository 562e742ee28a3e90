import { describe, expect, test } from 'vitest';
import { findKept, isForgotten } from '../../../src/core/keyring/keyring.ts';

const kept = new Map([
  ['stays', { key: 'a', forgottenAtSeconds: null }],
  ['goes', { key: 'b', forgottenAtSeconds: 100 }],
]);

describe('a kept key', () => {
  test.for([
    ['stays', 1e9, 'a'],
    ['goes', 99, 'b'],
    ['goes', 100, null],
    ['goes', 101, null],
    ['unknown', 0, null],
    ['constructor', 0, null],
    [null, 0, null],
  ] as const)('%s at %i is %s', ([keyId, now, found]) => {
    expect(findKept(kept, keyId, now)).toBe(found);
  });

  test('forgotten at zero is forgotten since ever: an emergency', () => {
    expect(isForgotten(0, 1)).toBe(true);
  });
});
