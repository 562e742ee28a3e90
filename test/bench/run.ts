/**
 * `npm run bench`: what a request costs the broker, against a bare Worker that does the same cryptography in the same run.
 * Flags: `--rounds N` (5), `--milliseconds N` of load per measurement (700), `--only PART-OF-A-NAME`, `--growth`,
 * `--peer` (beside npm `oidc-provider`).
 */
import { parseArgs } from 'node:util';
import { runGrowth } from './growth.ts';
import { cpuIsKnown, Load, type Measurement, measure } from './measure.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { runPeer } from './peer/run.ts';
import { type Server, startBareServer, startBrokerServer } from './servers.ts';
import { printTable } from './table.ts';
import { type BenchWorld, makeWorld } from './world.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    milliseconds: { type: 'string', default: '700' },
    only: { type: 'string', default: '' },
    growth: { type: 'boolean', default: false },
    peer: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
const milliseconds = Number(flags.milliseconds);
const IN_FLIGHT = 32;
/** Until neither has code left to compile. */
const WARM_UP_MILLISECONDS = 5000;

interface Contest {
  readonly bare: Server;
  readonly broker: Server;
  readonly brokerWithoutTrail: Server;
  readonly worlds: { readonly broker: BenchWorld; readonly brokerWithoutTrail: BenchWorld };
  readonly load: Load;
}

interface Rounds {
  readonly bare: Measurement[];
  readonly broker: Measurement[];
  readonly brokerWithoutTrail: Measurement[];
}

async function compare(): Promise<void> {
  const broker = await startBrokerServer();
  const brokerWithoutTrail = await startBrokerServer('test/bench/broker-without-trail.ts');
  const world = await makeWorld(broker);
  const withoutTrail = await makeWorld(brokerWithoutTrail);
  const bare = await startBareServer('test/bench/bare-worker.ts', { bindings: { KEYS: keysFor(world) } });
  const load = new Load();
  const worlds = { broker: world, brokerWithoutTrail: withoutTrail };
  const contest = { bare, broker, brokerWithoutTrail, worlds, load };
  try {
    const operations = OPERATIONS.filter(({ name }) => name.includes(flags.only));
    for (const operation of operations) await warmUp(contest, operation);
    const results = new Map<Operation, Rounds>();
    for (const operation of operations) results.set(operation, await contestRounds(contest, operation));
    printResults(results);
  } finally {
    load.stop();
    await Promise.all([world.stop(), withoutTrail.stop()]);
    await Promise.all([bare.stop(), broker.stop(), brokerWithoutTrail.stop()]);
  }
}

const keysFor = ({ idTokenKey, accessTokenKey, signingKey, admin, sessions }: BenchWorld) => ({
  idTokenKey,
  accessTokenKey,
  signingKey,
  secrets: Object.fromEntries([admin, ...sessions].map((each) => [each.accessKeyId, each.secretAccessKey])),
});

const hostOf = (server: Server): string => `localhost:${server.port}`;

function jobs({ bare, broker, brokerWithoutTrail, worlds }: Contest, operation: Operation, duration: number) {
  const job = (server: Server, world: BenchWorld, path: string) => ({
    port: server.port,
    requests: operation.requests(world, hostOf(server), path),
    inFlight: IN_FLIGHT,
    milliseconds: duration,
  });
  return {
    bare: job(bare, worlds.broker, operation.barePath),
    broker: job(broker, worlds.broker, operation.path),
    brokerWithoutTrail: job(brokerWithoutTrail, worlds.brokerWithoutTrail, operation.path),
  };
}

async function warmUp(contest: Contest, operation: Operation): Promise<void> {
  const { bare, broker, brokerWithoutTrail } = jobs(contest, operation, WARM_UP_MILLISECONDS);
  for (const job of [bare, broker, brokerWithoutTrail]) {
    await contest.load.run({ ...job, inFlight: 1, milliseconds: 1 }); // loads keys before others wait for them
    await contest.load.run(job);
  }
}

/** Interleaved, so that what else the machine does falls on all alike. */
async function contestRounds(contest: Contest, operation: Operation): Promise<Rounds> {
  const results: Rounds = { bare: [], broker: [], brokerWithoutTrail: [] };
  for (let round = 0; round < rounds; round += 1) {
    const { bare, broker, brokerWithoutTrail } = jobs(contest, operation, milliseconds);
    const { load } = contest;
    results.bare.push(await measure(load, contest.bare, bare));
    results.broker.push(await measure(load, contest.broker, broker));
    results.brokerWithoutTrail.push(await measure(load, contest.brokerWithoutTrail, brokerWithoutTrail));
  }
  return results;
}

const leastCpu = (all: readonly Measurement[]): number => Math.min(...all.map((each) => each.microseconds));
const mostPerSecond = (all: readonly Measurement[]): number => Math.max(...all.map((each) => each.perSecond));

function printResults(results: ReadonlyMap<Operation, Rounds>): void {
  const head = cpuIsKnown
    ? [
        'operation',
        'bare µs',
        'broker µs',
        'trail µs',
        'ratio',
        'with trail',
        'budget',
        '',
        'bare/s',
        'broker/s',
      ]
    : ['operation', 'bare/s', 'broker/s', 'ratio'];
  const rows = [...results].map(([{ name, budget }, { bare, broker, brokerWithoutTrail }]) => {
    const perSecond = [mostPerSecond(bare), mostPerSecond(broker)];
    if (!cpuIsKnown) {
      const ratio = mostPerSecond(bare) / mostPerSecond(broker);
      return [name, ...perSecond.map((each) => each.toFixed(0)), ratio.toFixed(2)];
    }
    const [alone, own, whole] = [leastCpu(bare), leastCpu(brokerWithoutTrail), leastCpu(broker)];
    const ratio = own / alone;
    return [
      name,
      alone.toFixed(0),
      own.toFixed(0),
      (whole - own).toFixed(0),
      ratio.toFixed(2),
      (whole / alone).toFixed(2),
      `≤ ${budget}`,
      ratio <= budget ? 'ok' : 'over',
      ...perSecond.map((each) => each.toFixed(0)),
    ];
  });
  printTable(head, rows);
}

if (flags.growth) await runGrowth({ rounds, milliseconds });
else if (flags.peer) await runPeer({ rounds, milliseconds });
else await compare();
