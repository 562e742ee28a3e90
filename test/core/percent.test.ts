import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeComponent, encodeComponent } from '../../src/core/percent.ts';

test('only the unreserved characters of RFC 3986 section 2.3 stay as they are', () => {
  for (let code = 0; code < 128; code += 1) {
    const character = String.fromCharCode(code);
    const escaped = `%${code.toString(16).toUpperCase().padStart(2, '0')}`;
    expect(encodeComponent(character)).toBe(/[A-Za-z0-9\-._~]/.test(character) ? character : escaped);
  }
});

test('what was encoded is decoded again', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(decodeComponent(encodeComponent(text))).toBe(text);
    }),
  ));

test('a lone surrogate becomes U+FFFD', () => expect(encodeComponent('a\udc00')).toBe('a%EF%BF%BD'));

test('a plus sign is a space, an escaped one is itself', () =>
  expect(decodeComponent('a+b%2Bc')).toBe('a b+c'));

test('escapes are read in both letter cases', () => expect(decodeComponent('%c3%BC%2f')).toBe('ü/'));

for (const text of ['%', '%4', '%zz', '%FF', '%C3', '%ED%A0%80', 'ü', 'a b', 'a\n', '\0', '\x7f']) {
  test(`${JSON.stringify(text)} is refused`, () => expect(decodeComponent(text)).toBeNull());
}
