import { expect, test } from 'vitest';
import { Fault } from '../../src/core/faults.ts';
import { asInVain, inVain } from '../../src/usecases/lookups.ts';

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
