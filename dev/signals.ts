/** The signals that end a program. */
export const endingSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Runs something that adds listeners for the ending signals, and takes those away again. miniflare ends the process from
 * its own with code 143, before anything else could be stopped; its `exit` listener, which kills workerd, stays.
 */
export function withoutItsSignals<T>(make: () => T): T {
  const before = endingSignals.map((signal) => new Set(process.listeners(signal)));
  const made = make();
  endingSignals.forEach((signal, index) => {
    for (const listener of process.listeners(signal)) {
      if (before[index]?.has(listener) === false) process.off(signal, listener);
    }
  });
  return made;
}

/** Calls `stop` at the first ending signal, then exits: 0, or 1 when stopping failed. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  for (const signal of endingSignals) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error('daypass: not everything could be stopped:', error);
          process.exit(1);
        },
      );
    });
  }
}

/**
 * Under `npm start`, calls `stop` and exits when npm is gone without having passed a signal on, as after a `kill -9`:
 * else the broker would keep its ports for ever and nobody would know from where.
 */
export function stopWithNpm(stop: () => Promise<void>): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    stop().finally(() => process.exit(1));
  }, 500);
  watch.unref();
}
