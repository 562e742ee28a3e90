import type { FactorOwner } from '../../../../core/mfa/device.ts';
import type { Caller } from '../../../../usecases/caller.ts';
import type { Deps } from '../../../../usecases/deps.ts';
import type { Target } from '../entity-action.ts';
import { namedTarget } from '../targets.ts';

/** An MFA device, by its serial number. */
export const mfaDeviceTarget = async (
  { SerialNumber }: { readonly SerialNumber: string },
  { accountId }: Caller,
  { mfaDevices }: Deps,
): Promise<Target> => {
  const device = await mfaDevices.find(accountId, SerialNumber);
  return namedTarget(
    SerialNumber,
    device === null ? null : { arn: device.serialNumber, tags: device.tags, policies: null },
  );
};

/** The user whose factor is meant. @throws Fault `no_such_entity` */
export async function userOwner(accountId: string, userName: string, { users }: Deps): Promise<FactorOwner> {
  const { userId, name } = await users.require(accountId, userName);
  return { type: 'user', userId, userName: name };
}
