import { afterAll, beforeAll, expect, test } from 'vitest';
import { PAGE_ASSETS } from '../../../src/doors/http/page/page-assets.ts';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';

let daypass: Daypass;
beforeAll(async () => {
  daypass = await startDaypass({ setup: null });
});
afterAll(() => daypass.stop());

test.for(Object.values(PAGE_ASSETS))('$path is served for good, as what it is', async (asset) => {
  const answer = await daypass.fetch(asset.path);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': asset.contentType,
    'cache-control': 'public, max-age=31536000, immutable',
    'x-content-type-options': 'nosniff',
  });
  expect(await answer.text()).toBe(asset.text);
});

test('another hash, an encoded path and other methods find nothing', async () => {
  const { path } = PAGE_ASSETS.style;
  for (const near of [
    '/assets/',
    '/assets/0000000000000000.css',
    path.replace('/assets', '/%61ssets'),
    `${path}/`,
  ]) {
    expect((await daypass.fetch(near)).status, near).toBe(404);
  }
  expect((await daypass.fetch(path, { method: 'POST' })).status).toBe(405);
});
