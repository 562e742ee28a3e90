import { parseUtf8 } from '../../core/bytes.ts';
import { Fault } from '../../core/faults.ts';

/**
 * Reads a JSON object.
 * @throws Fault `validation_error` for anything else
 */
export function parseJsonObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  const text = parseUtf8(body);
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // said below
  }
  throw new Fault('validation_error', 'the body must be a JSON object');
}

/** Tells a JSON object from lists, null and scalars. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
