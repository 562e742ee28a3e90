import { expect, test } from 'vitest';
import { toHex } from '../../../src/core/bytes.ts';
import { ecdsaValueToDer } from '../../../src/core/saml/ecdsa-value.ts';
import { parseInstant } from '../../../src/core/saml/instant.ts';
import {
  accountOfSamlProviderId,
  currentCertificates,
  samlProviderEnd,
  samlProviderId,
} from '../../../src/core/saml/provider.ts';

test('instants are UTC, with or without a fraction', () => {
  expect(parseInstant('2026-11-24T12:00:00Z')).toBe(1_795_521_600);
  expect(parseInstant('2026-11-24T12:00:00.999Z')).toBe(1_795_521_600);
  for (const text of [
    '',
    '2026-11-24',
    '2026-11-24T12:00:00',
    '2026-11-24T12:00:00+00:00',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24T12:00:00.Z',
    ' 2026-11-24T12:00:00Z',
    '1969-12-31T00:00:00Z',
  ]) {
    expect(parseInstant(text), text).toBeNull();
  }
});

test('an ECDSA value becomes DER, without zeros and never negative', () => {
  expect(toHex(ecdsaValueToDer(Uint8Array.from([0, 1, 0x80, 0])) ?? new Uint8Array())).toBe(
    '30080201010203008000',
  );
  const whole = ecdsaValueToDer(new Uint8Array(132).fill(0xff));
  expect([whole?.[0], whole?.[1], whole?.length]).toEqual([0x30, 0x81, 141]);
  // r or s of zero verify anything in a broken library (CVE-2022-21449)
  for (const value of [[], [1], [0, 0], [0, 1], [1, 0], new Array(134).fill(1)]) {
    expect(ecdsaValueToDer(Uint8Array.from(value))).toBeNull();
  }
});

test('a provider’s id carries its account', () => {
  const id = samlProviderId('000123456789', new Uint8Array(10).fill(255));
  expect(id).toMatch(/^[A-Z0-9]{30}$/);
  expect(accountOfSamlProviderId(id)).toBe('000123456789');
  for (const other of ['', id.slice(1), id.toLowerCase(), `${id}A`, `SAMLSP${'7'.repeat(24)}`, '__proto__']) {
    expect(accountOfSamlProviderId(other), other).toBeNull();
  }
});

test('certificates count within their own validity and that of the metadata', () => {
  const provider = {
    entityId: 'e',
    signOnEndpoints: [],
    logoutEndpoints: [],
    wantsSignedRequests: false,
    validUntilSeconds: 350,
    certificates: [
      { der: 'old', notBeforeSeconds: 100, notAfterSeconds: 200 },
      { der: 'new', notBeforeSeconds: 150, notAfterSeconds: 400 },
    ],
  };
  expect([99, 100, 150, 199, 200, 349, 350].map((now) => currentCertificates(provider, now))).toEqual([
    [],
    ['old'],
    ['old', 'new'],
    ['old', 'new'],
    ['new'],
    ['new'],
    [],
  ]);
  expect(samlProviderEnd(provider)).toBe(350);
  expect(samlProviderEnd({ ...provider, validUntilSeconds: null })).toBe(400);
});
