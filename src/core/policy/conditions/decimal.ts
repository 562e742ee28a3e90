/** Decimal numbers as text, compared exactly whatever their length: a double would confuse 2^53 with 2^53 + 1. */
export interface Decimal {
  readonly negative: boolean;
  /** Digits before the point, without leading zeros. */
  readonly whole: string;
  /** Digits after the point, without trailing zeros. */
  readonly fraction: string;
}

const DECIMAL = /^([+-]?)0*([0-9]*)(?:\.([0-9]+))?$/;

/**
 * Reads an integer or a decimal: `10`, `-2.50`, `007`.
 * @returns null for anything else; no exponents, no hexadecimal, no white space
 */
export function parseDecimal(text: string): Decimal | null {
  const found = /^[+-]?[0-9]/.test(text) ? DECIMAL.exec(text) : null;
  if (found === null) return null;
  const whole = found[2] ?? '';
  const fraction = (found[3] ?? '').replace(/0+$/, '');
  return { negative: found[1] === '-' && whole + fraction !== '', whole, fraction };
}

/** @returns below, at or above zero, like a sort comparison */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const magnitudes = compareMagnitudes(a, b);
  return a.negative ? -magnitudes : magnitudes;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.whole.length !== b.whole.length) return a.whole.length - b.whole.length;
  if (a.whole !== b.whole) return a.whole < b.whole ? -1 : 1;
  if (a.fraction === b.fraction) return 0;
  // A shorter fraction that begins the longer one sorts first, as it should.
  return a.fraction < b.fraction ? -1 : 1;
}
