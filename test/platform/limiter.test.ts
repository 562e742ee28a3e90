import { expect, test } from 'vitest';
import { createLookupLimiter } from '../../src/platform/limiter.ts';
import { fakeClock } from '../helpers/fake-world.ts';

const BURST = 3000;

test('an address is exhausted after its burst, and recovers with time', () => {
  const clock = fakeClock();
  const limiter = createLookupLimiter(clock);
  expect(limiter.isExhausted('192.0.2.1')).toBe(false);
  for (let at = 0; at < BURST; at += 1) {
    expect(limiter.isExhausted('192.0.2.1')).toBe(false);
    limiter.charge('192.0.2.1');
  }
  expect(limiter.isExhausted('192.0.2.1')).toBe(true);
  expect(limiter.isExhausted('192.0.2.2')).toBe(false);
  clock.advance(9);
  expect(limiter.isExhausted('192.0.2.1')).toBe(true);
  clock.advance(2);
  expect(limiter.isExhausted('192.0.2.1')).toBe(false);
});

test('credit never grows past one burst', () => {
  const clock = fakeClock();
  const limiter = createLookupLimiter(clock);
  limiter.charge('192.0.2.1');
  clock.advance(1e9);
  for (let at = 0; at < BURST; at += 1) limiter.charge('192.0.2.1');
  expect(limiter.isExhausted('192.0.2.1')).toBe(true);
});

test('of ten thousand addresses the longest quiet one is forgotten first', () => {
  const limiter = createLookupLimiter(fakeClock());
  for (let at = 0; at < BURST; at += 1) limiter.charge('first');
  for (let at = 0; at < BURST; at += 1) limiter.charge('second');
  for (let at = 0; at < 9_998; at += 1) limiter.charge(`other-${at}`);
  limiter.charge('first'); // still busy
  limiter.charge('newcomer');
  expect(limiter.isExhausted('first')).toBe(true);
  expect(limiter.isExhausted('second')).toBe(false);
});

test('an IPv6 address counts with its /64, an IPv4 address alone', () => {
  const limiter = createLookupLimiter(fakeClock());
  for (let at = 0; at < BURST; at += 1) limiter.charge(`2001:db8:1:2::${at.toString(16)}`);
  for (const same of ['2001:db8:1:2::ffff', '2001:db8:1:2:3:4:5:6'])
    expect(limiter.isExhausted(same)).toBe(true);
  for (const other of ['2001:db8:1:3::1', '2001:db8::1', '::1', '::ffff:192.0.2.1'])
    expect(limiter.isExhausted(other)).toBe(false);
});
