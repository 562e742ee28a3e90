import { type Bytes, concatBytes } from '../bytes.ts';

/** The order of NIST's largest curve takes 66 bytes. */
const MAX_NUMBER_BYTES = 66;

/**
 * ECDSA values of XML signatures are two numbers of equal length side by side; the platform wants them in DER.
 * @returns null for what cannot be two such numbers, or where one of them is zero
 * @see XML Signature 1.1, section 6.4.3; CVE-2022-21449
 */
export function ecdsaValueToDer(value: Uint8Array): Bytes | null {
  const half = value.length / 2;
  if (!Number.isInteger(half) || half === 0 || half > MAX_NUMBER_BYTES) return null;
  const [r, s] = [derNumber(value.subarray(0, half)), derNumber(value.subarray(half))];
  if (r === null || s === null) return null;
  const length = r.length + s.length;
  const header = length < 0x80 ? [0x30, length] : [0x30, 0x81, length];
  return concatBytes(Uint8Array.from(header), r, s);
}

/** Without leading zeros, but for one where the first bit would make the number negative. */
function derNumber(bytes: Uint8Array): Bytes | null {
  const first = bytes.findIndex((byte) => byte !== 0);
  if (first < 0) return null;
  const digits = bytes.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return concatBytes(Uint8Array.from([0x02, digits.length + sign.length, ...sign]), digits);
}
