import { describe, expect, test } from 'vitest';
import { rulesOf, type SecurityPreset } from '../../../src/core/passwords/rules.ts';
import type { PasswordPolicy } from '../../../src/core/repositories/password-policy.ts';

const DAY = 86_400;
const POLICY: PasswordPolicy = {
  ...{ minimumLength: 6, requireSymbols: false, requireNumbers: false, requireUppercase: false },
  ...{ requireLowercase: false, allowUsersToChange: false, hardExpiry: false },
  ...{ maxAgeDays: null, reusePrevention: null },
};

const rules = (over: Partial<PasswordPolicy> | null, preset: SecurityPreset | null = null, hasMfa = false) =>
  rulesOf({ policy: over === null ? null : { ...POLICY, ...over }, preset, hasMfa });

describe('the least length is', () => {
  test.each([
    ['15 alone', null, null, false, 15],
    ['15 without a policy, a second factor or not', null, null, true, 15],
    ['15 against a weaker policy', { minimumLength: 8 }, null, false, 15],
    ['12 against a weaker policy beside a second factor', { minimumLength: 8 }, null, true, 12],
    ["the policy's between the two", { minimumLength: 13 }, null, true, 13],
    ["the policy's where it is longer", { minimumLength: 30 }, null, true, 30],
    ['12 under PCI', null, 'PCI', false, 12],
    ['12 under PCI against a weaker policy', { minimumLength: 6 }, 'PCI', false, 12],
    ["the policy's under PCI where it is longer", { minimumLength: 20 }, 'PCI', true, 20],
  ] as const)('%s', (_, policy, preset, hasMfa, length) => {
    expect(rules(policy, preset, hasMfa).minimumLength).toBe(length);
  });
});

describe('earlier passwords that do not come back are', () => {
  test.each([
    ['24 without a policy', null, null, 24],
    ['4 where the policy says nothing', {}, null, 4],
    ['4 where it says fewer', { reusePrevention: 1 }, null, 4],
    ['as many as it says', { reusePrevention: 12 }, null, 12],
    ['no fewer than 4 under PCI', { reusePrevention: 2 }, 'PCI', 4],
  ] as const)('%s', (_, policy, preset, remembered) => {
    expect(rules(policy, preset).remembered).toBe(remembered);
  });
});

describe('a password is due', () => {
  test.each([
    ['never without a policy', null, null, null],
    ['never where the policy has no age', {}, null, null],
    ["at the policy's age", { maxAgeDays: 365 }, null, 365 * DAY],
    ['after 90 days under PCI', null, 'PCI', 90 * DAY],
    ['no later than that', { maxAgeDays: 365 }, 'PCI', 90 * DAY],
    ['sooner where the policy says so', { maxAgeDays: 30 }, 'PCI', 30 * DAY],
  ] as const)('%s', (_, policy, preset, maxAgeSeconds) => {
    expect(rules(policy, preset).maxAgeSeconds).toBe(maxAgeSeconds);
  });
});

test('PCI asks for a letter, a number and a change at first use, and takes nothing from the policy', () => {
  const strict = { requireSymbols: true, requireUppercase: true, requireLowercase: true, hardExpiry: true };
  expect(rules({ ...strict, allowUsersToChange: true }, 'PCI')).toEqual({
    ...strict,
    ...{ requireNumbers: true, requireLetters: true, minimumLength: 12, remembered: 4 },
    ...{ maxAgeSeconds: 90 * DAY, mayChange: true, changeAtFirstUse: true },
  });
});

test('NIST asks for no classes of characters', () => {
  expect(rules(null)).toEqual({
    ...{ requireSymbols: false, requireUppercase: false, requireLowercase: false, requireNumbers: false },
    ...{ requireLetters: false, hardExpiry: false, mayChange: false, changeAtFirstUse: false },
    ...{ minimumLength: 15, remembered: 24, maxAgeSeconds: null },
  });
});
