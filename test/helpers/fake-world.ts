import { toBase64 } from '../../src/core/bytes.ts';
import type { Clock, Random } from '../../src/core/ports.ts';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  nowMilliseconds(): number;
  advance(milliseconds: number): void;
}

/** 2026-11-24 12:00:00 UTC. */
export const START_SECONDS = 1_795_521_600;

export function fakeClock(startMilliseconds: number = START_SECONDS * 1000): FakeClock {
  let now = startMilliseconds;
  return {
    nowMilliseconds: () => now,
    advance: (milliseconds) => {
      now += milliseconds;
    },
  };
}

/** Bytes that differ at each call and are the same in each run. */
export function fakeRandom(seed = 1): Random {
  let state = seed;
  return {
    bytes: (count) =>
      Uint8Array.from({ length: count }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
  };
}

/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function deferred<T>(): Deferred<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { promise, resolve, reject };
}

/** Lets everything that waits for nothing outside run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await null;
}

/** Text that no compression makes much smaller than three quarters. */
export function incompressible(length: number): string {
  const bytes = fakeRandom(length + 7).bytes(length);
  return toBase64(bytes).slice(0, length);
}
