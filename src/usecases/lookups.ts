import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
import { parseIpAddress } from '../core/policy/conditions/ip-range.ts';
import type { Deps } from './deps.ts';

/** Member of a fault's detail that says: what was asked for was looked up and does not exist. */
const IN_VAIN = 'lookedUpInVain';

/** Marks a refusal as a lookup in vain. */
export const inVain = { [IN_VAIN]: true } as const;

/** @returns the same refusal, marked; what is no fault stays as it is */
export const asInVain = (error: unknown): unknown =>
  error instanceof Fault ? new Fault(error.code, error.message, { ...error.detail, ...inVain }) : error;

/** @throws Fault `throttling` for an address that has asked for too much that does not exist */
export function refuseExhausted({ sourceIp }: RequestFacts, { lookups }: Deps): void {
  if (sourceIp !== null && lookups.isExhausted(askerAt(sourceIp)))
    throw new Fault('throttling', 'rate exceeded');
}

/** Counts a refusal against its address where it was a lookup in vain. */
export function chargeInVain(fault: Fault, { sourceIp }: RequestFacts, { lookups }: Deps): void {
  if (sourceIp !== null && fault.detail[IN_VAIN] === true) lookups.charge(askerAt(sourceIp));
}

const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/** Who asks from an address: one subscriber has a whole IPv6 network of 64 bits, and may use each address of it once. */
export function askerAt(address: string): string {
  const groups = parseIpAddress(address);
  return groups?.length === IPV6_GROUPS ? `${groups.slice(0, NETWORK_GROUPS).join(':')}/64` : address;
}
