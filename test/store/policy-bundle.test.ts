import { expect, test } from 'vitest';
import { compileStored } from '../../src/store/policy-bundle.ts';

const document = (number: number, length: number) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${number}/${'x'.repeat(length)}` },
    ],
  });

test('a document is compiled once, and anew for another kind of policy', () => {
  const policy = compileStored(document(0, 10), 'identity');
  expect(compileStored(document(0, 10), 'identity')).toBe(policy);
  expect(compileStored(document(0, 10), 'permissions-boundary')).not.toBe(policy);
});

test('as many long documents as an account can have do not stay in memory', () => {
  const first = compileStored(document(1, 6000), 'identity');
  for (let number = 2; number < 400; number += 1) compileStored(document(number, 6000), 'identity');
  expect(compileStored(document(1, 6000), 'identity')).not.toBe(first);
});
