/** Checks the code of an MFA device: the second factor of STS calls and of sign-in. */
import { Fault } from '../core/faults.ts';
import type { FactorOwner } from '../core/mfa/device.ts';
import { findTimeStep, timeStepAt } from '../core/mfa/totp.ts';
import type { Deps } from './deps.ts';
import { openSeed } from './mfa-seed.ts';

/** A code before and after the present one is believed: clocks differ, and people type slowly. */
const WINDOW_STEPS = 1;
const CODE = /^[0-9]{6}$/;

export interface MfaCodeInput {
  readonly accountId: string;
  readonly owner: FactorOwner;
  /** The device's ARN, as the caller names it. */
  readonly serialNumber: string;
  /** Six digits. */
  readonly code: string;
}

type MfaDeps = Pick<Deps, 'directory' | 'mfaDevices' | 'authenticationFailures'>;

/**
 * Takes a code, once. Every refusal is the same: nobody learns whether the device is unknown or somebody else's, the code
 * wrong or used before, or the owner locked after ten wrong ones (for half an hour; counted exactly, however many come at once).
 * @throws Fault `access_denied` with AWS's words; its detail has the reason for the trail
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_sample-code.html
 */
export async function verifyMfaCode(input: MfaCodeInput, nowSeconds: number, deps: MfaDeps): Promise<void> {
  const { accountId, owner, serialNumber, code } = input;
  if (!(await deps.authenticationFailures.begin(accountId, owner, 'mfa', nowSeconds))) {
    throw refusal(serialNumber, 'locked');
  }
  const state = await deps.mfaDevices.codeState(accountId, serialNumber, owner);
  if (state === null) throw refusal(serialNumber, 'not a device of the caller');
  if (!CODE.test(code)) throw refusal(serialNumber, 'wrong code');
  const seed = await openSeed(accountId, state, nowSeconds, deps);
  const around = timeStepAt(nowSeconds) + state.driftSteps;
  const step = findTimeStep(seed, code, { around, window: WINDOW_STEPS });
  if (step === null) throw refusal(serialNumber, 'wrong code');
  if (!(await deps.mfaDevices.redeemStep(accountId, serialNumber, owner, step))) {
    throw refusal(serialNumber, 'used before');
  }
}

const refusal = (serialNumber: string, reason: string): Fault =>
  new Fault('access_denied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.', {
    serialNumber,
    reason,
  });
