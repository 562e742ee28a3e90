import { describe, expect, test } from 'vitest';
import { normalizePassword, refusePassword } from '../../../src/core/passwords/check.ts';
import { type PasswordRules, rulesOf } from '../../../src/core/passwords/rules.ts';

const NIST = rulesOf({ policy: null, preset: null, hasMfa: false });
const GOOD = 'orbit-lantern-92-quarry';
const refuse = (password: string, over: Partial<PasswordRules> = {}, words: readonly string[] = []) =>
  refusePassword(password, { ...NIST, ...over }, words);
/** Letters that no pattern is found in. */
const noise = (length: number) =>
  Array.from({ length }, (_, at) => 'qzmxkvwpbhtrgd'[(at * at * 7 + at * 3) % 14]).join('');

describe('a password is taken', () => {
  test.each([
    ['of words that nobody would put together', GOOD],
    ['with blanks', 'orbit lantern 92 quarry'],
    ['in another script', 'карандаш-облако-щит-9'],
    ['with emoji', 'quarry 🛰️ lantern 🪨 orbit'],
    ['of exactly the least length', 'kx7-vq2-ph9-zut'],
    ['of exactly 128 characters', noise(128)],
    ['of 128 characters outside the BMP', `${'🛰🪨🧭🪢'.repeat(29)}kxzvqwphzutr`],
  ])('%s', (_, password) => {
    expect(refuse(password)).toBeNull();
  });
});

describe('a password is refused', () => {
  test.each([
    ['empty', '', 'Password should have a minimum length of 15'],
    ['one short', 'kx7-vq2-ph9-zu', 'Password should have a minimum length of 15'],
    [
      'short, though its UTF-16 units are enough',
      '🛰🪨🧭🪢🛰🪨🧭🪢',
      'Password should have a minimum length of 15',
    ],
    [
      'short once its letters are composed',
      'e\u0301x7-vq2-ph9-zu',
      'Password should have a minimum length of 15',
    ],
    ['one too long', noise(129), 'Password should have a maximum length of 128'],
    ['huge', 'x'.repeat(100_000), 'Password should have a maximum length of 128'],
    ['with a line break', `${GOOD}\n`, 'Password should have printable characters only'],
    ['with a NUL', `${GOOD}\0`, 'Password should have printable characters only'],
    ['with half a character', `${GOOD}\ud83d`, 'Password should have printable characters only'],
  ])('%s', (_, password, why) => {
    expect(refuse(password)).toBe(why);
  });

  test.each([
    ['requireSymbols', 'orbit lantern 92 quarry', 'orbit lantern 92 quarry!', 'symbol'],
    ['requireNumbers', 'orbit-lantern-quarry', 'orbit-lantern-9-quarry', 'number'],
    ['requireUppercase', GOOD, 'Orbit-lantern-92-quarry', 'uppercase letter'],
    ['requireLowercase', GOOD.toUpperCase(), 'oRBIT-LANTERN-92-QUARRY', 'lowercase letter'],
    ['requireLetters', '8294-0571-3684-9210', '8294-0571-3684-921k', 'letter'],
  ] as const)('where the rules say %s: %s but not %s', (rule, without, withIt, what) => {
    expect(refuse(without, { [rule]: true })).toBe(`Password should have at least one ${what}`);
    expect(refuse(withIt, { [rule]: true })).toBeNull();
  });

  test('for a symbol that AWS does not count', () => {
    expect(refuse('orbit lantern quarry~', { requireSymbols: true })).not.toBeNull();
  });
});

test('both spellings of a letter are one password', () => {
  expect(normalizePassword('cafe\u0301')).toBe(normalizePassword('caf\u00e9'));
});
