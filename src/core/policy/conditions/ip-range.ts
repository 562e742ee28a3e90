/** IP addresses and CIDR ranges, both families; a v4-mapped v6 address (`::ffff:10.0.0.1`) is the v4 address. */

/** An address as 16-bit groups: two for v4, eight for v6. */
export type IpAddress = readonly number[];

/** A range: the address and how many of its leading bits count. */
export interface IpRange {
  readonly address: IpAddress;
  readonly prefixBits: number;
}

/**
 * Reads an address in its usual spellings, any case for v6.
 * @returns null for anything else: leading zeros in v4 (octal to some readers), zones, brackets, white space
 */
export function parseIpAddress(text: string): IpAddress | null {
  if (!text.includes(':')) return parseV4(text);
  const groups = parseV6(text);
  return groups !== null && isMapped(groups) ? groups.slice(6) : groups;
}

/**
 * Reads an address or `address/bits`; bits beyond the prefix may be set. A bare address is a range of one.
 * @returns null for anything else
 */
export function parseIpRange(text: string): IpRange | null {
  const slash = text.indexOf('/');
  const address = parseIpAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash === -1) return { address, prefixBits: address.length * 16 };
  const bits = text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(bits)) return null;
  // ::ffff:10.0.0.0/104 is written in v6 bits and means 10.0.0.0/8.
  const isMappedText = address.length === 2 && text.includes(':');
  const prefixBits = Number(bits) - (isMappedText ? 96 : 0);
  return prefixBits >= 0 && prefixBits <= address.length * 16 ? { address, prefixBits } : null;
}

/** Whether an address lies in a range; the other family never does. */
export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.length !== range.address.length) return false;
  for (let group = 0; group * 16 < range.prefixBits; group += 1) {
    const ignored = Math.max(0, (group + 1) * 16 - range.prefixBits);
    if ((address[group] ?? 0) >> ignored !== (range.address[group] ?? 0) >> ignored) return false;
  }
  return true;
}

function parseV4(text: string): IpAddress | null {
  const found = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(text);
  if (found === null) return null;
  const parts = found.slice(1);
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return null;
  const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
  return [a * 256 + b, c * 256 + d];
}

function parseV6(text: string): IpAddress | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = [parseGroups(halves[0] ?? ''), parseGroups(halves[1] ?? '')];
  if (head === null || tail === null) return null;
  // Only the very end of an address may be written as v4.
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return null;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : null;
  return missing >= 1 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : null;
}

function parseGroups(text: string): readonly number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const last = parts.at(-1) ?? '';
  const v4 = last.includes('.') ? parseV4(last) : [];
  const hex = last.includes('.') ? parts.slice(0, -1) : parts;
  if (v4 === null || hex.some((part) => !/^[0-9a-fA-F]{1,4}$/.test(part))) return null;
  return [...hex.map((part) => Number.parseInt(part, 16)), ...v4];
}

const isMapped = (groups: IpAddress): boolean =>
  groups.every((group, at) => at > 5 || group === (at === 5 ? 0xffff : 0));
