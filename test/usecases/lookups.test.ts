import { expect, test } from 'vitest';
import { Fault } from '../../src/core/faults.ts';
import { asInVain, askerAt, inVain } from '../../src/usecases/lookups.ts';

test('the addresses of one IPv6 network are one asker, those of another network another', () => {
  const asker = askerAt('2001:db8:1:2::1');
  expect(askerAt('2001:db8:1:2:ffff:ffff:ffff:ffff')).toBe(asker);
  expect(askerAt('2001:0DB8:0001:0002::')).toBe(asker);
  for (const other of ['2001:db8:1:3::1', '2001:db8::1:2:0:1', '::1', '192.0.2.1']) {
    expect(askerAt(other)).not.toBe(asker);
  }
});

test('an IPv4 address is its own asker, and what is no address too', () => {
  expect(askerAt('192.0.2.1')).toBe('192.0.2.1');
  expect(askerAt('192.0.2.2')).toBe('192.0.2.2');
  expect(askerAt('unknown')).toBe('unknown');
});

test('marking a refusal keeps code, sentence and detail; what is no fault stays what it is', () => {
  const marked = asInVain(new Fault('signature_does_not_match', 'no', { why: 'signature' }));
  expect(marked).toMatchObject({
    code: 'signature_does_not_match',
    message: 'no',
    detail: { why: 'signature', ...inVain },
  });
  const defect = new Error('x');
  expect(asInVain(defect)).toBe(defect);
});
