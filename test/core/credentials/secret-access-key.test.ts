import { expect, test } from 'vitest';
import {
  accessKeyBinding,
  SECRET_ACCESS_KEY_BYTES,
  secretAccessKeyOf,
} from '../../../src/core/credentials/secret-access-key.ts';

test('a secret access key has 40 characters and no padding', () => {
  for (const byte of [0, 127, 255]) {
    const secret = secretAccessKeyOf(new Uint8Array(SECRET_ACCESS_KEY_BYTES).fill(byte));
    expect(secret).toMatch(/^[A-Za-z0-9+/]{40}$/);
  }
});

test('its sealed form belongs to one account and one key', () => {
  expect(accessKeyBinding('111122223333', 'AKIA1')).toEqual({
    table: 'access_keys',
    account: '111122223333',
    row: 'AKIA1',
    purpose: 'secret-access-key',
  });
});
