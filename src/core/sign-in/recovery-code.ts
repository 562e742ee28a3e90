/** Recovery codes: for the day a factor is lost. */
import { toBase32 } from '../bytes.ts';

export const RECOVERY_CODE_COUNT = 10;
/** 80 random bits each: nobody guesses one, so that a plain hash of it may be stored. */
export const RECOVERY_CODE_BYTES = 10;

/** @returns a code as people see it: four groups of four */
export const recoveryCodeOf = (random: Uint8Array): string =>
  toBase32(random.subarray(0, RECOVERY_CODE_BYTES)).replace(/.{4}(?=.)/g, '$&-');

/**
 * A code as somebody typed it, with blanks, hyphens and lower case forgiven.
 * @returns the one spelling that is hashed, or null for what cannot be a code
 */
export function normalizeRecoveryCode(typed: string): string | null {
  const code = typed.replaceAll(/[\s-]/g, '').toUpperCase();
  return /^[A-Z2-7]{16}$/.test(code) ? code : null;
}
