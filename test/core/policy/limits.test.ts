import { expect, test } from 'vitest';
import { countPolicyCharacters, POLICY_LIMITS } from '../../../src/core/policy/limits.ts';

test('white space does not count, everything else does', () => {
  expect(countPolicyCharacters('')).toBe(0);
  expect(countPolicyCharacters(' \t\r\n')).toBe(0);
  expect(countPolicyCharacters('{ "a" :\n "b c" }')).toBe(10);
  expect(countPolicyCharacters('\u00a0é')).toBe(2);
  expect(countPolicyCharacters('x'.repeat(6144))).toBe(POLICY_LIMITS.managedCharacters);
});

test('the limits are those of AWS', () => {
  expect(POLICY_LIMITS).toEqual({
    managedCharacters: 6144,
    userInlineCharacters: 2048,
    groupInlineCharacters: 5120,
    roleInlineCharacters: 10_240,
    trustCharacters: 2048,
    trustCharactersMax: 4096,
    sessionCharacters: 2048,
    sessionPolicyArns: 10,
  });
});
