import { ListUsersCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Daypass, startDaypass } from '../helpers/daypass.ts';

let daypass: Daypass;
beforeAll(async () => {
  daypass = await startDaypass();
});
afterAll(() => daypass.stop());

const whoAmI = () => daypass.sts().send(new GetCallerIdentityCommand({}));

test('the SDK clients act as the administrator that setup made', async () => {
  const { Arn } = await whoAmI();
  expect(Arn).toBe(`arn:aws:iam::${daypass.bootstrap.accountId}:user/admin`);
});

test('other credentials are used instead when they are given', async () => {
  const wrong = { ...daypass.bootstrap.admin, secretAccessKey: 'x'.repeat(40) };
  await expect(daypass.sts(wrong).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  });
});

test('the clock moves for the Worker and the SDK clients together, and for nobody else', async () => {
  const early = daypass.sts();
  await early.send(new GetCallerIdentityCommand({}));
  await daypass.advance(3600);
  expect(daypass.nowSeconds() - Math.floor(Date.now() / 1000)).toBeGreaterThanOrEqual(3600);
  await early.send(new GetCallerIdentityCommand({}));
  await whoAmI();
  const behind = daypass.sts();
  behind.config.systemClockOffset = 0;
  await expect(behind.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: expect.stringMatching(/^(SignatureDoesNotMatch|RequestExpired)$/),
  });
});

test('database calls of a request are counted: some when it is cold, for a list at least its own', async () => {
  await daypass.restart();
  const cold = await daypass.countD1(whoAmI);
  expect(cold.length).toBeGreaterThan(0);
  const list = await daypass.countD1(() => daypass.iam().send(new ListUsersCommand({})));
  expect(
    list.some(({ kind, sql }) => kind !== 'exec' && sql.some((text) => /from "users"/i.test(text))),
  ).toBe(true);
  expect(await daypass.countD1(() => daypass.fetch('/healthz'))).toEqual([]);
});

test('an unreachable database is a 503 from /readyz, and comes back', async () => {
  await daypass.setD1Reachable(false);
  expect((await daypass.fetch('/readyz')).status).toBe(503);
  expect((await daypass.fetch('/healthz')).status).toBe(200);
  await daypass.setD1Reachable(true);
  expect((await daypass.fetch('/readyz')).status).toBe(200);
});

test('a restart keeps the state, the port and the moved clock', async () => {
  await daypass.restart();
  expect((await whoAmI()).Account).toBe(daypass.bootstrap.accountId);
  expect((await daypass.fetch('/setup', { method: 'POST' })).status).toBe(409);
});

test('the cron trigger runs, and a run that fails is an error', async () => {
  await daypass.scheduled();
  await daypass.setD1Reachable(false);
  await expect(daypass.scheduled()).rejects.toThrow('the cron run ended with exception');
  await daypass.setD1Reachable(true);
});

test('a broker that was not set up is alive, not ready, and has no bootstrap', async () => {
  const fresh = await startDaypass({ setup: null });
  try {
    expect((await fresh.fetch('/healthz')).status).toBe(200);
    expect((await fresh.fetch('/readyz')).status).toBe(503);
    expect(() => fresh.bootstrap).toThrow('this broker was not set up');
  } finally {
    await fresh.stop();
  }
});

test("miniflare's own front serves the same", async () => {
  const fronted = await startDaypass({ directSockets: false });
  try {
    const { Account } = await fronted.sts().send(new GetCallerIdentityCommand({}));
    expect(Account).toBe(fronted.bootstrap.accountId);
  } finally {
    await fronted.stop();
  }
});
