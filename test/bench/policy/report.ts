import { printTable } from '../table.ts';
import type { Timing } from './rounds.ts';

const HEAD = ['', 'a second', 'p50 µs', 'p99 µs', 'times the first', 'batch'];

/** Prints timings under a title; the last column but one is how much more time than the first row each took. */
export function printTimings(title: string, timings: readonly Timing[]): void {
  const fastest = timings[0]?.perSecond ?? Number.NaN;
  console.log(`\n${title}`);
  printTable(
    HEAD,
    timings.map(({ name, perSecond, p50Microseconds, p99Microseconds, batch }) => [
      name,
      Math.round(perSecond).toLocaleString('en'),
      threeDigits(p50Microseconds),
      threeDigits(p99Microseconds),
      threeDigits(fastest / perSecond),
      String(batch),
    ]),
  );
}

const threeDigits = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
