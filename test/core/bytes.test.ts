import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  concatBytes,
  equalBytes,
  equalStrings,
  parseBase32,
  parseBase64Url,
  parseHex,
  parseUtf8,
  toBase32,
  toBase64,
  toBase64Url,
  toHex,
  utf8,
} from '../../src/core/bytes.ts';

const bytes = fc.uint8Array({ maxLength: 64 });

/** RFC 4648 section 10. */
const vectors: readonly [text: string, base64: string, base32: string, hex: string][] = [
  ['', '', '', ''],
  ['f', 'Zg==', 'MY', '66'],
  ['fo', 'Zm8=', 'MZXQ', '666f'],
  ['foo', 'Zm9v', 'MZXW6', '666f6f'],
  ['foob', 'Zm9vYg==', 'MZXW6YQ', '666f6f62'],
  ['fooba', 'Zm9vYmE=', 'MZXW6YTB', '666f6f6261'],
  ['foobar', 'Zm9vYmFy', 'MZXW6YTBOI', '666f6f626172'],
];

for (const [text, base64, base32, hex] of vectors) {
  test(`RFC 4648 section 10: \`${text}\` in every form`, () => {
    const raw = utf8(text);
    expect([toBase64(raw), toBase32(raw), toHex(raw)]).toEqual([base64, base32, hex]);
    expect([parseBase32(base32), parseHex(hex)]).toEqual([raw, raw]);
  });
}

describe('each text form reads back what it wrote', () => {
  test('hexadecimal', () =>
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(parseHex(toHex(raw))).toEqual(raw);
      }),
    ));
  test('base64url', () =>
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(parseBase64Url(toBase64Url(raw))).toEqual(raw);
      }),
    ));
  test('base32', () =>
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(parseBase32(toBase32(raw))).toEqual(raw);
      }),
    ));
  test('UTF-8', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseUtf8(utf8(text))).toBe(text);
      }),
    ));
});

describe('a reader refuses whatever the writer would not have written', () => {
  test('hexadecimal in upper case, of odd length, with other characters', () => {
    for (const text of ['AB', 'a', 'abc', 'zz', ' ab', 'ab\n', '0x']) expect(parseHex(text)).toBeNull();
  });

  test('base64url with padding, the plain alphabet, white space, spare bits or an impossible length', () => {
    for (const text of ['Zg==', 'ab+/', 'Zm 9v', 'Zh', 'Zm9', 'A', 'AAAAA', 'Zm9v\n', 'ü']) {
      expect(parseBase64Url(text)).toBeNull();
    }
  });

  test('base32 in lower case, with padding, other digits, spare bits or an impossible length', () => {
    for (const text of ['my', 'MY======', 'M1', 'M8', 'MZ', 'M', 'MZX', 'MZXW6Y', 'MY ']) {
      expect(parseBase32(text)).toBeNull();
    }
  });

  test('bytes that are not UTF-8', () => {
    for (const raw of [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      expect(parseUtf8(new Uint8Array(raw))).toBeNull();
    }
  });
});

test('a byte order mark is text like any other', () => expect(parseUtf8(utf8('\ufeffa'))).toBe('\ufeffa'));

test('a lone surrogate is written as U+FFFD', () => expect(toHex(utf8('\ud800'))).toBe('efbfbd'));

test('bytes are joined in order', () =>
  expect(concatBytes(utf8('a'), utf8(''), utf8('bc'))).toEqual(utf8('abc')));

describe('comparison of secrets', () => {
  test('is equality', () =>
    fc.assert(
      fc.property(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), (left, right) => {
        expect(equalStrings(left, right)).toBe(left === right);
        expect(equalBytes(utf8(left), utf8(right))).toBe(toHex(utf8(left)) === toHex(utf8(right)));
      }),
    ));

  test('sees a difference of one bit at either end', () => {
    for (const other of ['bbc', 'abb', 'ab', 'abcd', '']) {
      expect(equalStrings('abc', other)).toBe(false);
      expect(equalBytes(utf8('abc'), utf8(other))).toBe(false);
    }
    expect(equalStrings('abc', 'abc')).toBe(true);
    expect(equalBytes(utf8('abc'), utf8('abc'))).toBe(true);
  });

  test('does not take one character for another of the same low byte', () =>
    expect(equalStrings('a', '\u0161')).toBe(false));
});
