/** How MFA devices are shown. */
import { rootArn } from '../../../../core/arn.ts';
import type { MfaDeviceRecord } from '../../../../core/repositories/mfa-devices.ts';
import { blob, maybe, moment, record, text } from '../../query/shape.ts';
import { tagListShape } from '../shapes.ts';

/** The user a device belongs to. */
const ownerShape = record({
  Path: text,
  UserName: text,
  UserId: text,
  Arn: text,
  CreateDate: moment,
});

export const virtualDeviceShape = record({
  SerialNumber: text,
  Base32StringSeed: maybe(blob),
  QRCodePNG: maybe(blob),
  User: maybe(ownerShape),
  EnableDate: maybe(moment),
  Tags: maybe(tagListShape),
});

/** A device in the list of its owner. */
export const deviceShape = record({ UserName: text, SerialNumber: text, EnableDate: moment });

/** What the credential report calls root: no user can have this name. */
const ROOT_NAME = '<root_account>';

/** @returns a virtual device in a list: without tags, as in AWS */
export const virtualDeviceOf = (accountId: string, device: MfaDeviceRecord) => ({
  SerialNumber: device.serialNumber,
  User: ownerOf(accountId, device),
  EnableDate: device.enabledAtSeconds,
});

function ownerOf(accountId: string, { owner, createdAtSeconds }: MfaDeviceRecord) {
  if (owner === null) return null;
  if (owner.type === 'root') {
    const named = { Path: '/', UserName: ROOT_NAME, UserId: accountId, Arn: rootArn(accountId) };
    return { ...named, CreateDate: createdAtSeconds };
  }
  const { user } = owner;
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.userId,
    Arn: user.arn,
    CreateDate: user.createdAtSeconds,
  };
}

export const deviceOf = (UserName: string, device: MfaDeviceRecord) => ({
  UserName,
  SerialNumber: device.serialNumber,
  EnableDate: device.enabledAtSeconds ?? device.createdAtSeconds,
});
