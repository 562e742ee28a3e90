import { expect, test } from 'vitest';
import { contextOf } from '../../../src/core/policy/context.ts';

test('keys are kept in lower case, and the later of two spellings counts', () => {
  const context = contextOf([
    ['aws:SourceIp', '10.0.0.1'],
    ['aws:TagKeys', ['a', 'b']],
    ['AWS:SOURCEIP', '10.0.0.2'],
  ]);
  expect([...context]).toEqual([
    ['aws:sourceip', '10.0.0.2'],
    ['aws:tagkeys', ['a', 'b']],
  ]);
});

test('nothing gives an empty context', () => {
  expect(contextOf([]).size).toBe(0);
});
