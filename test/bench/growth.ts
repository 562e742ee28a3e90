/**
 * What a big account costs: a broker with 10,000 roles and 100,000 users beside one with an almost empty account, the same
 * requests to both, in turns. Warm requests are compared by CPU, cold lookups by the time to the answer.
 */
import { cpuIsKnown, Load, type Measurement, measure } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { type BrokerServer, startBrokerServer } from './servers.ts';
import { signedRequest } from './sign.ts';
import { printTable } from './table.ts';
import { type BenchWorld, makeWorld } from './world.ts';

const ROLES = 10_000;
const USERS = 100_000;
const COLD_LOOKUPS = 200;
const BUDGET = 1.1;
const WARM_UP_MILLISECONDS = 1000;

export interface GrowthOptions {
  readonly rounds: number;
  readonly milliseconds: number;
}

interface Account {
  readonly server: BrokerServer;
  readonly world: BenchWorld;
}

/** Runs it and prints two tables. */
export async function runGrowth(options: GrowthOptions): Promise<void> {
  const small = await openAccount({ roles: COLD_LOOKUPS, users: 1 });
  const big = await openAccount({ roles: ROLES, users: USERS });
  const load = new Load();
  try {
    const operations = OPERATIONS.filter(({ name }) => ['AssumeRole', 'GetCallerIdentity'].includes(name));
    const rows = [];
    for (const operation of operations) rows.push(await warmRow(operation, small, big, load, options));
    printTable(['warm', cpuIsKnown ? 'empty µs' : 'empty /s', 'grown', 'ratio', 'budget', ''], rows);
    const cold = [await coldMilliseconds(small), await coldMilliseconds(big)];
    printTable(
      ['cold', 'empty ms', 'grown ms'],
      [['AssumeRole of a role not held, median', ...cold.map((each) => each.toFixed(2))]],
    );
  } finally {
    load.stop();
    for (const { server, world } of [small, big]) {
      await world.stop();
      await server.stop();
    }
  }
}

async function openAccount(size: { readonly roles: number; readonly users: number }): Promise<Account> {
  const server = await startBrokerServer();
  const world = await makeWorld(server);
  const accountId = world.roleArn.split(':')[4] ?? '';
  const numbers = 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < ?2)';
  const { d1 } = server.broker;
  await d1.batch([
    d1
      .prepare(
        `INSERT INTO roles SELECT ?1, printf('AROAB%016d', n), 'role-' || n, 'role-' || n, '/', '', ?3, '{}', 43200, NULL, '[]', 0 FROM (${numbers} SELECT n FROM c)`,
      )
      .bind(accountId, size.roles, trustOf(accountId)),
    d1
      .prepare(
        `INSERT INTO attachments SELECT ?1, 'role', printf('AROAB%016d', n), 'arn:aws:iam::aws:policy/ReadOnlyAccess' FROM (${numbers} SELECT n FROM c)`,
      )
      .bind(accountId, size.roles),
    d1
      .prepare(
        `INSERT INTO users SELECT ?1, printf('AIDAB%016d', n), 'user-' || n, 'user-' || n, '/', NULL, '[]', 0 FROM (${numbers} SELECT n FROM c)`,
      )
      .bind(accountId, size.users),
  ]);
  return { server, world };
}

const trustOf = (accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: 'sts:AssumeRole',
    },
  });

async function warmRow(
  operation: Operation,
  small: Account,
  big: Account,
  load: Load,
  { rounds, milliseconds }: GrowthOptions,
): Promise<readonly string[]> {
  const run = async ({ server, world }: Account, duration: number): Promise<Measurement> => {
    const requests = operation.requests(world, `localhost:${server.port}`, operation.path);
    return measure(load, server, { port: server.port, requests, inFlight: 32, milliseconds: duration });
  };
  for (const account of [small, big]) await run(account, WARM_UP_MILLISECONDS);
  const results: { small: Measurement[]; big: Measurement[] } = { small: [], big: [] };
  for (let round = 0; round < rounds; round += 1) {
    results.small.push(await run(small, milliseconds));
    results.big.push(await run(big, milliseconds));
  }
  const cost = ({ microseconds, perSecond }: Measurement) => (cpuIsKnown ? microseconds : 1e6 / perSecond);
  const [before, after] = [results.small, results.big].map((all) => Math.min(...all.map(cost)));
  const ratio = (after ?? 0) / (before ?? 1);
  return [
    operation.name,
    ...[before, after].map((each) => each?.toFixed(0) ?? ''),
    ratio.toFixed(2),
    `≤ ${BUDGET}`,
    ratio <= BUDGET ? 'ok' : 'over',
  ];
}

/** @returns the median time to the answer for roles that nobody has asked for yet, one after the other */
async function coldMilliseconds({ server, world }: Account): Promise<number> {
  const times: number[] = [];
  const prefix = world.roleArn.slice(0, world.roleArn.lastIndexOf('/'));
  for (let n = 1; n <= COLD_LOOKUPS; n += 1) {
    const body = new URLSearchParams({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: `${prefix}/role-${n}`,
      RoleSessionName: 'bench',
    }).toString();
    const host = `localhost:${server.port}`;
    const request = { host, path: '/', contentType: 'application/x-www-form-urlencoded', body };
    const startedAt = performance.now();
    await send(host, signedRequest(request, world.admin, new Date()));
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[COLD_LOOKUPS / 2] ?? Number.NaN;
}

/** Sends a raw request by fetch. @throws Error unless it is answered with 200 */
async function send(host: string, raw: string): Promise<void> {
  const [head = '', body = ''] = raw.split('\r\n\r\n');
  const headers = head.split('\r\n').slice(1);
  const pairs = headers.map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const own = pairs.filter(([name]) => name !== 'host' && name !== 'content-length'); // fetch writes them
  const response = await fetch(`http://${host}/`, { method: 'POST', headers: own, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`AssumeRole answered ${response.status}: ${text}`);
}
