/**
 * The load, in a process of its own: keep-alive connections, each with one request in flight, over bare sockets so that the
 * client costs little. Takes jobs as messages and answers each with a tally.
 */
import { connect } from 'node:net';

export interface LoadJob {
  readonly port: number;
  /** Whole requests; each connection walks through them, from a start far from the others'. */
  readonly requests: readonly string[];
  readonly inFlight: number;
  readonly milliseconds: number;
}

export interface LoadTally {
  readonly answers: number;
  readonly seconds: number;
  /** Heads of the first answers that were not 200. */
  readonly failures: readonly string[];
}

async function run(job: LoadJob): Promise<LoadTally> {
  const bytes = job.requests.map((request) => Buffer.from(request));
  const startedAt = performance.now();
  const endsAt = startedAt + job.milliseconds;
  const failures: string[] = [];
  const counts = await Promise.all(
    Array.from({ length: job.inFlight }, (_, at) =>
      drive(job.port, bytes, Math.floor((at * bytes.length) / job.inFlight), endsAt, failures),
    ),
  );
  const answers = counts.reduce((sum, count) => sum + count, 0);
  return { answers, seconds: (performance.now() - startedAt) / 1000, failures: failures.slice(0, 3) };
}

/** One connection. @returns how many answers it got */
function drive(
  port: number,
  requests: readonly Buffer[],
  start: number,
  endsAt: number,
  failures: string[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let answers = 0;
    let next = start;
    let held: Buffer = Buffer.alloc(0);
    const send = (): void => {
      socket.write(requests[next % requests.length] ?? '');
      next += 1;
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => resolve(answers));
    socket.on('data', (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const length = answerLength(held);
      if (length === null || held.length < length) return;
      if (held.toString('latin1', 9, 12) !== '200') failures.push(held.toString('latin1', 0, 600));
      held = Buffer.alloc(0);
      answers += 1;
      if (performance.now() >= endsAt) socket.destroy();
      else send();
    });
  });
}

/** @returns the length of the answer that begins the bytes, or null while its head is not whole */
function answerLength(bytes: Buffer): number | null {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return null;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1];
  if (length === undefined) throw new Error('an answer without Content-Length');
  return head + 4 + Number(length);
}

process.on('message', (job: LoadJob) => {
  run(job).then(
    (tally) => process.send?.(tally),
    (error: unknown) => process.send?.({ answers: 0, seconds: 0, failures: [String(error)] }),
  );
});
