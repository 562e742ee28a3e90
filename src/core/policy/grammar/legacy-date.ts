/**
 * Whether AWS accepts a text as a date when a policy is saved. That is more than the evaluator can compare: years of
 * many digits, hours without minutes, a time that is missing behind its `T`.
 */
export function isLegacyDate(text: string): boolean {
  if (/^-?[0-9]+$/.test(text)) return isInt64(text);
  const found = FORM.exec(text);
  if (found === null) return false;
  const { year = '', month = '1', day = '1', hour = '0', minute = '0', second = '0' } = found.groups ?? {};
  const { zoneHour = '0', zoneMinute = '0' } = found.groups ?? {};
  return (
    isWithin(year, MIN_YEAR, MAX_YEAR) &&
    isWithin(month, 1, 12) &&
    isWithin(day, 1, daysIn(Number(month), Number(year))) &&
    isWithin(hour, 0, 24) &&
    isWithin(minute, 0, 59) &&
    isWithin(second, 0, 59) &&
    isWithin(zoneHour, 0, 23) &&
    isWithin(zoneMinute, 0, 59)
  );
}

/** The years that 64 bits of milliseconds reach. */
const MIN_YEAR = -292_275_054;
const MAX_YEAR = 292_278_993;

const FORM =
  /^(?<year>-?[0-9]{1,9})(?:-(?<month>[0-9]{1,2})(?:-(?<day>[0-9]{1,2}))?)?(?:[Tt](?:(?<hour>[0-9]{1,2})(?::(?<minute>[0-9]{1,2})(?::(?<second>[0-9]{1,2})(?:[.,][0-9]{1,9})?)?)?)?(?:[Zz]|[+-](?<zoneHour>[0-9]{2})(?::?(?<zoneMinute>[0-9]{2}))?)?)?$/;

function isInt64(text: string): boolean {
  if (text.length > 20) return false;
  const value = BigInt(text);
  return value >= -(2n ** 63n) && value < 2n ** 63n;
}

const isWithin = (text: string, min: number, max: number): boolean =>
  Number(text) >= min && Number(text) <= max;

function daysIn(month: number, year: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
