/** Whether a new password may be taken. */
import type { PasswordRules } from './rules.ts';
import { isEasilyGuessed } from './strength.ts';

/** Characters, not UTF-16 units; the same for everybody, as a bound of work. */
export const MAX_PASSWORD_LENGTH = 128;

/** The symbols that AWS counts. @see IAM User Guide, "Custom password policy options" */
const SYMBOL = /[!@#$%^&*()_+\-=[\]{}|']/;
/** Control characters, and halves of characters that belong together. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** @returns the one form in which a password is counted and hashed */
export const normalizePassword = (password: string): string => password.normalize('NFC');

/**
 * @param words - what belongs to the person and the place: user name, e-mail, account alias
 * @returns why not, in words for the one who chose it, or null where it may be taken
 */
export function refusePassword(
  password: string,
  rules: PasswordRules,
  words: readonly string[],
): string | null {
  const normal = normalizePassword(password);
  const length = [...normal].length;
  if (UNPRINTABLE.test(normal)) return 'Password should have printable characters only';
  if (length > MAX_PASSWORD_LENGTH) return `Password should have a maximum length of ${MAX_PASSWORD_LENGTH}`;
  if (length < rules.minimumLength) return `Password should have a minimum length of ${rules.minimumLength}`;
  for (const [isAsked, pattern, what] of [
    [rules.requireSymbols, SYMBOL, 'symbol'],
    [rules.requireNumbers, /\p{Nd}/u, 'number'],
    [rules.requireUppercase, /\p{Lu}/u, 'uppercase letter'],
    [rules.requireLowercase, /\p{Ll}/u, 'lowercase letter'],
    [rules.requireLetters, /\p{L}/u, 'letter'],
  ] as const) {
    if (isAsked && !pattern.test(normal)) return `Password should have at least one ${what}`;
  }
  if (isEasilyGuessed(normal, words)) return 'Password is too common or too easily guessed';
  return null;
}
