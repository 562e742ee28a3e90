import { nowSecondsOf } from '../../../../core/context/request-context.ts';
import { enableMfaDevice, resyncMfaDevice } from '../../../../usecases/enable-mfa-device.ts';
import { optional } from '../../query/field.ts';
import { existingUserName, serialNumber, tokenCode } from '../../query/fields.ts';
import { nothing } from '../../query/shape.ts';
import { callerUserName } from '../caller-user.ts';
import { entityAction } from '../entity-action.ts';
import { userTarget } from '../targets.ts';
import { mfaDeviceTarget, userOwner } from './device-target.ts';

const twoCodes = {
  UserName: existingUserName(),
  SerialNumber: serialNumber(),
  AuthenticationCode1: tokenCode(),
  AuthenticationCode2: tokenCode(),
};

export const enableMFADevice = entityAction({
  name: 'EnableMFADevice',
  audit: 'change',
  permission: { action: 'iam:EnableMFADevice', target: userTarget },
  input: twoCodes,
  output: nothing,
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const { accountId } = caller;
    const owner = await userOwner(accountId, input.UserName, deps);
    const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
    const asked = { accountId, owner, serialNumber: input.SerialNumber, codes };
    await enableMfaDevice(asked, nowSecondsOf(facts), deps, changeEvent);
  },
});

export const resyncMFADevice = entityAction({
  name: 'ResyncMFADevice',
  audit: 'change',
  permission: { action: 'iam:ResyncMFADevice', target: userTarget },
  input: twoCodes,
  output: nothing,
  run: async (input, { caller, deps, facts, changeEvent }) => {
    const { accountId } = caller;
    const owner = await userOwner(accountId, input.UserName, deps);
    const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
    const asked = { accountId, owner, serialNumber: input.SerialNumber, codes };
    await resyncMfaDevice(asked, nowSecondsOf(facts), deps, changeEvent);
  },
});

/** Sessions that were begun with the device keep their proof until they end; see docs/mfa.md. */
export const deactivateMFADevice = entityAction({
  name: 'DeactivateMFADevice',
  audit: 'change',
  permission: { action: 'iam:DeactivateMFADevice', target: userTarget },
  input: { UserName: optional(existingUserName()), SerialNumber: serialNumber() },
  output: nothing,
  run: async ({ UserName, SerialNumber }, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    const owner = await userOwner(accountId, UserName ?? callerUserName(caller), deps);
    await deps.mfaDevices.deactivate(accountId, SerialNumber, owner, changeEvent);
  },
});

export const deleteVirtualMFADevice = entityAction({
  name: 'DeleteVirtualMFADevice',
  audit: 'change',
  permission: { action: 'iam:DeleteVirtualMFADevice', target: mfaDeviceTarget },
  input: { SerialNumber: serialNumber() },
  output: nothing,
  run: ({ SerialNumber }, { caller, deps, changeEvent }) =>
    deps.mfaDevices.removeVirtual(caller.accountId, SerialNumber, changeEvent),
});
