import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../../helpers/daypass.ts';

let daypass: Daypass;

beforeAll(async () => {
  daypass = await startDaypass();
});
afterAll(() => daypass.stop());

const readiness = async () => {
  const answer = await daypass.fetch('/readyz');
  const { status, missing } = (await answer.json()) as { status: string; missing?: string };
  return { code: answer.status, status, missing };
};

test('a good answer stands for a second, so that asking often costs no call to D1', async () => {
  await daypass.advance(2);
  const calls = await daypass.countD1(() => Promise.all(Array.from({ length: 20 }, readiness)));
  expect(calls.length).toBeLessThanOrEqual(20);
  expect(await daypass.countD1(readiness)).toEqual([]);
  await daypass.advance(2);
  expect(await daypass.countD1(readiness)).toHaveLength(1);
});

test('what is missing is said: the database', async () => {
  await daypass.setD1Reachable(false);
  await daypass.advance(2);
  expect(await readiness()).toEqual({ code: 503, status: 'not ready', missing: 'database' });
  await daypass.setD1Reachable(true);
  expect(await readiness()).toEqual({ code: 200, status: 'ready' });
});

test('keys', async () => {
  await daypass.advance(2);
  await daypass.d1.prepare("UPDATE keys SET state = 'retired' WHERE purpose = 'session-token'").run();
  expect(await readiness()).toEqual({ code: 503, status: 'not ready', missing: 'keys' });
});

test('migrations', async () => {
  await daypass.advance(2);
  await daypass.d1.prepare('ALTER TABLE keys RENAME TO elsewhere').run();
  expect(await readiness()).toEqual({ code: 503, status: 'not ready', missing: 'migrations' });
});
