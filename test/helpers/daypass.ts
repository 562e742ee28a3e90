import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { inject } from 'vitest';
import type { Blueprint } from '../../dev/blueprint.ts';
import type { Bootstrap } from '../../dev/bootstrap.ts';
import { type Broker, startBroker } from '../../dev/local-broker.ts';
import { makeSecrets, type Secrets } from '../../dev/secrets.ts';
import type { D1Call } from './d1-counter.ts';

export interface DaypassOptions {
  /** Settings that differ from wrangler.toml's `local` environment. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly secrets?: Secrets;
  /** Null leaves the broker fresh, without an account; `bootstrap` then throws. */
  readonly setup?: { readonly email: string; readonly accountAlias?: string } | null;
  readonly directSockets?: boolean;
}

/** Long-term or temporary keys, as the AWS SDK takes them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One broker of a test file. Its state is its own and goes with it. */
export interface Daypass {
  readonly url: string;
  readonly bootstrap: Bootstrap;
  readonly secrets: Secrets;
  /** The database itself, past the Worker: for looking, and for damage that no request could do. */
  readonly d1: Broker['d1'];
  /** Everything that the Worker logged. */
  readonly logs: readonly string[];
  /** AWS SDK clients; without credentials they sign as the bootstrap administrator. They never retry. */
  iam(credentials?: Credentials): IAMClient;
  sts(credentials?: Credentials): STSClient;
  /** Asks for a path of the broker; redirects are answers like others. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Moves the Worker's clock, and that of the SDK clients, forward. */
  advance(seconds: number): Promise<void>;
  nowSeconds(): number;
  /**
   * Runs an action. @returns the database calls that the Worker made for requests meanwhile, without one that asks by itself what has
   * changed: an isolate does so now and then, whatever is asked of it (test/store/snapshot.test.ts says how often). A second one stays
   */
  countD1(action: () => Promise<unknown>): Promise<readonly D1Call[]>;
  /** False makes the database unreachable for requests (the audit buffer's own access stays). */
  setD1Reachable(reachable: boolean): Promise<void>;
  /** Fires the cron triggers. @throws Error when a run fails */
  scheduled(): Promise<void>;
  /** Stops and starts it on the same state and port: a cold isolate. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const defaultSetup = { email: 'root@example.com' };

/** Starts a broker, set up and ready. Call `stop` in afterAll. @throws Error when it does not come up */
export async function startDaypass(options: DaypassOptions = {}): Promise<Daypass> {
  const stateDir = mkdtempSync(join(tmpdir(), 'daypass-test-'));
  cpSync(inject('migratedStatePath'), stateDir, { recursive: true }); // its start finds every migration applied
  const secrets = options.secrets ?? makeSecrets();
  const logs: string[] = [];
  const start = (port: number): Promise<Broker> =>
    startBroker({
      port,
      stateDir,
      secrets,
      blueprint: readBlueprintFile(),
      vars: options.vars ?? {},
      directSockets: options.directSockets ?? true,
      onLog: (line) => logs.push(line),
    });

  let broker = await start(0);
  let offsetSeconds = 0;
  const setup = options.setup === undefined ? defaultSetup : options.setup;
  const bootstrap = setup === null ? null : await broker.setup(setup);
  const clients: Array<IAMClient | STSClient> = [];

  const keep = <T extends IAMClient | STSClient>(client: T): T => {
    clients.push(client);
    return client;
  };
  const clientOptions = (credentials: Credentials = requireBootstrap(bootstrap).admin) => ({
    endpoint: broker.url,
    region: 'us-east-1',
    maxAttempts: 1,
    systemClockOffset: offsetSeconds * 1000,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      ...(credentials.sessionToken === undefined ? {} : { sessionToken: credentials.sessionToken }),
    },
  });
  const control = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(`${broker.url}/__test/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (answer.status !== 200) throw new Error(`control ${path} answered ${answer.status}`);
    return answer.json();
  };
  const moveClocks = async (): Promise<void> => {
    await control('clock', offsetSeconds * 1000);
    for (const client of clients) client.config.systemClockOffset = offsetSeconds * 1000;
  };
  // Written by the same helper inside the Worker, so its shape is known.
  const takeCalls = async () => (await control('d1/take-calls', null)) as readonly D1Call[];

  return {
    url: broker.url,
    secrets,
    logs,
    get bootstrap() {
      return requireBootstrap(bootstrap);
    },
    get d1() {
      return broker.d1;
    },
    iam: (credentials) => keep(new IAMClient(clientOptions(credentials))),
    sts: (credentials) => keep(new STSClient(clientOptions(credentials))),
    fetch: (path, init = {}) => fetch(`${broker.url}${path}`, { redirect: 'manual', ...init }),
    advance: async (seconds) => {
      offsetSeconds += seconds;
      await moveClocks();
    },
    nowSeconds: () => Math.floor(Date.now() / 1000) + offsetSeconds,
    countD1: async (action) => {
      await takeCalls();
      await action();
      return withoutRevalidation(await takeCalls());
    },
    setD1Reachable: async (reachable) => {
      await control('d1/reachable', reachable);
    },
    scheduled: () => broker.scheduled(Date.now() + offsetSeconds * 1000),
    restart: async () => {
      await broker.stop();
      broker = await start(broker.port);
      await moveClocks();
    },
    stop: async () => {
      for (const client of clients) client.destroy();
      await broker.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

const isRevalidation = ({ sql }: D1Call): boolean =>
  sql.length === 1 && sql[0]?.includes('from "change_log"') === true;

function withoutRevalidation(calls: readonly D1Call[]): readonly D1Call[] {
  const first = calls.findIndex(isRevalidation);
  return calls.filter((_, at) => at !== first);
}

function readBlueprintFile(): Blueprint {
  return JSON.parse(readFileSync(inject('blueprintPath'), 'utf8')); // written by build-worker.ts a moment ago
}

function requireBootstrap(bootstrap: Bootstrap | null): Bootstrap {
  if (bootstrap === null) throw new Error('this broker was not set up');
  return bootstrap;
}
