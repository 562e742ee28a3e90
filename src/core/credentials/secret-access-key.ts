import { toBase64 } from '../bytes.ts';
import type { SealBinding } from '../sealing.ts';

/** 30 random bytes are exactly the 40 characters that a secret access key has. */
export const SECRET_ACCESS_KEY_BYTES = 30;

/** @returns the secret of a long-term access key */
export const secretAccessKeyOf = (random: Uint8Array): string => toBase64(random);

/** Where the sealed secret of a long-term access key stands. */
export const accessKeyBinding = (accountId: string, accessKeyId: string): SealBinding => ({
  table: 'access_keys',
  account: accountId,
  row: accessKeyId,
  purpose: 'secret-access-key',
});
