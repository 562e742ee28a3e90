/** Writes a small black-and-white picture as PNG. @see PNG specification (third edition), sections 5 and 11 */
import { type Bytes, concatBytes, utf8 } from '../bytes.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const GREYSCALE = 0;

/**
 * @param rows - the picture's rows, all as long as the first; true is black
 * @returns the file's bytes: one bit a pixel
 */
export async function encodePng(rows: readonly (readonly boolean[])[]): Promise<Bytes> {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, rows[0]?.length ?? 0);
  header.setUint32(4, rows.length);
  header.setUint8(8, 1); // bits a pixel
  header.setUint8(9, GREYSCALE);
  return concatBytes(
    SIGNATURE,
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', await zlib(concatBytes(...rows.map(scanline)))),
    chunk('IEND', new Uint8Array(0)),
  );
}

/** One row: no filter, then eight pixels a byte, white being 1. */
function scanline(row: readonly boolean[]): Bytes {
  const bytes = new Uint8Array(1 + Math.ceil(row.length / 8));
  for (const [x, isBlack] of row.entries()) {
    const at = 1 + (x >> 3);
    if (!isBlack) bytes[at] = (bytes[at] ?? 0) | (0x80 >> (x & 7));
  }
  return bytes;
}

/** Length, type and data, and the check of the latter two. */
function chunk(type: string, data: Bytes): Bytes {
  const checked = concatBytes(utf8(type), data);
  const ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, data.length);
  ends.setUint32(4, crc32(checked));
  const bytes = new Uint8Array(ends.buffer);
  return concatBytes(bytes.subarray(0, 4), checked, bytes.subarray(4));
}

/** @see PNG specification, annex D */
function crc32(bytes: Bytes): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The format that `deflate` means there is zlib's. @see RFC 1950 */
async function zlib(bytes: Bytes): Promise<Bytes> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
