import { join, resolve } from 'node:path';
import { repositoryPath } from './build.ts';

/** What the environment of `npm start` says. */
export interface Settings {
  readonly port: number;
  /** Absolute path of the folder that the broker keeps everything in. */
  readonly stateDir: string;
  readonly withPeers: boolean;
  /** Where somebody's own stand-ins for built-in providers are; they come before ours. */
  readonly standIns: Readonly<Record<string, string>>;
  /** `DAYPASS_RECOVERY_TOKEN`, with which root is recovered; null where it is not to be. */
  readonly recoveryToken: string | null;
}

/** A setting that cannot be used; the text is for the person who set it. */
export class SettingError extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'SettingError';
  }
}

/**
 * Reads `PORT` (default 8787), `DAYPASS_STATE` (default `.daypass` beside package.json) and `DAYPASS_PEERS` (default 1).
 * @throws SettingError naming the variable that is wrong
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  return {
    port: readPort(environment.PORT),
    stateDir: resolve(environment.DAYPASS_STATE || join(repositoryPath, '.daypass')),
    withPeers: readSwitch('DAYPASS_PEERS', environment.DAYPASS_PEERS),
    standIns: readStandIns(environment),
    recoveryToken: environment.DAYPASS_RECOVERY_TOKEN || null,
  };
}

const STAND_INS = [
  'DAYPASS_GOOGLE_DISCOVERY_URL',
  'DAYPASS_FACEBOOK_DISCOVERY_URL',
  'DAYPASS_FACEBOOK_GRAPH_URL',
  'DAYPASS_X_API_URL',
];

function readStandIns(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    STAND_INS.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value === '' ? [] : [[name, value]];
    }),
  );
}

function readPort(value: string | undefined): number {
  if (value === undefined || value === '') return 8787;
  const port = /^[0-9]{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new SettingError(`PORT must be a number from 1 to 65535, not \`${value}\``);
}

function readSwitch(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || value === '1') return true;
  if (value === '0') return false;
  throw new SettingError(`${name} must be 0 or 1, not \`${value}\``);
}
