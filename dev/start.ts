/**
 * `npm start`: one broker on loopback with its stand-in providers. Everything it makes is in the state folder; the contract
 * that other tools rely on is in docs/local-run.md.
 */
import { readBlueprint } from './blueprint.ts';
import { stopBuilding } from './build.ts';
import { isSetUp, readBootstrap, setUpFresh, statePaths } from './first-run.ts';
import { startBroker } from './local-broker.ts';
import { isPortFree } from './loopback.ts';
import { peers } from './peers/index.ts';
import { keepSecrets } from './secrets.ts';
import { readSettings, SettingError, type Settings } from './settings.ts';
import { stopOnSignal, stopWithNpm } from './signals.ts';
import { makeStateFolder, StateError } from './state-files.ts';
import { lockStateFolder } from './state-lock.ts';
import { formatWelcome } from './welcome.ts';

const startedMilliseconds = performance.now();
/** What runs already, in the order of starting; each is stopped by the signal. */
const running: Array<{ stop(): Promise<void> }> = [];

try {
  await start(readSettings(process.env));
} catch (error) {
  console.error(`daypass: ${explain(error)}`);
  await stopAll();
  process.exit(1);
}

async function start(settings: Settings): Promise<void> {
  stopOnSignal(stopAll);
  stopWithNpm(stopAll);
  const { port, stateDir } = settings;
  const wantedPeers = settings.withPeers ? peers : [];
  await requireFreePorts([port, ...wantedPeers.map(({ portOffset }) => port + portOffset)]);
  makeStateFolder(stateDir);
  const unlock = lockStateFolder(stateDir);
  running.push({ stop: async () => unlock() });
  const blueprint = await readBlueprint();
  await stopBuilding();
  const secrets = keepSecrets(statePaths(stateDir).secrets, isSetUp(stateDir));
  const bootstrap = isSetUp(stateDir)
    ? readBootstrap(stateDir, port)
    : await setUpFresh(stateDir, blueprint, secrets, port);

  const runningPeers = [];
  const vars: Record<string, string> = {};
  for (const peer of wantedPeers) {
    const started = await peer.start({ port: port + peer.portOffset, stateDir: statePaths(stateDir).peers });
    running.push(started);
    runningPeers.push({ name: peer.name, help: started.help });
    Object.assign(vars, started.vars);
  }
  // The broker comes last: whoever sees it ready can use the stand-ins too.
  Object.assign(vars, settings.standIns);
  if (settings.recoveryToken !== null) vars.DAYPASS_RECOVERY_TOKEN = settings.recoveryToken;
  const broker = await startBroker({
    port,
    stateDir,
    blueprint,
    secrets,
    vars,
    cron: true,
    leaveSignals: true,
  });
  running.push(broker);
  const bootstrapPath = bootstrap === null ? null : statePaths(stateDir).bootstrap;
  console.log(formatWelcome({ settings, url: broker.url, bootstrapPath, peers: runningPeers }));
  console.log(`(started in ${((performance.now() - startedMilliseconds) / 1000).toFixed(1)} s)`);
}

async function requireFreePorts(ports: readonly number[]): Promise<void> {
  for (const port of ports) {
    if (port > 65_535) throw new SettingError(`PORT leaves no room for the stand-ins' port ${port}`);
    if (!(await isPortFree(port))) {
      throw new SettingError(
        `port ${port} is in use; stop what runs there or choose another: PORT=9000 npm start`,
      );
    }
  }
}

async function stopAll(): Promise<void> {
  const stopped = await Promise.allSettled(running.toReversed().map((each) => each.stop()));
  const failure = stopped.find((each) => each.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** One line for what a person can put right; the whole error for what is a fault of ours. */
function explain(error: unknown): string {
  if (error instanceof SettingError) return error.message;
  if (error instanceof StateError) return `the state cannot be used: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
