import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningIdp } from './party.ts';

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly url: string;
  /** A path that answers once it serves. */
  readonly ready: string;
}

/** Starts a server and waits until it answers. @throws Error when it does not within three minutes */
export async function run(server: ServerCommand): Promise<RunningIdp> {
  const { command, args, environment, logFile, url, ready } = server;
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  process.once('exit', () => child.kill('SIGTERM'));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  for (let turn = 0; turn < 900 && child.exitCode === null; turn += 1) {
    if (await answers(`${url}${ready}`)) return { url, stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`${command} does not serve; see ${logFile}`);
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { redirect: 'manual' }).then(
    ({ status }) => status < 500,
    () => false,
  );
