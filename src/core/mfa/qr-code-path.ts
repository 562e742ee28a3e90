import { encode } from 'uqr';

/** A QR code as a path of unit squares, for SVG. */
export interface QrCodePath {
  /** Width and height, the light margin included. */
  readonly size: number;
  /** The dark modules. */
  readonly path: string;
}

export function qrCodePath(text: string): QrCodePath {
  const { data, size } = encode(text, { ecc: 'M', border: 2 });
  const dark = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: dark.join('') };
}
