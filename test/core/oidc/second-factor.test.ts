import { expect, test } from 'vitest';
import { oidcMfaAtSeconds } from '../../../src/core/oidc/second-factor.ts';

const NOW = 1_800_000_000;
const ROW = { mfaAmrValues: ['mfa', 'fido'], mfaAcrValues: ['phrh'] };
const NOTHING = { mfaAmrValues: [], mfaAcrValues: [] };
const at = { auth_time: NOW - 100 };

test('a value that the account has named counts, from the moment of the login', () => {
  expect(oidcMfaAtSeconds(ROW, { ...at, amr: ['pwd', 'mfa'] }, NOW)).toBe(NOW - 100);
  expect(oidcMfaAtSeconds(ROW, { ...at, acr: 'phrh' }, NOW)).toBe(NOW - 100);
  expect(oidcMfaAtSeconds(ROW, { auth_time: NOW - 0.5, acr: 'phrh' }, NOW)).toBe(NOW - 1);
});

test('a clock that runs ahead makes no factor of the future', () => {
  expect(oidcMfaAtSeconds(ROW, { auth_time: NOW + 30, acr: 'phrh' }, NOW)).toBe(NOW);
});

test.each<[string, object]>([
  ['nothing', at],
  ['another value', { ...at, amr: ['pwd'], acr: 'urn:mace:incommon:iap:silver' }],
  ['a value in another case', { ...at, amr: ['MFA'], acr: 'PHRH' }],
  ['a part of a value', { ...at, amr: ['mf', 'mfa '], acr: 'phr' }],
  ['acr under amr, and amr under acr', { ...at, amr: ['phrh'], acr: 'mfa' }],
  ['a text in place of the list', { ...at, amr: 'mfa' }],
  ['a list in a list', { ...at, amr: [['mfa']] }],
  ['a list in place of the text', { ...at, acr: ['phrh'] }],
  ['no moment', { amr: ['mfa'] }],
  ['a moment that is none', { amr: ['mfa'], auth_time: String(NOW) }],
  ['a moment before 1970', { amr: ['mfa'], auth_time: -1 }],
  ['no number', { amr: ['mfa'], auth_time: Number.NaN }],
])('%s is no second factor', (_name, claims) => {
  expect(oidcMfaAtSeconds(ROW, claims as Record<string, unknown>, NOW)).toBeNull();
});

test('where the account has named nothing, nothing counts', () => {
  expect(oidcMfaAtSeconds(NOTHING, { ...at, amr: ['mfa'], acr: 'phrh' }, NOW)).toBeNull();
  expect(oidcMfaAtSeconds(NOTHING, { ...at, amr: [undefined, '', null], acr: '' }, NOW)).toBeNull();
});
