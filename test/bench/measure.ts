/** Load on a server, and what it cost the server's process. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LoadJob, LoadTally } from './load.ts';

/** False where the system does not tell a process's time: then throughput alone is compared. */
export const cpuIsKnown = existsSync('/proc/self/stat');
const MICROSECONDS_PER_TICK = 10_000; // Linux counts in hundredths of a second (USER_HZ)
const SETTLE_POLL_MILLISECONDS = 200;
/** Alarms come a second late, so a process has settled when it has been quiet for longer. */
const SETTLE_QUIET_POLLS = 7;
const QUIET_TICKS = 1;

export interface Measurement {
  /** CPU of the server for one request, work that follows the answers included; NaN where it is not known. */
  readonly microseconds: number;
  readonly perSecond: number;
}

/** The client process. */
export class Load {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'load.ts'), { execArgv: ['--no-warnings'] });

  /** @throws Error when an answer was not 200 */
  async run(job: LoadJob): Promise<LoadTally> {
    const tally = new Promise<LoadTally>((resolve) => this.#child.once('message', resolve));
    this.#child.send(job);
    const { failures, ...rest } = await tally;
    if (failures.length > 0) throw new Error(`port ${job.port} refused: ${failures[0]}`);
    return { failures, ...rest };
  }

  stop(): void {
    this.#child.kill();
  }
}

/** @returns the ids of this process's own workerd processes */
export function workerdProcesses(): readonly number[] {
  if (!cpuIsKnown) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = readStat(pid);
      return stat?.command.startsWith('workerd') === true && Number(stat.fields[1]) === process.pid;
    });
}

/** Runs a job and counts the server's CPU. @param settles - whether work follows the answers, which then counts too */
export async function measure(
  load: Load,
  { pid, settles }: { readonly pid: number | null; readonly settles: boolean },
  job: LoadJob,
): Promise<Measurement> {
  const before = ticksOf(pid);
  const { answers, seconds } = await load.run(job);
  const after = settles ? await settledTicks(pid) : ticksOf(pid);
  return {
    microseconds: ((after - before) * MICROSECONDS_PER_TICK) / answers,
    perSecond: answers / seconds,
  };
}

async function settledTicks(pid: number | null): Promise<number> {
  let ticks = ticksOf(pid);
  if (pid === null) return ticks;
  for (let quiet = 0; quiet < SETTLE_QUIET_POLLS; quiet += 1) {
    await wait(SETTLE_POLL_MILLISECONDS);
    const now = ticksOf(pid);
    if (now - ticks > QUIET_TICKS) quiet = -1;
    ticks = now;
  }
  return ticks;
}

function ticksOf(pid: number | null): number {
  const stat = pid === null ? null : readStat(pid);
  return stat === null ? Number.NaN : Number(stat.fields[11]) + Number(stat.fields[12]); // utime, stime
}

/** @returns the command and the fields behind it (state first), or null when there is no such process */
function readStat(pid: number): { readonly command: string; readonly fields: readonly string[] } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    return { command: text.slice(text.indexOf('(') + 1, end), fields: text.slice(end + 2).split(' ') };
  } catch {
    return null; // it has ended meanwhile
  }
}
