import { parseUtf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';
import type { TokenParameters } from './grants/grant.ts';

const MAX_PARAMETERS = 64;

/** @throws Fault `validation_error` for a parameter that stands twice, too many of them, or bytes that are no form */
export function readForm(body: Uint8Array): TokenParameters {
  const text = parseUtf8(body);
  if (text === null) throw new Fault('validation_error', 'the body is not a well-formed form');
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (parameters.has(name)) {
      throw new Fault(
        name === 'resource' || name === 'audience' ? 'invalid_target' : 'validation_error',
        'a parameter is given twice',
      );
    }
    // RFC 6749 section 3.2: a parameter without a value counts as left out.
    if (value !== '') parameters.set(name, value);
    if (parameters.size > MAX_PARAMETERS) throw new Fault('validation_error', 'too many parameters');
  }
  return parameters;
}
