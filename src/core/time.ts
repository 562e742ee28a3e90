/**
 * Instants are whole seconds since 1970 in UTC; only the wire has texts. Every reader here is strict: one spelling,
 * and only moments that the calendar has.
 */

const AMZ_DATE = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Writes an instant as AWS's answers do: `2026-01-01T00:00:00Z`, never with milliseconds (old parsers stumble on them).
 * @param seconds - whole seconds since 1970, years 0 to 9999
 */
export const formatIso = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Writes an instant in SigV4's basic form, `20260101T000000Z`. */
export const formatAmzDate = (seconds: number): string => formatIso(seconds).replaceAll(/[-:]/g, '');

/**
 * Reads SigV4's basic form.
 * @returns seconds since 1970, or null for another spelling or a moment that does not exist (`20260230T000000Z`)
 * @see AWS General Reference, "Elements of an AWS API request signature"
 */
export function parseAmzDate(text: string): number | null {
  const match = AMZ_DATE.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second] = match;
  const seconds = secondsOf([year, Number(month) - 1, day, hour, minute, second]);
  return formatAmzDate(seconds) === text ? seconds : null;
}

/**
 * Reads the date form that HTTP prescribes, `Sun, 06 Nov 1994 08:49:37 GMT`.
 * @returns seconds since 1970, or null for another spelling, a moment that does not exist, or the wrong day of the week
 * @see RFC 9110 section 5.6.7 (IMF-fixdate)
 */
export function parseHttpDate(text: string): number | null {
  const match = HTTP_DATE.exec(text);
  if (!match) return null;
  const [, day, month, year, hour, minute, second] = match;
  const seconds = secondsOf([year, MONTHS.indexOf(month ?? ''), day, hour, minute, second]);
  return new Date(seconds * 1000).toUTCString() === text ? seconds : null;
}

/** Year, month counted from zero, day, hour, minute, second. */
type CalendarParts = readonly [
  year: string | undefined,
  month: number,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
];

function secondsOf([year, month, day, hour, minute, second]: CalendarParts): number {
  return Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
}

/**
 * Reads an instant in UTC: `YYYY-MM-DD`, or with `THH:MM:SS`, a fraction of up to three digits, and `Z`.
 * @returns milliseconds since 1970, or null for any other text or a day that does not exist
 */
export function parseInstant(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/.exec(text);
  if (match === null) return null;
  const milliseconds = Date.parse(match[2] === undefined ? `${text}T00:00:00Z` : text);
  if (Number.isNaN(milliseconds)) return null;
  return new Date(milliseconds).toISOString().startsWith(match[1] ?? '') ? milliseconds : null;
}
