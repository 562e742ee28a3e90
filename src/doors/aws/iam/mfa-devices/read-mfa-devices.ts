import { Fault } from '../../../../core/faults.ts';
import { action } from '../../query/action.ts';
import { optional, withDefault } from '../../query/field.ts';
import { existingUserName, serialNumber, userName } from '../../query/fields.ts';
import { oneOf } from '../../query/kinds.ts';
import { listOf, maybe, moment, text } from '../../query/shape.ts';
import { callerUserName } from '../caller-user.ts';
import { entityAction } from '../entity-action.ts';
import { pageEnd, pageFields, pageMembers, pageRequest, shortPage } from '../paging.ts';
import { userTarget } from '../targets.ts';
import { userOwner } from './device-target.ts';
import { deviceOf, deviceShape, virtualDeviceOf, virtualDeviceShape } from './shapes.ts';

const VIRTUAL_LIST = 'virtual-mfa-devices';

/** Devices of every kind that a user has. */
export const listMFADevices = entityAction({
  name: 'ListMFADevices',
  audit: 'read',
  permission: { action: 'iam:ListMFADevices', target: userTarget },
  input: { UserName: optional(existingUserName()), ...pageFields },
  output: { MFADevices: listOf(deviceShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { accountId } = caller;
    const user = await deps.users.require(accountId, input.UserName ?? callerUserName(caller));
    const owner = { type: 'user', userId: user.userId, userName: user.name } as const;
    const { items, end } = shortPage('mfa-devices', await deps.mfaDevices.listOf(accountId, owner), input);
    return { MFADevices: items.map((device) => deviceOf(user.name, device)), ...end };
  },
});

export const listVirtualMFADevices = action({
  name: 'ListVirtualMFADevices',
  auth: 'sigv4',
  audit: 'read',
  permission: { action: 'iam:ListVirtualMFADevices', resource: () => '*' },
  input: {
    AssignmentStatus: withDefault(oneOf(['Assigned', 'Unassigned', 'Any']), 'Any'),
    ...pageFields,
  },
  output: { VirtualMFADevices: listOf(virtualDeviceShape), ...pageMembers },
  run: async (input, { caller, deps }) => {
    const { accountId } = caller;
    const wanted = pageRequest(VIRTUAL_LIST, input);
    const page = await deps.mfaDevices.listVirtual(accountId, input.AssignmentStatus, wanted);
    return {
      VirtualMFADevices: page.items.map((device) => virtualDeviceOf(accountId, device)),
      ...pageEnd(VIRTUAL_LIST, page),
    };
  },
});

export const getMFADevice = entityAction({
  name: 'GetMFADevice',
  audit: 'read',
  permission: { action: 'iam:GetMFADevice', target: userTarget },
  input: { SerialNumber: serialNumber(), UserName: optional(userName()) },
  output: { UserName: maybe(text), SerialNumber: text, EnableDate: maybe(moment) },
  run: async ({ SerialNumber, UserName }, { caller, deps }) => {
    const { accountId } = caller;
    const owner = await userOwner(accountId, UserName ?? callerUserName(caller), deps);
    const devices = await deps.mfaDevices.listOf(accountId, owner);
    const asked = SerialNumber.toLowerCase();
    const device = devices.find((each) => each.serialNumber.toLowerCase() === asked);
    if (device === undefined || owner.type === 'root')
      throw new Fault('no_such_entity', `MFA device with serial number ${SerialNumber} doesn't exist.`);
    return deviceOf(owner.userName, device);
  },
});
