import { expect, test } from 'vitest';
import { boundMembers } from '../../../src/core/audit/bound.ts';

test('what is short enough stays as it is, the very object', () => {
  const members = { roleArn: 'arn:aws:iam::111122223333:role/x', nothing: undefined, list: [1, { a: null }] };
  expect(boundMembers(members)).toBe(members);
});

test('a member that is too long is named and not kept, the others are', () => {
  const long = 'x'.repeat(16_000);
  expect(boundMembers({ first: 'a', list: [long, long], last: 1, absent: undefined })).toEqual({
    first: 'a',
    list: '[too long]',
    last: 1,
    absent: undefined,
  });
});

test('many short members are kept as far as they fit', () => {
  const members = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`m${at}`, 'x'.repeat(1000)]));
  const bounded = boundMembers(members);
  expect(Object.keys(bounded)).toEqual(Object.keys(members));
  expect(JSON.stringify(bounded).length).toBeLessThan(18_000);
  expect(bounded.m0).toBe(members.m0);
  expect(bounded.m39).toBe('[too long]');
});

test('length is counted as JSON writes it', () => {
  expect(boundMembers({ text: '\u0001'.repeat(4000) })).toEqual({ text: '[too long]' });
});
