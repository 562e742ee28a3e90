import type { RequestFacts } from '../core/context/request-context.ts';
import { Fault } from '../core/faults.ts';
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
  if (sourceIp !== null && lookups.isExhausted(sourceIp)) throw new Fault('throttling', 'rate exceeded');
}

/** Counts a refusal against its address where it was a lookup in vain. */
export function chargeInVain(fault: Fault, { sourceIp }: RequestFacts, { lookups }: Deps): void {
  if (sourceIp !== null && fault.detail[IN_VAIN] === true) lookups.charge(sourceIp);
}

/** Counts a refusal against its address, whatever it was for: something was written before anybody was known. */
export function chargeAnyhow({ sourceIp }: RequestFacts, { lookups }: Deps): void {
  if (sourceIp !== null) lookups.charge(sourceIp);
}
