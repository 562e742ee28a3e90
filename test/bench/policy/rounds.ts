/**
 * Timing. Contestants take turns round by round, so that a slow moment of the machine falls on all of them; the order
 * moves on by one each round; garbage is collected before each turn, so that nobody pays for another's.
 */
const WARM_UP_MILLISECONDS = 400;
const NANOSECONDS_PER_MILLISECOND = 1_000_000;
/** A batch lasts at least this many steps of the clock, so that reading it costs at most about a hundredth. */
const STEPS_PER_BATCH = 200;
/** However fine the clock says it is, reading it twice takes about this long. */
const MIN_BATCH_NANOSECONDS = 20_000;

/** Something to measure; `run` does it once, for the question (or the like) at `place`. */
export interface Contestant {
  readonly name: string;
  readonly run: (place: number) => unknown;
}

/** How long and how often. */
export interface Schedule {
  readonly rounds: number;
  readonly turnMilliseconds: number;
  /** Places go from 0 to below this, again and again. */
  readonly places: number;
}

/** What one contestant did. */
export interface Timing {
  readonly name: string;
  /** The median round's. */
  readonly perSecond: number;
  /** Of the mean of each batch, over all rounds. */
  readonly p50Microseconds: number;
  readonly p99Microseconds: number;
  /** How many runs between two looks at the clock. */
  readonly batch: number;
  readonly batches: number;
}

interface Turns extends Contestant {
  readonly batch: number;
  place: number;
  readonly roundsPerSecond: number[];
  readonly batchNanoseconds: number[];
}

/** Measures all contestants in the same rounds. */
export function timeInRounds(contestants: readonly Contestant[], schedule: Schedule): readonly Timing[] {
  const turns = contestants.map((contestant) => warmUp(contestant, schedule.places));
  for (let round = 0; round < schedule.rounds; round += 1) {
    const first = round % turns.length;
    for (const turn of [...turns.slice(first), ...turns.slice(0, first)]) takeTurn(turn, schedule);
  }
  return turns.map(timingOf);
}

/** The smallest difference seen between two readings of the clock, in nanoseconds. */
export function clockStepNanoseconds(): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 10_000; tries += 1) {
    const start = process.hrtime.bigint();
    let end = start;
    while (end === start) end = process.hrtime.bigint();
    smallest = Math.min(smallest, Number(end - start));
  }
  return smallest;
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function warmUp(contestant: Contestant, places: number): Turns {
  const { run } = contestant;
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < WARM_UP_MILLISECONDS) {
    run(runs % places);
    runs += 1;
  }
  const nanosecondsPerRun = ((performance.now() - start) * NANOSECONDS_PER_MILLISECOND) / runs;
  const batchNanoseconds = Math.max(MIN_BATCH_NANOSECONDS, STEPS_PER_BATCH * clockStepNanoseconds());
  const batch = Math.max(1, Math.ceil(batchNanoseconds / nanosecondsPerRun));
  return { ...contestant, batch, place: 0, roundsPerSecond: [], batchNanoseconds: [] };
}

function takeTurn(turn: Turns, { turnMilliseconds, places }: Schedule): void {
  globalThis.gc?.();
  const { run, batch, batchNanoseconds } = turn;
  const start = process.hrtime.bigint();
  const end = start + BigInt(turnMilliseconds * NANOSECONDS_PER_MILLISECOND);
  let before = start;
  let runs = 0;
  while (before < end) {
    for (let n = 0; n < batch; n += 1) {
      run(turn.place);
      turn.place = turn.place + 1 === places ? 0 : turn.place + 1;
    }
    const after = process.hrtime.bigint();
    batchNanoseconds.push(Number(after - before) / batch);
    before = after;
    runs += batch;
  }
  turn.roundsPerSecond.push((runs * 1e9) / Number(before - start));
}

function timingOf({ name, batch, roundsPerSecond, batchNanoseconds }: Turns): Timing {
  return {
    name,
    perSecond: quantile(roundsPerSecond, 0.5),
    p50Microseconds: quantile(batchNanoseconds, 0.5) / 1000,
    p99Microseconds: quantile(batchNanoseconds, 0.99) / 1000,
    batch,
    batches: batchNanoseconds.length,
  };
}
