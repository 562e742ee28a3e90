/** Assigns a virtual MFA device, or sets its clock: two codes in a row show that its owner has it. */
import { Fault } from '../core/faults.ts';
import type { FactorOwner } from '../core/mfa/device.ts';
import { findConsecutiveSteps, timeStepAt } from '../core/mfa/totp.ts';
import type { MakeEvent } from '../core/repositories/change.ts';
import type { CodeState, ShownStep } from '../core/repositories/mfa-devices.ts';
import type { Deps } from './deps.ts';
import { openSeed } from './mfa-seed.ts';

/** How far a new device's clock may be off: five minutes. */
const ENABLE_WINDOW_STEPS = 10;
/** How far the clock of a device that is set again may be off: an hour. */
const RESYNC_WINDOW_STEPS = 120;

export interface TwoCodesInput {
  readonly accountId: string;
  readonly owner: FactorOwner;
  readonly serialNumber: string;
  /** In the order in which the device showed them. */
  readonly codes: readonly [string, string];
}

type MfaDeps = Pick<Deps, 'directory' | 'mfaDevices' | 'authenticationFailures'>;

/**
 * Assigns a virtual device to its owner. The codes are used up by it.
 * @throws Fault `no_such_entity`; `entity_already_exists` while the device is assigned; `limit_exceeded` at eight devices;
 * `invalid_authentication_code` for codes that do not follow each other now, and for every one while the owner is locked
 */
export async function enableMfaDevice(
  input: TwoCodesInput,
  nowSeconds: number,
  deps: MfaDeps,
  event: MakeEvent,
): Promise<void> {
  const { accountId, serialNumber, owner } = input;
  const state = await deps.mfaDevices.codeState(accountId, serialNumber, null);
  if (state === null) {
    await deps.mfaDevices.require(accountId, serialNumber); // says that there is none
    throw new Fault('entity_already_exists', 'MFA Device is already in use.');
  }
  const shown = await readCodes(input, state, { nowSeconds, window: ENABLE_WINDOW_STEPS }, deps);
  await deps.mfaDevices.enable(accountId, serialNumber, owner, shown, event);
}

/**
 * Sets the clock of a device that its owner has.
 * @throws Fault `no_such_entity` where the owner has no such device; `invalid_authentication_code` as above
 */
export async function resyncMfaDevice(
  input: TwoCodesInput,
  nowSeconds: number,
  deps: MfaDeps,
  event: MakeEvent,
): Promise<void> {
  const { accountId, serialNumber, owner } = input;
  const state = await deps.mfaDevices.codeState(accountId, serialNumber, owner);
  if (state === null)
    throw new Fault('no_such_entity', `MFA device with serial number ${serialNumber} doesn't exist.`);
  const shown = await readCodes(input, state, { nowSeconds, window: RESYNC_WINDOW_STEPS }, deps);
  await deps.mfaDevices.resync(accountId, serialNumber, owner, shown, event);
}

async function readCodes(
  { accountId, owner, codes, serialNumber }: TwoCodesInput,
  state: CodeState,
  { nowSeconds, window }: { readonly nowSeconds: number; readonly window: number },
  deps: MfaDeps,
): Promise<ShownStep> {
  // Counted with the wrong codes of sign-in: else this would be the place to guess.
  if (!(await deps.authenticationFailures.begin(accountId, owner, 'mfa', nowSeconds))) {
    throw refusal(serialNumber, 'locked');
  }
  const seed = await openSeed(accountId, state, nowSeconds, deps);
  const now = timeStepAt(nowSeconds);
  const step = findConsecutiveSteps(seed, codes, { around: now, window });
  if (step === null) throw refusal(serialNumber, 'wrong codes');
  if (state.lastStep !== null && step <= state.lastStep) throw refusal(serialNumber, 'used before');
  return { step, driftSteps: driftOf(step, now) };
}

/** People type the codes a moment after they were shown: one step behind is no drift. */
const driftOf = (step: number, now: number): number => (step === now - 1 ? 0 : step - now);

const refusal = (serialNumber: string, reason: string): Fault =>
  new Fault('invalid_authentication_code', 'Authentication code for device is not valid.', {
    serialNumber,
    reason,
  });
