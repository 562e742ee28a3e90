import { expect, test } from 'vitest';
import { commonPasswords, storedCommonPasswords } from '../../dev/common-passwords.ts';

test('the stored common passwords are what the library has (else: node dev/common-passwords.ts)', () => {
  expect(storedCommonPasswords() === commonPasswords()).toBe(true);
});
