import { HOTP, Secret } from 'otpauth';
import { timeStepAt } from '../../src/core/mfa/totp.ts';

/** The code that a device shows in a time step. */
export const totpCode = (seed: Uint8Array, step: number): string =>
  HOTP.generate({ secret: new Secret({ buffer: Uint8Array.from(seed).buffer }), counter: step, digits: 6 });

/** Two codes in a row, the second of the present step (plus an offset). @param seedText - base32, as IAM answers it */
export function twoCodes(seedText: string, nowSeconds: number, offset = 0): readonly [string, string] {
  const { bytes } = Secret.fromBase32(seedText);
  const step = timeStepAt(nowSeconds) + offset;
  return [totpCode(bytes, step - 1), totpCode(bytes, step)];
}
