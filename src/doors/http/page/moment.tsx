/** Moments and spans as people read them; the exact UTC stands in the title. */
import { formatIso } from '../../../core/time.ts';

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
];

/** A span in its largest whole unit, such as `3 hours`; under a minute it is `less than a minute`. */
export function spanInWords(seconds: number): string {
  const unit = UNITS.find(([size]) => seconds >= size);
  if (unit === undefined) return 'less than a minute';
  const count = Math.floor(seconds / unit[0]);
  return `${count} ${unit[1]}${count === 1 ? '' : 's'}`;
}

/** A moment, told from now. */
export function Moment(props: { readonly atSeconds: number; readonly nowSeconds: number }) {
  const { atSeconds, nowSeconds } = props;
  const iso = formatIso(atSeconds);
  const seconds = Math.abs(nowSeconds - atSeconds);
  const span = spanInWords(seconds);
  return (
    <time datetime={iso} title={iso}>
      {atSeconds > nowSeconds ? `in ${span}` : seconds < 60 ? 'just now' : `${span} ago`}
    </time>
  );
}
