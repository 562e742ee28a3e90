import { mfaDeviceArn } from '../../../../core/arn.ts';
import { toBase32, utf8 } from '../../../../core/bytes.ts';
import { Fault } from '../../../../core/faults.ts';
import { qrCodePng } from '../../../../core/mfa/qr-code.ts';
import { otpauthUri, TOTP_SEED_BYTES } from '../../../../core/mfa/totp.ts';
import { action } from '../../query/action.ts';
import { optional } from '../../query/field.ts';
import { pathOrRoot, tags, virtualMfaDeviceName } from '../../query/fields.ts';
import { requestTagContext } from '../request-tags.ts';
import { tagsOf } from '../shapes.ts';
import { virtualDeviceShape } from './shapes.ts';

/** What authenticator apps call the issuer. */
const ISSUER_NAME = 'Daypass';
/** A longer serial number could not be named in any other call. */
const MAX_SERIAL_NUMBER = 256;

/** The only answer that ever tells the seed, as text and in the picture. */
export const createVirtualMFADevice = action({
  name: 'CreateVirtualMFADevice',
  auth: 'sigv4',
  audit: 'change',
  permission: {
    action: 'iam:CreateVirtualMFADevice',
    resource: (input, caller) => mfaDeviceArn(caller.accountId, input.Path, input.VirtualMFADeviceName),
    context: (input) => requestTagContext(input.Tags),
  },
  input: { VirtualMFADeviceName: virtualMfaDeviceName(), Path: pathOrRoot(), Tags: optional(tags()) },
  output: { VirtualMFADevice: virtualDeviceShape },
  run: async ({ VirtualMFADeviceName: name, Path, Tags = [] }, { caller, deps, changeEvent }) => {
    const { accountId } = caller;
    if (mfaDeviceArn(accountId, Path, name).length > MAX_SERIAL_NUMBER)
      throw new Fault('validation_error', `path and name make a serial number over ${MAX_SERIAL_NUMBER}`);
    const seedText = toBase32(deps.random.bytes(TOTP_SEED_BYTES));
    const wanted = { name, path: Path, tags: Tags, seedText };
    const made = await deps.mfaDevices.createVirtual(accountId, wanted, changeEvent);
    return {
      VirtualMFADevice: {
        SerialNumber: made.serialNumber,
        Base32StringSeed: utf8(seedText),
        QRCodePNG: await qrCodePng(otpauthUri(ISSUER_NAME, `${name}@${accountId}`, seedText)),
        ...tagsOf(made.tags),
      },
    };
  },
});
