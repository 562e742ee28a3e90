import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { encode } from 'uqr';
import { expect, test } from 'vitest';
import { encodePng } from '../../../src/core/mfa/png.ts';
import { qrCodePng } from '../../../src/core/mfa/qr-code.ts';

/** Reads a one-bit picture back, with Node's own zlib. */
function readPng(file: Uint8Array): boolean[][] {
  const view = new DataView(file.buffer, file.byteOffset);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < file.length; ) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
    chunks.set(type, file.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? new Uint8Array();
  const [width, height] = [0, 4].map((at) => new DataView(header.buffer, header.byteOffset).getUint32(at));
  const pixels = inflateSync(chunks.get('IDAT') ?? new Uint8Array());
  const stride = 1 + Math.ceil((width ?? 0) / 8);
  return Array.from({ length: height ?? 0 }, (_, y) =>
    Array.from({ length: width ?? 0 }, (__, x) => {
      const byte = pixels[y * stride + 1 + (x >> 3)] ?? 0;
      return (byte & (0x80 >> (x & 7))) === 0;
    }),
  );
}

test('a picture reads back as it was, whatever its width', async () => {
  const picture = fc.integer({ min: 1, max: 40 }).chain((width) =>
    fc.array(fc.array(fc.boolean(), { minLength: width, maxLength: width }), {
      minLength: 1,
      maxLength: 9,
    }),
  );
  await fc.assert(
    fc.asyncProperty(picture, async (rows) => {
      expect(readPng(await encodePng(rows))).toEqual(rows);
    }),
    { numRuns: 50 },
  );
});

test('each chunk carries the check of its bytes', async () => {
  const file = await encodePng([[true]]);
  // the CRC of an IEND chunk is the same in every PNG
  expect(Buffer.from(file.subarray(-12)).toString('hex')).toBe('0000000049454e44ae426082');
});

test('a QR code is its modules, enlarged, with the quiet zone that readers want', async () => {
  const text = 'otpauth://totp/Daypass:x?secret=ABC';
  const rows = readPng(await qrCodePng(text));
  const { data } = encode(text, { ecc: 'M', border: 4 });
  expect(rows.length).toBe(data.length * 5);
  expect(rows.filter((_, y) => y % 5 === 2).map((row) => row.filter((_, x) => x % 5 === 2))).toEqual(data);
  expect(rows.slice(0, 20).flat()).not.toContain(true);
});
