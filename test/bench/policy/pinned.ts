/** Runs a script on one core, where the system can pin a process. */
import { spawnSync } from 'node:child_process';

const CORE = '0';

/**
 * Starts a script of this folder in a process of its own and waits for it. Its garbage collector can be called.
 * @returns the exit code
 */
export function runPinned(script: string, args: readonly string[]): number {
  const node = [process.execPath, '--expose-gc', '--no-warnings', script, ...args];
  const canPin = spawnSync('taskset', ['-c', CORE, process.execPath, '--version']).status === 0;
  const [command = process.execPath, ...rest] = canPin ? ['taskset', '-c', CORE, ...node] : node;
  console.log(canPin ? `pinned to core ${CORE}` : 'not pinned: this system has no taskset');
  return spawnSync(command, rest, { stdio: 'inherit' }).status ?? 1;
}
