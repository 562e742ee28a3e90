/** What an MFA device is, whoever stores it. */
import type { SealBinding } from '../sealing.ts';

/** Whom a device, a wrong code or a password belongs to. */
export type FactorOwner =
  | { readonly type: 'user'; readonly userId: string; readonly userName: string }
  | { readonly type: 'root' };

/** Most devices that a user, or root, has. @see IAM User Guide, "IAM and AWS STS quotas" */
export const MAX_MFA_DEVICES = 8;

/** The form under which a serial number is looked for: names compare without case. */
export const serialKeyOf = (serialNumber: string): string => serialNumber.toLowerCase();

/** Where the sealed seed of a virtual device stands. @param serialKey - of `serialKeyOf` */
export const seedBinding = (accountId: string, serialKey: string): SealBinding => ({
  table: 'mfa_devices',
  account: accountId,
  row: serialKey,
  purpose: 'seed',
});
