import { expect, test } from 'vitest';
import { isSameName, parseDistinguishedName } from '../../../src/core/x509/distinguished-name.ts';

test.for<[string, readonly string[] | null]>([
  ['CN=a', ['CN=a']],
  ['cn=a, O=b', ['CN=a', 'O=b']],
  ['CN=a,O=b', ['CN=a', 'O=b']],
  ['O=Acme\\, Inc.,CN=a', ['O=Acme, Inc.', 'CN=a']],
  ['CN=a\\+b', ['CN=a+b']],
  ['CN=\\\\41', ['CN=\\41']],
  ['CN=a\\\\,O=b', ['CN=a\\', 'O=b']],
  ['CN=a\\\\\\,O=b', ['CN=a\\,O=b']],
  ['CN=x\\C3\\A9', ['CN=xé']],
  ['emailAddress=a@b.example,CN=a', ['E=a@b.example', 'CN=a']],
  ['CN=', ['CN=']],
  ['', null],
  ['CN', null],
  ['CN=a,', null],
  ['CN=a+O=b', null],
  ['CN="a"', null],
  ['CN=a\\', null],
])('%s', ([text, parts]) => {
  expect(parseDistinguishedName(text)).toEqual(parts);
});

test('names are the same part by part, in order; what cannot be read is nobody', () => {
  expect(isSameName(['CN=a', 'O=b'], ['CN=a', 'O=b'])).toBe(true);
  for (const other of [['O=b', 'CN=a'], ['CN=a'], ['CN=A', 'O=b'], [], null]) {
    expect(isSameName(['CN=a', 'O=b'], other)).toBe(false);
  }
  expect(isSameName(null, null)).toBe(false);
});
