/** The second factor that an STS call proves beside its signature. */
import { nowSecondsOf, type RequestFacts } from '../core/context/request-context.ts';
import { mfaContext } from '../core/context/session-context.ts';
import { Fault } from '../core/faults.ts';
import { type Caller, ownIdentityOf } from './caller.ts';
import type { Deps } from './deps.ts';
import { verifyMfaCode } from './verify-mfa-code.ts';

/** What a call shows: the device and its code of the moment. Both or neither. */
export interface SecondFactorInput {
  readonly serialNumber: string | null;
  readonly tokenCode: string | null;
}

/**
 * Takes the code, once.
 * @returns when the factor was proved, which is now; null where none is shown
 * @throws Fault `validation_error` for one without the other, `access_denied` for a code that is not one of a device of the caller,
 * and for callers that have no devices: roles and those whom a user vouches for
 */
export async function proveSecondFactor(
  { serialNumber, tokenCode }: SecondFactorInput,
  caller: Caller,
  facts: RequestFacts,
  deps: Deps,
): Promise<number | null> {
  if (serialNumber === null && tokenCode === null) return null;
  if (serialNumber === null || tokenCode === null) {
    throw new Fault('validation_error', 'SerialNumber and TokenCode must be given together');
  }
  const nowSeconds = nowSecondsOf(facts);
  const { accountId } = caller;
  const owner = ownIdentityOf(caller);
  if (owner === null) {
    throw new Fault(
      'access_denied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code.',
      {
        reason: `a ${caller.principal.type} has no MFA devices`,
      },
    );
  }
  await verifyMfaCode({ accountId, owner, serialNumber, code: tokenCode }, nowSeconds, deps);
  return nowSeconds;
}

/** The caller as policies see it in the request that proves its second factor. */
export function withSecondFactor(caller: Caller, mfaAtSeconds: number | null, facts: RequestFacts): Caller {
  if (mfaAtSeconds === null) return caller;
  const others = caller.context.filter(([key]) => !key.startsWith('aws:MultiFactorAuth'));
  return { ...caller, context: [...others, ...mfaContext(mfaAtSeconds, nowSecondsOf(facts))] };
}
