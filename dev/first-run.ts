import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Blueprint } from './blueprint.ts';
import { type Bootstrap, formatBootstrap, parseBootstrap } from './bootstrap.ts';
import { startBroker } from './local-broker.ts';
import type { Secrets } from './secrets.ts';
import { readPrivateFile, StateError, writePrivateFile } from './state-files.ts';

/** The places inside a state folder. */
export function statePaths(stateDir: string) {
  return {
    secrets: join(stateDir, 'secrets.json'),
    bootstrap: join(stateDir, 'bootstrap.json'),
    resources: join(stateDir, 'resources'),
    peers: join(stateDir, 'peers'),
  };
}

/** @returns whether this state folder holds a broker that was set up */
export function isSetUp(stateDir: string): boolean {
  return existsSync(statePaths(stateDir).resources);
}

/**
 * Sets a fresh broker up and writes bootstrap.json. It runs on a port nobody knows and in a folder of its own, which takes
 * its place at the very end: whoever sees `/readyz` answer 200 on the real port finds the file there, and a first run that
 * was cut short is done again from the start.
 * @throws Error when setup fails; StateError when a file cannot be written
 */
export async function setUpFresh(
  stateDir: string,
  blueprint: Blueprint,
  secrets: Secrets,
  port: number,
): Promise<Bootstrap> {
  const paths = statePaths(stateDir);
  const draftDir = join(stateDir, 'first-run');
  rmSync(draftDir, { recursive: true, force: true });
  const bootstrap = await setUp(draftDir, blueprint, secrets, endpointOf(port));
  writePrivateFile(paths.bootstrap, formatBootstrap(bootstrap));
  renameSync(join(draftDir, 'resources'), paths.resources);
  rmSync(draftDir, { recursive: true });
  return bootstrap;
}

async function setUp(
  stateDir: string,
  blueprint: Blueprint,
  secrets: Secrets,
  endpoint: string,
): Promise<Bootstrap> {
  const vars = { DAYPASS_ISSUER: endpoint };
  const broker = await startBroker({ port: 0, stateDir, blueprint, secrets, vars, leaveSignals: true });
  try {
    return { ...(await broker.setup({ email: 'root@example.com' })), endpoint };
  } finally {
    await broker.stop();
  }
}

/**
 * Reads bootstrap.json of a broker that was set up before, and corrects its endpoint when the port has changed.
 * @returns null where the file was taken away: the broker works without it
 * @throws StateError when the file is damaged
 */
export function readBootstrap(stateDir: string, port: number): Bootstrap | null {
  const path = statePaths(stateDir).bootstrap;
  const text = readPrivateFile(path);
  if (text === null) return null;
  let bootstrap: Bootstrap;
  try {
    bootstrap = parseBootstrap(text);
  } catch (error) {
    throw new StateError(`${path} is damaged: ${error instanceof Error ? error.message : error}`);
  }
  const endpoint = endpointOf(port);
  if (bootstrap.endpoint === endpoint) return bootstrap;
  writePrivateFile(path, formatBootstrap({ ...bootstrap, endpoint }));
  return { ...bootstrap, endpoint };
}

function endpointOf(port: number): string {
  return `http://localhost:${port}`;
}
