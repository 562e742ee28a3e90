/**
 * `npm run bench:audit-buffer`: a Queue against a SQLite Durable Object as the place where an audit event is durable before an
 * answer leaves, on miniflare, one isolate, 64 requests in flight, rounds in turn.
 */
import { Load, type Measurement, measure } from '../measure.ts';
import { startBareServer } from '../servers.ts';
import { plainRequest } from '../sign.ts';
import { printTable } from '../table.ts';

const IN_FLIGHT = 64;
const ROUNDS = 5;
const MILLISECONDS = 800;
const PATHS = [
  ['nothing kept', '/none'],
  ['Queue, one event a call', '/queue'],
  ['Durable Object, one event a call', '/object'],
  ['Queue, sixteen events a call', '/queue-batch'],
  ['Durable Object, sixteen events a call', '/object-batch'],
] as const;

/** The size of an AssumeRoleWithWebIdentity event. */
const event = JSON.stringify({ eventName: 'AssumeRoleWithWebIdentity', padding: 'x'.repeat(1100) });

const server = await startBareServer('test/bench/audit-buffer/worker.ts', {
  queueProducers: { QUEUE: { queueName: 'events' } },
  queueConsumers: { events: { maxBatchSize: 100, maxBatchTimeout: 1 } },
  durableObjects: { OBJECT: { className: 'EventObject', useSQLite: true } },
});
const load = new Load();
try {
  const results = new Map<string, Measurement[]>(PATHS.map(([name]) => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, path] of PATHS) {
      const measured = await measure(load, { ...server, settles: true }, job(path));
      if (round >= 0) results.get(name)?.push(measured); // the first round warms up
    }
  }
  const rows = [...results].map(([name, all]) => {
    const least = Math.min(...all.map(({ microseconds }) => microseconds));
    const most = Math.max(...all.map(({ perSecond }) => perSecond));
    return [name, least.toFixed(0), most.toFixed(0), ((IN_FLIGHT * 1000) / most).toFixed(1)];
  });
  printTable(['', 'CPU µs a call', 'calls/s', 'ms a call'], rows);
} finally {
  load.stop();
  await server.stop();
}

function job(path: string) {
  const host = `localhost:${server.port}`;
  const request = plainRequest({ host, path, contentType: 'application/json', body: event });
  return { port: server.port, requests: [request], inFlight: IN_FLIGHT, milliseconds: MILLISECONDS };
}
