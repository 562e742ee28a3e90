/** Enrolment codes: `dpe-ACCOUNT-SECRET`. The account stands in it, for a device that enrols signs nothing yet. */
import { toBase32, toHex, utf8 } from '../bytes.ts';

/** Random bytes of a code: 160 bits, 32 characters. */
export const ENROLMENT_CODE_RANDOM_BYTES = 20;

const CODE = /^dpe-([0-9]{12})-[A-Z2-7]{32}$/;

/** @param random - `ENROLMENT_CODE_RANDOM_BYTES` fresh random bytes */
export const enrolmentCode = (accountId: string, random: Uint8Array): string =>
  `dpe-${accountId}-${toBase32(random)}`;

/** @returns the account that a code claims to be of, or null for what is no code */
export const accountOfEnrolmentCode = (code: string): string | null => CODE.exec(code)?.[1] ?? null;

/** What is kept of a code. Its 160 random bits need no slow hash. @returns SHA-256 in hexadecimal */
export const hashEnrolmentCode = async (code: string): Promise<string> =>
  toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(code))));
