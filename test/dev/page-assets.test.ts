import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { repositoryPath, stopBuilding } from '../../dev/build.ts';
import { pageAssets, storedPageAssets } from '../../dev/page-assets.ts';
import { PAGE_ASSETS } from '../../src/doors/http/page/page-assets.ts';

afterAll(stopBuilding);

test('the stored assets are what browser/ says (else: node dev/page-assets.ts)', async () => {
  expect(storedPageAssets()).toBe(await pageAssets());
});

test('each path names its content', () => {
  for (const { path, text } of Object.values(PAGE_ASSETS)) {
    expect(path).toContain(createHash('sha256').update(text).digest('hex').slice(0, 16));
  }
});

test('no style asks for anything from outside', () => {
  expect(PAGE_ASSETS.style.text).not.toMatch(/@import|url\(|https?:/);
});

test('every colour that a rule names has its step, light and dark', () => {
  const { text } = PAGE_ASSETS.style;
  const named = new Set(
    [...text.matchAll(/var\((--(?:slate|indigo|red|grass|amber)-\d+)\)/g)].map(([, name]) => name),
  );
  expect(named.size).toBeGreaterThan(15);
  for (const name of named) expect(text.split(`${name}:`).length - 1, name).toBe(2);
});

test('the browser sources have sound types', async () => {
  const tsc = join(repositoryPath, 'node_modules/.bin/tsc');
  await promisify(execFile)(tsc, ['--noEmit', '-p', join(repositoryPath, 'browser/tsconfig.json')]);
});
