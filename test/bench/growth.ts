/**
 * What a big account costs: a broker with 10,000 roles and 100,000 users beside one with an almost empty account, the same
 * requests to both, in turns. Warm requests are compared by CPU; cold lookups, lists and changes, which read the database,
 * by the time to the answer.
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
/** How often each list and change is asked for; a page of the small account is as full as one of the big. */
const QUERIES = 60;
const SMALL_USERS = 250;
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
  const small = await openAccount({ roles: COLD_LOOKUPS, users: SMALL_USERS });
  const big = await openAccount({ roles: ROLES, users: USERS });
  const load = new Load();
  try {
    const operations = OPERATIONS.filter(({ name }) => ['AssumeRole', 'GetCallerIdentity'].includes(name));
    const rows = [];
    for (const operation of operations) rows.push(await warmRow(operation, small, big, load, options));
    printTable(['warm', cpuIsKnown ? 'empty µs' : 'empty /s', 'grown', 'ratio', 'budget', ''], rows);
    const rowsOfD1 = [];
    for (const query of QUERIES_OF_D1) rowsOfD1.push(await timedRow(query, small, big));
    printTable(['read from D1, median', 'empty ms', 'grown ms', 'ratio'], rowsOfD1);
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
        `INSERT INTO roles (account_id, role_id, name, name_key, path, description, trust_document, trust_pins, max_session_seconds, boundary_arn, tags, created_at_seconds) SELECT ?1, printf('AROAB%016d', n), 'role-' || n, 'role-' || n, '/', '', ?3, '{}', 43200, NULL, '[]', 0 FROM (${numbers} SELECT n FROM c)`,
      )
      .bind(accountId, size.roles, trustOf(accountId)),
    d1
      .prepare(
        `INSERT INTO attachments (account_id, owner_type, owner_id, policy_arn) SELECT ?1, 'role', printf('AROAB%016d', n), 'arn:aws:iam::aws:policy/ReadOnlyAccess' FROM (${numbers} SELECT n FROM c)`,
      )
      .bind(accountId, size.roles),
    d1
      .prepare(
        `INSERT INTO users (account_id, user_id, name, name_key, path, boundary_arn, tags, created_at_seconds) SELECT ?1, printf('AIDAB%016d', n), 'user-' || n, 'user-' || n, '/', NULL, '[]', 0 FROM (${numbers} SELECT n FROM c)`,
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

type Parameters = Readonly<Record<string, string>>;

/** A request that reads the database. */
interface QueryOfD1 {
  readonly name: string;
  readonly times: number;
  /** @param turn - from 1 on; @param marker - where a list's first page ended */
  readonly parameters: (turn: number, accountId: string, marker: string) => Parameters;
  /** A list of which a page further on is asked for. */
  readonly continues?: Parameters;
}

const iamCall = (Action: string, more: Parameters = {}): Parameters => ({
  ...{ Action, Version: '2010-05-08' },
  ...more,
});

const QUERIES_OF_D1: readonly QueryOfD1[] = [
  {
    name: 'AssumeRole of a role not held',
    times: COLD_LOOKUPS,
    parameters: (turn, accountId) => ({
      ...{ Action: 'AssumeRole', Version: '2011-06-15', RoleSessionName: 'bench' },
      RoleArn: `arn:aws:iam::${accountId}:role/role-${turn}`,
    }),
  },
  {
    name: 'ListUsers, first page of 100',
    times: QUERIES,
    parameters: () => iamCall('ListUsers', { MaxItems: '100' }),
  },
  {
    name: 'ListUsers, second page of 100',
    times: QUERIES,
    continues: iamCall('ListUsers', { MaxItems: '100' }),
    parameters: (_turn, _accountId, Marker) => iamCall('ListUsers', { MaxItems: '100', Marker }),
  },
  {
    name: 'ListRoles by path, nothing there',
    times: QUERIES,
    parameters: () => iamCall('ListRoles', { PathPrefix: '/none/' }),
  },
  { name: 'GetAccountSummary', times: QUERIES, parameters: () => iamCall('GetAccountSummary') },
  {
    name: 'CreateUser',
    times: QUERIES,
    parameters: (turn) => iamCall('CreateUser', { UserName: `bench-${turn}` }),
  },
  {
    name: 'DeleteUser',
    times: QUERIES,
    parameters: (turn) => iamCall('DeleteUser', { UserName: `bench-${turn}` }),
  },
];

/** Asks both accounts in turns, so that what else the machine does falls on both. */
async function timedRow(query: QueryOfD1, small: Account, big: Account): Promise<readonly string[]> {
  const sides = [];
  for (const account of [small, big]) {
    const first = query.continues === undefined ? '' : await ask(account, query.continues);
    const marker = /<Marker>([^<]+)<\/Marker>/.exec(first)?.[1] ?? '';
    if (query.continues !== undefined && marker === '') throw new Error(`${query.name}: there is one page`);
    sides.push({ account, marker, times: [] as number[] });
  }
  for (let turn = 1; turn <= query.times; turn += 1) {
    for (const { account, marker, times } of sides) {
      const accountId = account.world.roleArn.split(':')[4] ?? '';
      const startedAt = performance.now();
      await ask(account, query.parameters(turn, accountId, marker));
      times.push(performance.now() - startedAt);
    }
  }
  const [before = Number.NaN, after = Number.NaN] = sides.map(({ times }) => median(times));
  return [query.name, before.toFixed(2), after.toFixed(2), (after / before).toFixed(2)];
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

async function ask({ server, world }: Account, parameters: Parameters): Promise<string> {
  const host = `localhost:${server.port}`;
  const body = new URLSearchParams(parameters).toString();
  const request = { host, path: '/', contentType: 'application/x-www-form-urlencoded', body };
  const service = parameters.Version === '2010-05-08' ? 'iam' : 'sts';
  return send(host, signedRequest(request, world.admin, new Date(), service));
}

/** Sends a raw request by fetch. @throws Error unless it is answered with 200 */
async function send(host: string, raw: string): Promise<string> {
  const [head = '', body = ''] = raw.split('\r\n\r\n');
  const headers = head.split('\r\n').slice(1);
  const pairs = headers.map((line): [string, string] => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), line.slice(colon + 2)];
  });
  const own = pairs.filter(([name]) => name !== 'host' && name !== 'content-length'); // fetch writes them
  const response = await fetch(`http://${host}/`, { method: 'POST', headers: own, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`answered ${response.status}: ${text}`);
  return text;
}
