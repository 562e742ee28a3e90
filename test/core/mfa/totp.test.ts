import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/core/bytes.ts';
import { findConsecutiveSteps, findTimeStep, otpauthUri, timeStepAt } from '../../../src/core/mfa/totp.ts';
import { totpCode } from '../../helpers/totp.ts';

/** The secret of RFC 6238 appendix B. */
const SEED = utf8('12345678901234567890');

describe('a time-based code', () => {
  // Appendix B has eight digits; six are their end.
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('of RFC 6238 appendix B at %i is found', (seconds, code) => {
    const around = timeStepAt(seconds);
    expect(findTimeStep(SEED, code, { around, window: 0 })).toBe(around);
  });

  test('is found within the window and not beyond it', () => {
    const around = 1000;
    const found = [998, 999, 1000, 1001, 1002].map((step) =>
      findTimeStep(SEED, totpCode(SEED, step), { around, window: 1 }),
    );
    expect(found).toEqual([null, 999, 1000, 1001, null]);
  });

  test('is nothing but the six digits', () => {
    const code = totpCode(SEED, 1000);
    for (const near of ['', ' ', code.slice(1), `${code}0`, ` ${code}`, `${code}\n`, '١٢٣٤٥٦']) {
      expect(findTimeStep(SEED, near, { around: 1000, window: 1 }), near).toBeNull();
    }
  });

  test('of the time before 1970 is not looked for', () => {
    expect(findTimeStep(SEED, totpCode(SEED, 0), { around: 0, window: 5 })).toBe(0);
  });
});

describe('two codes in a row', () => {
  test('tell the step of the second, wherever the range has them', () => {
    const step = fc.integer({ min: 900, max: 1100 });
    fc.assert(
      fc.property(step, (at) => {
        const codes = [totpCode(SEED, at - 1), totpCode(SEED, at)] as const;
        expect(findConsecutiveSteps(SEED, codes, { around: 1000, window: 120 })).toBe(at);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['the same twice', 1000, 1000],
    ['the wrong way round', 1000, 999],
    ['one left out', 998, 1000],
    ['one before the range', 988, 989],
    ['one after the range', 1010, 1011],
  ])('are not %s', (_, first, second) => {
    const codes = [totpCode(SEED, first), totpCode(SEED, second)] as const;
    expect(findConsecutiveSteps(SEED, codes, { around: 1000, window: 10 })).toBeNull();
  });
});

test('the address of a device names issuer and label, whatever signs they have', () => {
  expect(otpauthUri('Day pass', 'a:b@1', 'ABC')).toBe(
    'otpauth://totp/Day%20pass:a%3Ab%401?secret=ABC&issuer=Day%20pass',
  );
});
