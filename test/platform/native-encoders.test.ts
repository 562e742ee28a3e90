/** The runtime's own encoders, which the pure tests' engine may lack. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  base64Of,
  base64UrlBytes,
  base64UrlOf,
  hexOf,
  parseBase64Url,
  toBase64,
  toBase64Url,
  toHex,
} from '../../src/core/bytes.ts';

test('write what the plain ones write, of parts of a buffer too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 8 }), (all, from) => {
      const bytes = all.subarray(from);
      expect([toHex(bytes), toBase64(bytes), toBase64Url(bytes)]).toEqual([
        hexOf(bytes),
        base64Of(bytes),
        base64UrlOf(bytes),
      ]);
      expect(parseBase64Url(base64UrlOf(bytes))).toEqual(bytes);
      expect(base64UrlBytes(base64UrlOf(bytes))).toEqual(bytes);
    }),
  );
});

test('read nothing that the plain ones would refuse', () => {
  for (const text of ['A', 'AB', 'AA==', 'AA=', ' AA', 'A A', 'AA\n', 'A+A', 'A/A', 'AAB', 'ÄA', '_', '==='])
    expect([text, parseBase64Url(text)]).toEqual([text, null]);
});

test('are there', () => {
  expect(
    'toBase64' in Uint8Array.prototype && 'toHex' in Uint8Array.prototype && 'fromBase64' in Uint8Array,
  ).toBe(true);
});
