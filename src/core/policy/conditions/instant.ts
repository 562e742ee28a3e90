/** A moment, exact to the nanosecond. */
export interface Instant {
  /** Whole seconds since 1970, negative before. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

const DAY = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/;
const TIME = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|z|[+-][0-9]{2}(?::?[0-9]{2})?)?$/;
const EPOCH = /^-?[0-9]{1,15}(?:\.([0-9]{1,9}))?$/;

/**
 * Reads a W3C ISO 8601 date or seconds since 1970. A bare four-digit number is a year. A missing zone means UTC.
 * @returns null for anything else, days and hours that do not exist included
 * @see https://www.w3.org/TR/NOTE-datetime
 */
export function parseInstant(text: string): Instant | null {
  const separator = text.search(/[Tt]/);
  const day = DAY.exec(separator === -1 ? text : text.slice(0, separator));
  if (day === null) return separator === -1 ? parseEpoch(text) : null;
  const dayStart = secondsOfDay(day);
  if (dayStart === null) return null;
  if (separator === -1) return { seconds: dayStart, nanoseconds: 0 };
  const time = day[3] === undefined ? null : TIME.exec(text.slice(separator + 1));
  return time === null ? null : addTime(dayStart, time);
}

/** @returns below, at or above zero, like a sort comparison */
export const compareInstants = (a: Instant, b: Instant): number =>
  a.seconds === b.seconds ? a.nanoseconds - b.nanoseconds : a.seconds - b.seconds;

function parseEpoch(text: string): Instant | null {
  const found = EPOCH.exec(text);
  if (found === null) return null;
  const nanoseconds = nanosecondsOf(found[1]);
  const whole = Number.parseInt(text, 10);
  // -1.25 is one second and a quarter before 1970: minus two seconds and three quarters.
  if (!text.startsWith('-') || nanoseconds === 0) return { seconds: whole, nanoseconds };
  return { seconds: whole - 1, nanoseconds: 1_000_000_000 - nanoseconds };
}

function secondsOfDay(day: RegExpExecArray): number | null {
  const [year, month, date] = [Number(day[1]), Number(day[2] ?? '1'), Number(day[3] ?? '1')];
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, date);
  const exists = moment.getUTCMonth() === month - 1 && moment.getUTCDate() === date;
  return exists ? moment.getTime() / 1000 : null;
}

function addTime(dayStart: number, time: RegExpExecArray): Instant | null {
  const [hour, minute, second] = [Number(time[1]), Number(time[2]), Number(time[3] ?? '0')];
  const offset = offsetSeconds(time[5]);
  if (hour > 23 || minute > 59 || second > 59 || offset === null) return null;
  const seconds = dayStart + hour * 3600 + minute * 60 + second - offset;
  return { seconds, nanoseconds: nanosecondsOf(time[4]) };
}

function offsetSeconds(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))];
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

const nanosecondsOf = (fraction: string | undefined): number => Number((fraction ?? '').padEnd(9, '0'));
