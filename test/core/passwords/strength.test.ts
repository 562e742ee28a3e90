import { describe, expect, test } from 'vitest';
import { isEasilyGuessed } from '../../../src/core/passwords/strength.ts';

const WORDS = ['theodora.kline', 'root@corp.example', 'acme-tools'];

describe('soon guessed', () => {
  test.each([
    ['a common one', 'password'],
    ['two common ones', 'passwordpassword'],
    ['a common one with digits for letters', 'P4ssw0rd!'],
    ['a common one said often', 'letmeinletmeinletmein'],
    ['a walk on the keyboard', 'qwertyuiopasdfgh'],
    ['another', '1qaz2wsx3edc4rfv'],
    ['numbers in a row', '1234567890123456'],
    ['one letter', 'aaaaaaaaaaaaaaaaaaaa'],
    ['a pattern', 'abcabcabcabcabcabc'],
    ['a date and little else', '1987-03-14 1987-03-14'],
    ['the service and a year', 'daypass-2026-daypass'],
    ['the name', 'theodora.kline2026'],
    ['part of the name', 'theodoratheodora1'],
    ['the e-mail', 'root@corp.example1!'],
    ['the alias', 'ACME-tools-ACME-1'],
    ['a common one and a blank', 'iloveyou iloveyou'],
    ['two common ones and a hyphen', 'dragons-princess'],
    ['a long one of common ones', 'letmein '.repeat(16)],
    ['one that is said twice, past the length that is estimated', 'aaaaaaaaaaaaaaaa1234567890'.repeat(2)],
    ['one with an easy beginning of great length', `${'1234567890'.repeat(5)}kx7vq2ph9zut`],
  ])('%s: %s', (_, password) => {
    expect(isEasilyGuessed(password, WORDS)).toBe(true);
  });
});

describe('not soon guessed', () => {
  test.each([
    ['words', 'orbit-lantern-92-quarry'],
    ['noise', 'kx7-vq2-ph9-zut'],
    ['a name with much beside it', 'theodora likes granite and thyme'],
    ['a walk and much beside it', 'qwerty walks past granite and thyme'],
    ['symbols', '%!{>/?;|=&^@~`+)_'],
    ['noise that is said twice', 'kx7-vq2-ph9-zut kx7-vq2-ph9-zut'],
    ['another script', 'карандаш-облако-щит-9'],
  ])('%s: %s', (_, password) => {
    expect(isEasilyGuessed(password, WORDS)).toBe(false);
  });

  test('with no words, and with words that are nothing or everywhere', () => {
    for (const words of [[], [''], ['a'], ['__proto__'], ['constructor']]) {
      expect(isEasilyGuessed('orbit-lantern-92-quarry', words), String(words)).toBe(false);
    }
  });
});

test('a long password costs no more than a bound: the estimate does not see all of it', () => {
  const long = Array.from({ length: 128 }, (_, at) =>
    String.fromCharCode(33 + ((at * at * 31 + at * 17) % 94)),
  );
  const started = performance.now();
  for (let at = 0; at < 5; at += 1) isEasilyGuessed(long.join(''), WORDS);
  const shortStarted = performance.now();
  for (let at = 0; at < 5; at += 1) isEasilyGuessed(long.slice(0, 48).join(''), WORDS);
  const shortMs = performance.now() - shortStarted;
  expect(shortStarted - started).toBeLessThan(3 * shortMs + 20);
});
