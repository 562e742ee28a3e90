import { expect, test } from 'vitest';
import { Fault } from '../../src/core/faults.ts';
import { asFault } from '../../src/usecases/record.ts';

test('a fault stays itself, also inside another error', () => {
  const fault = new Fault('access_denied', 'no');
  expect(asFault(fault)).toBe(fault);
  expect(asFault(new Error('wrapped', { cause: fault }))).toBe(fault);
});

test('a failed query tells its cause and none of its values', () => {
  const wrapped = new Error('Failed query: insert into users values (?)\nparams: the-secret', {
    cause: new TypeError('D1_ERROR: disk full'),
  });
  const { code, message, detail } = asFault(wrapped);
  expect({ code, message, detail }).toEqual({
    code: 'internal_failure',
    message: 'internal failure',
    detail: { reason: 'TypeError: D1_ERROR: disk full' },
  });
});

test('what is no error says nothing', () => {
  for (const thrown of ['text', null, undefined, { message: 'x' }]) {
    expect(asFault(thrown).detail).toEqual({ reason: 'unknown' });
  }
});
