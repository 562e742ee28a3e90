import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAmzDate, formatIso, parseAmzDate, parseHttpDate } from '../../src/core/time.ts';

const instants = fc.integer({ min: 0, max: 253_402_300_799 });

test('an instant is written without milliseconds', () => {
  expect(formatIso(0)).toBe('1970-01-01T00:00:00Z');
  expect(formatIso(1_767_225_600)).toBe('2026-01-01T00:00:00Z');
  expect(formatAmzDate(1_440_938_160)).toBe('20150830T123600Z');
});

test('both date forms of a request read back what was written', () => {
  fc.assert(
    fc.property(instants, (seconds) => {
      expect(parseAmzDate(formatAmzDate(seconds))).toBe(seconds);
      expect(parseHttpDate(new Date(seconds * 1000).toUTCString())).toBe(seconds);
    }),
  );
});

test('RFC 9110 section 5.6.7: its own example', () =>
  expect(parseHttpDate('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(784_111_777));

test('29 February exists in a leap year alone', () => {
  expect(parseAmzDate('20240229T000000Z')).toBe(1_709_164_800);
  expect(parseAmzDate('20230229T000000Z')).toBeNull();
});

describe('refused as a basic date', () => {
  const refused = [
    '',
    '20260230T000000Z',
    '20261301T000000Z',
    '20260001T000000Z',
    '20260101T240000Z',
    '20260101T006000Z',
    '20260101T000060Z',
    '20260101T000000',
    '20260101T000000z',
    '20260101t000000Z',
    '20260101T000000Z ',
    '20260101T000000Z\n',
    '2026-01-01T00:00:00Z',
    '20260101T000000.0Z',
    '20260101T000000+0000',
    '２０２６0101T000000Z',
    '00500101T000000Z',
  ];
  for (const text of refused) test(JSON.stringify(text), () => expect(parseAmzDate(text)).toBeNull());
});

describe('refused as an HTTP date', () => {
  const refused = [
    '',
    'Mon, 06 Nov 1994 08:49:37 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Fri, 31 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:49:37 GMT',
  ];
  for (const text of refused) test(JSON.stringify(text), () => expect(parseHttpDate(text)).toBeNull());
});
