/**
 * The model's reading of numbers, dates, addresses and bytes: exact, by big integers. Part of the second evaluator;
 * see `model.ts`.
 */

/** Decimal places kept, so that any two values compare as integers. */
const places = 18;

const scaled = (whole: string, fraction: string): bigint =>
  BigInt(whole) * 10n ** BigInt(places) + BigInt(fraction.padEnd(places, '0').slice(0, places));

/** An integer or decimal, exactly, in units of 10^-18; null for anything else. */
export const numberOf = (text: string): bigint | null => {
  const form = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (form?.[2] === undefined) return null;
  const size = scaled(form[2], form[3] ?? '');
  return form[1] === '-' ? -size : size;
};

const daysOfMonth = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const daysSinceEpoch = (year: number, month: number, day: number): number => {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
};

const isoForm =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;

const offsetSeconds = (zone: string): number => {
  if (zone === 'Z') return 0; // and a missing zone is UTC
  const seconds = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone.startsWith('-') ? -seconds : seconds;
};

/** A moment in units of 10^-18 seconds since 1970; `ambiguous` for a bare four-digit number; null for no date. */
export const momentOf = (text: string): bigint | 'ambiguous' | null => {
  if (/^\d{4}$/.test(text)) return 'ambiguous'; // a year or a number of seconds [?]
  if (/^-?\d+$/.test(text)) return numberOf(text);
  const form = isoForm.exec(text);
  if (form === null) return null;
  const [year, month, day] = [Number(form[1]), Number(form[2] ?? '1'), Number(form[3] ?? '1')];
  const [hour, minute, second] = [Number(form[4] ?? '0'), Number(form[5] ?? '0'), Number(form[6] ?? '0')];
  if (month < 1 || month > 12 || day < 1 || day > daysOfMonth(year, month)) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const wall = daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  const seconds = BigInt(wall - offsetSeconds(form[8] ?? 'Z'));
  return seconds * 10n ** BigInt(places) + scaled('0', form[7] ?? '');
};

/** An address: how many bits its family has, and their value. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const ipv4 = (text: string): bigint | null => {
  const octets = text.split('.');
  if (
    octets.length !== 4 ||
    !octets.every((octet) => /^(0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)
  ) {
    return null;
  }
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
};

/** `::ffff:10.0.0.1` ends in an IPv4 address; write that end as two groups. */
const withoutDottedEnd = (text: string): string => {
  const dotted = text.slice(text.lastIndexOf(':') + 1);
  const value = dotted.includes('.') ? ipv4(dotted) : null;
  if (value === null) return text;
  return `${text.slice(0, -dotted.length)}${(value / 65536n).toString(16)}:${(value % 65536n).toString(16)}`;
};

const ipv6 = (text: string): bigint | null => {
  const sides = withoutDottedEnd(text).split('::');
  if (sides.length > 2) return null;
  const [left = [], right = []] = sides.map((side) => (side === '' ? [] : side.split(':')));
  const missing = 8 - left.length - right.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
};

/** Reads an IPv4 or IPv6 address as it is written; null for anything else. */
export const addressOf = (text: string): Address | null => {
  const four = ipv4(text);
  if (four !== null) return { bits: 32, value: four };
  const six = text.includes(':') ? ipv6(text) : null;
  return six === null ? null : { bits: 128, value: six };
};

/** `::ffff:0:0/96` holds IPv4 addresses in IPv6 writing (RFC 4291 section 2.5.5.2). */
const isMapped = ({ bits, value }: Address): boolean => bits === 128 && value / 2n ** 32n === 0xffffn;

const withPrefix = (range: string): { readonly base: Address; readonly prefix: number } | null => {
  const [text = '', length, ...more] = range.split('/');
  const base = addressOf(text);
  if (base === null || more.length > 0) return null;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return null;
  const prefix = length === undefined ? base.bits : Number(length);
  if (prefix > base.bits) return null;
  // Whether a mapped address is of the family it is written in is not documented [?]: it is taken for IPv4, the
  // address of the host that it names, on both sides; no deny of a range is then escaped by another spelling.
  const mapped = isMapped(base) && prefix >= 96;
  return mapped
    ? { base: { bits: 32, value: base.value % 2n ** 32n }, prefix: prefix - 96 }
    : { base, prefix };
};

/** Whether an address lies in a range; host bits may be set, a bare address is a range of one. */
export const rangeHolds = (range: string, given: string): boolean => {
  const [wanted, asked] = [withPrefix(range), given.includes('/') ? null : withPrefix(given)];
  if (wanted === null || asked === null || wanted.base.bits !== asked.base.bits) return false;
  const size = 2n ** BigInt(wanted.base.bits - wanted.prefix);
  return wanted.base.value / size === asked.base.value / size;
};

/** The bytes of canonical, padded base64 as text; null for anything else. */
export const bytesOf = (text: string): string | null =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) ? atob(text) : null;
