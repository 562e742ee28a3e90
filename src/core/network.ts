/** The network that an address counts with, where limits are by address. */

const GROUPS = 8;
const GROUPS_OF_A_SUBSCRIBER = 4;

/**
 * @param address - as Cloudflare writes it
 * @returns an IPv4 address itself; of an IPv6 address the /64, which one subscriber has whole
 */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, GROUPS - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, GROUPS_OF_A_SUBSCRIBER).join(':');
}

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
