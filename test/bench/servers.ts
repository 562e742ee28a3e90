/** The two servers that are compared, each in a workerd process of its own. */
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { readBlueprint } from '../../dev/blueprint.ts';
import { buildWorker } from '../../dev/build.ts';
import { type Broker, startBroker } from '../../dev/local-broker.ts';
import { findFreePort, loopback } from '../../dev/loopback.ts';
import { workerdProcesses } from './measure.ts';

export interface Server {
  readonly port: number;
  /** Of its workerd; null where processes cannot be looked at. */
  readonly pid: number | null;
  /** Whether it goes on working after its answers: then a measurement waits for that. */
  readonly settles: boolean;
  stop(): Promise<void>;
}

export interface BrokerServer extends Server {
  readonly broker: Broker;
}

/** Starts a broker. @param entry - another Worker entry than the real one */
export async function startBrokerServer(entry?: string): Promise<BrokerServer> {
  const blueprint = await readBlueprint(entry);
  const { value: broker, pid } = await withPid(() => startBroker({ port: 0, stateDir: null, blueprint }));
  return { port: broker.port, pid, settles: true, broker, stop: () => broker.stop() };
}

/** Starts a Worker of the bench. @param options - what miniflare needs beside the code */
export async function startBareServer(entry: string, options: object): Promise<Server> {
  const { code } = await buildWorker(entry);
  const { worker } = await readBlueprint();
  const port = await findFreePort();
  const { value: miniflare, pid } = await withPid(async () => {
    const made = new Miniflare({
      ...convertV4MiniflareOptions({
        workers: [
          {
            name: 'bare',
            compatibilityDate: worker.compatibilityDate ?? '',
            compatibilityFlags: worker.compatibilityFlags ?? [],
            modules: [{ type: 'ESModule', path: 'worker.js', contents: code }],
            unsafeDirectSockets: [{ host: loopback, port }],
            ...options,
          },
        ],
      }),
      host: loopback,
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: ({ message }) => console.error(message),
    });
    await made.ready;
    return made;
  });
  return { port, pid, settles: false, stop: () => miniflare.dispose() };
}

async function withPid<T>(start: () => Promise<T>): Promise<{ value: T; pid: number | null }> {
  const before = new Set(workerdProcesses());
  const value = await start();
  return { value, pid: workerdProcesses().find((pid) => !before.has(pid)) ?? null };
}
