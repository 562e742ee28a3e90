import { describe, expect, test } from 'vitest';
import { addressOf, bytesOf, momentOf, numberOf, rangeHolds } from './model-values.ts';

describe('numbers of the model', () => {
  test('are compared by value, exactly', () => {
    for (const same of ['7', '007', '7.0', '7.000']) expect(numberOf(same)).toBe(7n * 10n ** 18n);
    expect(numberOf('-0')).toBe(numberOf('0'));
    expect(numberOf('9007199254740993')).not.toBe(numberOf('9007199254740992'));
    expect(numberOf('0.30000000000000004')).not.toBe(numberOf('0.3'));
  });

  test('are nothing else than integers and decimals', () => {
    for (const text of [
      '',
      ' 7',
      '7 ',
      '0x7',
      '1e1',
      'NaN',
      'Infinity',
      '7,5',
      '--7',
      '7.5.0',
      '-',
      '.',
      '\u{1D7DF}',
    ]) {
      expect(numberOf(text), text).toBe(null);
    }
  });
});

describe('dates of the model', () => {
  test('one moment has many spellings', () => {
    const moment = 1_767_225_600n * 10n ** 18n;
    for (const same of [
      ...['1767225600', '01767225600', '2026-01', '2026-01-01', '2026-01-01T00:00', '2026-01-01T00:00Z'],
      ...['2026-01-01T00:00:00', '2026-01-01T02:00:00+02:00', '2025-12-31T19:00:00.000-05:00'],
    ]) {
      expect(momentOf(same), same).toBe(moment);
    }
    expect(momentOf('2026-01-01T00:00:00.0000001Z')).toBe(moment + 10n ** 11n);
    expect(momentOf('1969-12-31T23:59:59Z')).toBe(-(10n ** 18n));
  });

  test('a bare four-digit number is ambiguous', () => {
    expect(momentOf('2026')).toBe('ambiguous');
  });

  test('days and times that do not exist are no dates', () => {
    for (const text of [
      ...[
        '2026-02-30',
        '2023-02-29',
        '1900-02-29',
        '2026-13',
        '2026-00-01',
        '2026-01-00',
        '2026-04-31',
        '2026-1-1',
      ],
      ...[
        '2026-01-01T24:00:00Z',
        '2026-01-01T00:60Z',
        '2026-01-01T00:00:60Z',
        '2026-01-01T00Z',
        '2026-01-01 00:00',
      ],
      ...['', 'now', '2026/01/01', '1767225600.5', '2026-01-01T00:00:00+0200', '2026-01-01T00:00:00.Z'],
    ]) {
      expect(momentOf(text), text).toBe(null);
    }
    expect(momentOf('2000-02-29')).not.toBe(null);
  });
});

describe('addresses of the model', () => {
  test('one address has many spellings', () => {
    for (const same of ['2001:db8::1', '2001:DB8:0:0::1', '2001:0db8:0000:0000:0000:0000:0000:0001']) {
      expect(addressOf(same), same).toEqual(addressOf('2001:db8:0:0:0:0:0:1'));
    }
    expect(addressOf('::ffff:10.0.0.1')).toEqual({ bits: 128, value: 0xffff_0a00_0001n });
    expect(addressOf('10.0.0.1')).toEqual({ bits: 32, value: 0x0a00_0001n });
    expect(addressOf('::')).toEqual({ bits: 128, value: 0n });
  });

  test('near misses are no addresses', () => {
    for (const text of [
      ...[
        '',
        '10.0.0',
        '010.0.0.1',
        '10.0.0.256',
        '10.0.0.1.1',
        '167772161',
        ' 10.0.0.1',
        '10.0.0.*',
        '-1.0.0.0',
      ],
      ...[
        ':::',
        '1::2::3',
        '12345::',
        '::g',
        '1:2:3:4:5:6:7',
        '1:2:3:4:5:6:7:8:9',
        'fe80::1%eth0',
        '1:2:3:4:5:6:7::8',
      ],
      ...['::10.0.0.256', '10.0.0.1::', ':1:2:3:4:5:6:7'],
    ]) {
      expect(addressOf(text), text).toBe(null);
    }
  });

  test('a range holds its own family only, whatever its host bits', () => {
    expect(rangeHolds('10.9.9.9/8', '10.255.255.255')).toBe(true);
    expect(rangeHolds('0.0.0.0/0', '255.255.255.255')).toBe(true);
    expect(rangeHolds('10.0.0.1', '10.0.0.1')).toBe(true);
    expect(rangeHolds('10.0.0.1', '10.0.0.2')).toBe(false);
    expect(rangeHolds('10.0.0.0/8', '11.0.0.0')).toBe(false);
    expect(rangeHolds('10.0.0.0/8', '2001:db8::1')).toBe(false);
    expect(rangeHolds('::/0', '10.0.0.1')).toBe(false);
    expect(rangeHolds('2001:db8::/33', '2001:db8:8000::')).toBe(false);
    for (const range of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/8/8', '/8']) {
      expect(rangeHolds(range, '10.0.0.1'), range).toBe(false);
    }
  });
});

test('an IPv4 address mapped into IPv6 is the IPv4 address', () => {
  expect(rangeHolds('10.0.0.0/8', '::ffff:10.0.0.1')).toBe(true);
  expect(rangeHolds('10.0.0.0/8', '::ffff:b00:1')).toBe(false);
  expect(rangeHolds('::ffff:10.0.0.0/104', '10.0.0.1')).toBe(true);
  expect(rangeHolds('::/0', '::ffff:10.0.0.1')).toBe(false);
  expect(rangeHolds('::ffff:0:0/95', '::ffff:10.0.0.1')).toBe(false);
});

test('bytes of the model come from padded base64 alone', () => {
  expect(bytesOf('AAECAw==')).toBe('\0\u0001\u0002\u0003');
  expect(bytesOf('')).toBe('');
  for (const text of ['a', 'AA', 'AA=', '####', 'AA==\n', '*']) expect(bytesOf(text), text).toBe(null);
});
