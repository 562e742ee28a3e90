import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coveragePage, storedCoveragePage } from '../../dev/aws-coverage.ts';
import { iam } from '../../src/doors/aws/iam/index.ts';
import { sts } from '../../src/doors/aws/sts/index.ts';

const rows = (page: string) =>
  new Map(
    Array.from(page.matchAll(/^\| (\w+) \| (implemented|refused|not yet) \|/gm), (row) => [row[1], row[2]]),
  );

test('the stored coverage page is what the code says: else run `npm run coverage:aws`', async () => {
  expect(storedCoveragePage()).toBe(await coveragePage());
});

test('the page tells of every action that the code has, and of no other state', async () => {
  const told = rows(await coveragePage());
  expect(told.size).toBe(12 + 180);
  for (const api of [sts, iam]) {
    for (const name of api.actions.keys()) expect([name, told.get(name)]).toEqual([name, 'implemented']);
    for (const name of api.unsupported.keys()) expect([name, told.get(name)]).toEqual([name, 'refused']);
  }
});

test('the script has its name in package.json', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(scripts['coverage:aws']).toBe('node dev/aws-coverage.ts');
});
