/** The second factor that an STS call proves beside its signature. */

import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { mfaContext } from '../core/context/session-context.ts';
import { Fault } from '../core/faults.ts';
import type { Caller } from './caller.ts';

/** What a call shows: the device and its code of the moment. Both or neither. */
export interface SecondFactorInput {
  readonly serialNumber: string | null;
  readonly tokenCode: string | null;
}

/**
 * @returns when the factor was proved, which is now; null where none is shown
 * @throws Fault `validation_error` for one without the other, `access_denied` for a code that is not the device's
 */
export async function proveSecondFactor(
  { serialNumber, tokenCode }: SecondFactorInput,
  _caller: Caller,
  _facts: RequestFacts,
): Promise<number | null> {
  if (serialNumber === null && tokenCode === null) return null;
  if (serialNumber === null || tokenCode === null) {
    throw new Fault('validation_error', 'SerialNumber and TokenCode must be given together');
  }
  throw new Fault(
    'access_denied',
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  );
}

/** The caller as policies see it in the request that proves its second factor. */
export function withSecondFactor(caller: Caller, mfaAtSeconds: number | null, facts: RequestFacts): Caller {
  if (mfaAtSeconds === null) return caller;
  const others = caller.context.filter(([key]) => !key.startsWith('aws:MultiFactorAuth'));
  return { ...caller, context: [...others, ...mfaContext(mfaAtSeconds, nowSecondsOf(facts))] };
}
