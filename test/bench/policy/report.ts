import type { Timing } from './rounds.ts';

const HEAD = ['a second', 'p50 µs', 'p99 µs', 'times', 'batch'];

/**
 * Prints timings as a Markdown table, ready for docs/policy-performance.md. "Times" is how much more time than the
 * first row each took.
 */
export function printTimings(title: string, timings: readonly Timing[]): void {
  const first = timings[0]?.perSecond ?? Number.NaN;
  const rows = [[title, ...HEAD], ...timings.map((timing) => cellsOf(timing, first))];
  const widths = [title, ...HEAD].map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)));
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const [head = [], ...body] = rows;
  console.log();
  for (const cells of [head, rule, ...body]) console.log(lineOf(cells, widths));
}

const cellsOf = ({ name, perSecond, p50Microseconds, p99Microseconds, batch }: Timing, first: number) => [
  name,
  Math.round(perSecond).toLocaleString('en'),
  threeDigits(p50Microseconds),
  threeDigits(p99Microseconds),
  threeDigits(first / perSecond),
  String(batch),
];

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, at) =>
    at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
  );
  return `| ${padded.join(' | ')} |`;
}

const threeDigits = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
