/**
 * One Daypass broker on miniflare: the very Worker that is deployed, in the same runtime, with its database on disk or in a
 * temporary folder. `npm start` and the HTTP tests both run this; whoever wants a broker inside a test can import it.
 */
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { type Blueprint, readBlueprint } from './blueprint.ts';
import { type Bootstrap, parseBootstrap } from './bootstrap.ts';
import { startCron } from './cron.ts';
import { findFreePort, forwardIpv6, loopback } from './loopback.ts';
import { applyMigrations } from './migrations.ts';
import { makeSecrets, type Secrets } from './secrets.ts';
import { withoutItsSignals } from './signals.ts';

export interface BrokerOptions {
  /** The port on loopback; 0 takes a free one. */
  readonly port: number;
  /** Folder of the database files; null keeps them in a temporary folder that goes with the process. */
  readonly stateDir: string | null;
  /** Settings that differ from wrangler.toml's `local` environment. */
  readonly vars?: Readonly<Record<string, string>>;
  /** What production keeps as Worker secrets. Needed with a `stateDir` that was used before; else made here. */
  readonly secrets?: Secrets;
  /** Another Worker entry than src/worker.ts, and where it is built already, its blueprint. */
  readonly entry?: string;
  readonly blueprint?: Blueprint;
  /** False serves through miniflare's own front, as `wrangler dev` does: three times slower, sets cf-connecting-ip. */
  readonly directSockets?: boolean;
  /** True fires the cron triggers by itself; else call `scheduled`. */
  readonly cron?: boolean;
  /** True where the caller handles the ending signals and ends the process with exit(). */
  readonly leaveSignals?: boolean;
  /** Gets each line that the Worker logs; without it they go to stderr. */
  readonly onLog?: (line: string) => void;
}

export interface Broker {
  /** `http://localhost:PORT`, also the issuer. */
  readonly url: string;
  readonly port: number;
  readonly miniflare: Miniflare;
  readonly d1: Awaited<ReturnType<Miniflare['getD1Database']>>;
  /**
   * Sets the fresh broker up.
   * @throws Error with the answer's status and text when it is not a 200
   */
  setup(request: { readonly email: string; readonly accountAlias?: string }): Promise<Bootstrap>;
  /** Fires the cron triggers now. @throws Error when a run fails */
  scheduled(atMilliseconds?: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a broker and brings its database up to date; resolves once it serves.
 * @throws miniflare's ERR_ADDRESS_IN_USE when the port is taken; Error when the Worker or a migration fails
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const blueprint = options.blueprint ?? (await readBlueprint(options.entry));
  const secrets = options.secrets ?? makeSecrets();
  const port = options.port === 0 ? await findFreePort() : options.port;
  const url = `http://localhost:${port}`;
  const make = () => new Miniflare(miniflareOptions({ ...options, blueprint, secrets, port, url }));
  const miniflare = options.leaveSignals === true ? withoutItsSignals(make) : make();
  try {
    await miniflare.ready;
    const d1 = await miniflare.getD1Database('DB');
    await applyMigrations(d1, blueprint.migrations);
    return assemble({ miniflare, d1, url, port, secrets, blueprint, cron: options.cron === true });
  } catch (error) {
    await miniflare.dispose().catch(() => {}); // dispose repeats the error that is thrown anyway
    throw error;
  }
}

type Settled = BrokerOptions & {
  readonly blueprint: Blueprint;
  readonly secrets: Secrets;
  readonly url: string;
};

function miniflareOptions({
  blueprint,
  secrets,
  port,
  url,
  ...options
}: Settled): ConstructorParameters<typeof Miniflare>[0] {
  const direct = options.directSockets !== false;
  return {
    ...convertV4MiniflareOptions({
      workers: [
        {
          ...blueprint.worker,
          name: 'daypass',
          modules: [{ type: 'ESModule', path: 'worker.js', contents: blueprint.code }],
          bindings: { ...blueprint.worker.bindings, DAYPASS_ISSUER: url, ...options.vars, ...secrets },
          ...(direct ? { unsafeDirectSockets: [{ host: loopback, port }] } : {}),
        },
      ],
    }),
    // Loopback only: whoever reaches a miniflare port is believed about its MF-CF-Blob header.
    host: loopback,
    port: direct ? 0 : port,
    cf: false, // else it fetches a sample of request.cf from the network
    log: new Log(LogLevel.ERROR),
    handleStructuredLogs: ({ message }) => (options.onLog ?? logToStderr)(message),
    ...(options.stateDir === null ? {} : { resourcePersistencePath: join(options.stateDir, 'resources') }),
  };
}

function logToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

interface Parts {
  readonly miniflare: Miniflare;
  readonly d1: Broker['d1'];
  readonly url: string;
  readonly port: number;
  readonly secrets: Secrets;
  readonly blueprint: Blueprint;
  readonly cron: boolean;
}

async function assemble({ miniflare, d1, url, port, secrets, blueprint, cron }: Parts): Promise<Broker> {
  const scheduled = async (atMilliseconds = Date.now()): Promise<void> => {
    const worker = await miniflare.getWorker();
    for (const schedule of blueprint.crons) {
      const { outcome } = await worker.scheduled({ cron: schedule, scheduledTime: new Date(atMilliseconds) });
      if (outcome !== 'ok') throw new Error(`the cron run ended with ${outcome}`);
    }
  };
  const stopForwarding = await forwardIpv6(port);
  const stopCron = cron ? startCron(blueprint.crons, scheduled) : null;
  return {
    url,
    port,
    miniflare,
    d1,
    scheduled,
    setup: async (request) => {
      const answer = await miniflare.dispatchFetch(`${url}/setup`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${secrets.DAYPASS_SETUP_TOKEN}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(request),
      });
      const text = await answer.text();
      if (answer.status !== 200) throw new Error(`setup answered ${answer.status}: ${text}`);
      return parseBootstrap(text);
    },
    stop: async () => {
      stopCron?.();
      stopForwarding();
      await miniflare.dispose();
    },
  };
}
