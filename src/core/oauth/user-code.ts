/** The code that a person reads on a device and types on its page. @see RFC 8628 section 6.1 */
import type { Bytes } from '../bytes.ts';

/** Consonants that nobody takes for each other, and that spell no word. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;
/** 64 bits over 20^8 codes: what one code is likelier than another is below a billionth. */
export const USER_CODE_RANDOM_BYTES = 8;

/**
 * @param entropy - `USER_CODE_RANDOM_BYTES` fresh random bytes
 * @returns eight letters: 34 bits
 */
export function userCodeOf(entropy: Bytes): string {
  const size = BigInt(LETTERS.length);
  let rest = entropy.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
  let code = '';
  for (let at = 0; at < LENGTH; at += 1) {
    code += LETTERS.charAt(Number(rest % size));
    rest /= size;
  }
  return code;
}

/** As people read it: `BCDF-GHJK`. */
export const formatUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/**
 * Reads what a person typed: small letters, spaces and hyphens make no difference.
 * @returns the eight letters, or null for what is no code
 */
export function parseUserCode(text: string): string | null {
  if (text.length > 32) return null;
  const code = text.replaceAll(/[\s-]/g, '').toUpperCase();
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}
