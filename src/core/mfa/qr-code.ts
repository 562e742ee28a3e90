import { encode } from 'uqr';
import type { Bytes } from '../bytes.ts';
import { encodePng } from './png.ts';

/** Pixels a module: large enough to be read off a screen. */
const SCALE = 5;
/** Light modules around the symbol. @see ISO/IEC 18004 section 5.3.8 */
const QUIET_ZONE = 4;

/** @returns a text as a QR code, a PNG file */
export function qrCodePng(text: string): Promise<Bytes> {
  const { data } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  return encodePng(data.flatMap((row) => enlarge(row)));
}

/** One row of modules as rows of pixels. */
function enlarge(row: readonly boolean[]): readonly (readonly boolean[])[] {
  const pixels = row.flatMap((isDark) => new Array<boolean>(SCALE).fill(isDark));
  return new Array<readonly boolean[]>(SCALE).fill(pixels);
}
