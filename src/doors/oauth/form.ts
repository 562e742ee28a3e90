import { Fault } from '../../core/faults.ts';
import { readText } from '../http/body.ts';
import type { TokenParameters } from './grants/grant.ts';

const MAX_PARAMETERS = 64;

/** A form as it came, which a signature may cover, and what stands in it. */
export interface TokenForm {
  readonly text: string;
  readonly parameters: TokenParameters;
}

/**
 * Reads the body of a request as a form.
 * @throws Fault `request_too_large`, and as `parseForm`
 */
export async function readForm(request: Request, maxBytes: number): Promise<TokenForm> {
  const text = await readText(request, maxBytes);
  if (text === null) throw notWellFormed();
  return { text, parameters: parseForm(text) };
}

/**
 * Takes a form apart. What stands unescaped stands for itself, as a blank in what a shell sends; an escape must be a right one.
 * @throws Fault `validation_error` for a parameter that stands twice, too many of them, or an escape that is none
 * @see WHATWG URL, "application/x-www-form-urlencoded"; RFC 6749 appendix B
 */
export function parseForm(text: string): TokenParameters {
  const parameters = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    // RFC 6749 section 3.2: a parameter without a value counts as left out.
    if (equals < 0 || equals === pair.length - 1) continue;
    const name = decode(pair.slice(0, equals));
    if (parameters.has(name)) throw givenTwice(name);
    parameters.set(name, decode(pair.slice(equals + 1)));
    if (parameters.size > MAX_PARAMETERS) throw new Fault('validation_error', 'too many parameters');
  }
  return parameters;
}

const ESCAPED = /[%+]/;

function decode(text: string): string {
  if (!ESCAPED.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw notWellFormed();
  }
}

const notWellFormed = (): Fault => new Fault('validation_error', 'the body is not a well-formed form');

const givenTwice = (name: string): Fault =>
  new Fault(
    name === 'resource' || name === 'audience' ? 'invalid_target' : 'validation_error',
    'a parameter is given twice',
  );
