import { describe, expect, test } from 'vitest';
import { compileActions, matchesAction } from '../../../../src/core/policy/match/action.ts';

const matches = (entry: string, action: string, negated = false, effect: 'Allow' | 'Deny' = 'Allow') =>
  matchesAction(compileActions([entry], negated, effect), action);

describe('Action', () => {
  test.each([
    ['*', 's3:GetObject'],
    ['s3:GetObject', 's3:GetObject'],
    ['S3:getobject', 's3:GetObject'],
    ['s3:GetObject', 'S3:GETOBJECT'],
    ['s3:*', 's3:GetObject'],
    ['s3:Get*', 's3:Get'],
    ['s3:?etObject', 's3:GetObject'],
    ['s3:*Object*', 's3:GetObjectTagging'],
  ])('%s matches %s', (entry, action) => {
    expect(matches(entry, action)).toBe(true);
    expect(matches(entry, action, true)).toBe(false);
  });

  test.each([
    ['s3:GetObject', 's3:GetObjects'],
    ['s3:Get?', 's3:Get'],
    ['s3:*', 's3x:GetObject'],
    ['s3:*', 'xs3:GetObject'],
    ['s3*', 's3:GetObject'],
    ['GetObject', 's3:GetObject'],
    ['', 's3:GetObject'],
    ['s3:GetObject', 'GetObject'],
    ['s3:Get.bject', 's3:GetObject'],
  ])('%s does not match %s', (entry, action) => {
    expect(matches(entry, action)).toBe(false);
    expect(matches(entry, action, true)).toBe(true);
  });
});

test('a wildcard in the service grants nothing and denies all that it may mean', () => {
  expect(matches('*:Get*', 's3:GetObject')).toBe(false);
  expect(matches('*:Get*', 's3:GetObject', false, 'Deny')).toBe(true);
  expect(matches('*:Get*', 's3:GetObject', true)).toBe(false);
  expect(matches('*:Get*', 's3:GetObject', true, 'Deny')).toBe(true);
});
