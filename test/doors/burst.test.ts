/**
 * Many requests at once on an isolate whose code is hot. In a Worker a promise belongs to the request that made it, and what requests
 * share must be waited for with care (src/core/own-promise.ts): without it, whole batches of simultaneous issuances ended with a 500.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scenario, startScenario } from '../helpers/scenario.ts';

let scenario: Scenario;

beforeAll(async () => {
  scenario = await startScenario();
});

afterAll(() => scenario.stop());

const IN_FLIGHT = 32;

/** Sends requests, so many in flight at a time. @returns how often each status came */
async function burst(count: number, send: () => Promise<Response>): Promise<Record<number, number>> {
  const statuses: Record<number, number> = {};
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await send();
      await answer.text();
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return statuses;
}

test('thousands of simultaneous issuances are all answered, also after quiet moments and past the freshness bound', async () => {
  const { daypass, roleArn } = scenario;
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'burst',
    WebIdentityToken: await scenario.idToken({ exp: daypass.nowSeconds() + 80_000 }),
  }).toString();
  const issue = () => daypass.fetch('/', { method: 'POST', body });
  expect(await burst(3000, issue)).toEqual({ 200: 3000 });
  for (let round = 0; round < 4; round += 1) {
    await daypass.advance(6);
    expect(await burst(200, issue)).toEqual({ 200: 200 });
  }
}, 60_000);
