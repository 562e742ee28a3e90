import { expect, test } from 'vitest';
import { runChores } from '../../src/usecases/run-chores.ts';
import { fakeDeps } from '../helpers/fake-deps.ts';

test('a chore that fails keeps none of the others from its turn, is logged, and fails the run', async () => {
  const done: string[] = [];
  const logged: unknown[] = [];
  const deps = { ...fakeDeps({}), log: (...line: unknown[]) => logged.push(line) };
  const run = runChores(deps, [
    ['first', async () => done.push('first')],
    ['broken', async () => Promise.reject(new Error('no such table'))],
    ['last', async () => done.push('last')],
  ]);
  await expect(run).rejects.toThrow('no such table');
  expect(done).toEqual(['first', 'last']);
  expect(logged).toEqual([['error', 'chore.failed', { chore: 'broken', reason: 'no such table' }]]);
});
