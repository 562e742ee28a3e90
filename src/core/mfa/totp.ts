/**
 * Time-based one-time passwords as virtual MFA devices make them: SHA-1, six digits, thirty seconds.
 * @see RFC 6238, RFC 4226
 */
import { HOTP, Secret } from 'otpauth';
import { type Bytes, equalStrings } from '../bytes.ts';

const STEP_SECONDS = 30;
/** Random bytes of a seed: the length that RFC 4226 section 4 recommends. */
export const TOTP_SEED_BYTES = 20;

/** @returns the number of the time step that a moment falls into */
export const timeStepAt = (nowSeconds: number): number => Math.floor(nowSeconds / STEP_SECONDS);

/** Where a code is looked for. */
export interface StepRange {
  /** The step that the device is expected to be in. */
  readonly around: number;
  /** How many steps to either side are believed. */
  readonly window: number;
}

/**
 * Finds the time step that a code belongs to. Every step of the range is compared, so that time tells nothing.
 * @param code - six digits
 * @returns the latest such step, or null where the code belongs to none
 */
export function findTimeStep(seed: Bytes, code: string, { around, window }: StepRange): number | null {
  let found: number | null = null;
  for (let step = Math.max(0, around - window); step <= around + window; step += 1) {
    if (equalStrings(codeAt(seed, step), code)) found = step;
  }
  return found;
}

/**
 * Finds two codes that a device showed one after the other.
 * @returns the step of the second, or null where the codes do not follow each other anywhere in the range
 */
export function findConsecutiveSteps(
  seed: Bytes,
  [first, second]: readonly [string, string],
  { around, window }: StepRange,
): number | null {
  let found: number | null = null;
  let before = codeAt(seed, Math.max(0, around - window - 1));
  for (let step = Math.max(1, around - window); step <= around + window; step += 1) {
    const here = codeAt(seed, step);
    // both comparisons are made, whatever the first one says
    const both = [equalStrings(before, first), equalStrings(here, second)];
    if (both.every(Boolean)) found = step;
    before = here;
  }
  return found;
}

const codeAt = (seed: Bytes, step: number): string =>
  HOTP.generate({ secret: new Secret({ buffer: seed.slice().buffer }), counter: step, digits: 6 });

/**
 * The address of a new device, which authenticator apps read from a QR code. It holds the seed: whoever shows it shows it once.
 * @param seedText - base32
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function otpauthUri(issuer: string, label: string, seedText: string): string {
  const name = `${encodeURIComponent(issuer)}:${encodeURIComponent(label)}`;
  return `otpauth://totp/${name}?secret=${seedText}&issuer=${encodeURIComponent(issuer)}`;
}
