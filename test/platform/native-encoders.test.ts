/** The runtime's own encoders, which the pure tests' engine may lack. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Of, base64UrlOf, hexOf, toBase64, toBase64Url, toHex } from '../../src/core/bytes.ts';

test('write what the plain ones write, of parts of a buffer too', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 8 }), (all, from) => {
      const bytes = all.subarray(from);
      expect([toHex(bytes), toBase64(bytes), toBase64Url(bytes)]).toEqual([
        hexOf(bytes),
        base64Of(bytes),
        base64UrlOf(bytes),
      ]);
    }),
  );
});

test('are there', () => {
  expect('toBase64' in Uint8Array.prototype && 'toHex' in Uint8Array.prototype).toBe(true);
});
