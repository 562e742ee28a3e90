import { describe, expect, test } from 'vitest';
import {
  certificateKey,
  confirmationOf,
  isCertificateKey,
  keyOfConfirmation,
  tokenTypeOf,
} from '../../../src/core/oauth/sender-key.ts';

describe('the key that a token is bound to', () => {
  test.each(['abc', certificateKey('abc')])('`%s` comes back from its claim as it was', (key) => {
    expect(keyOfConfirmation(confirmationOf(key))).toBe(key);
  });

  test('is a thumbprint or a certificate, and each has its claim and its token type', () => {
    expect(confirmationOf('abc')).toEqual({ jkt: 'abc' });
    expect(confirmationOf(certificateKey('abc'))).toEqual({ 'x5t#S256': 'abc' });
    expect([tokenTypeOf('abc'), tokenTypeOf(certificateKey('abc')), tokenTypeOf(null)]).toEqual([
      'DPoP',
      'Bearer',
      'Bearer',
    ]);
    expect(isCertificateKey('abc')).toBe(false);
  });

  test('is none without a claim', () => {
    expect(keyOfConfirmation(undefined)).toBeNull();
  });

  test.each([
    null,
    {},
    [],
    'abc',
    7,
    { jkt: 7 },
    { jkt: '' },
    { jkt: null },
    { kid: 'abc' },
    { jwk: {} },
    { jkt: 'abc', 'x5t#S256': 'abc' },
    { jkt: certificateKey('abc') },
    { 'x5t#S256': ['abc'] },
  ])('is not known for %j: a token with such a claim is not believed', (cnf) => {
    expect(keyOfConfirmation(cnf)).toBeUndefined();
  });
});
