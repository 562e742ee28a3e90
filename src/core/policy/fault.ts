/** Why a policy document was refused, in AWS's words and in words for people. */
export interface PolicyFault {
  readonly code: 'MalformedPolicyDocument';
  /** The text that AWS sends with MalformedPolicyDocument. */
  readonly message: string;
  /** What is wrong, for a person who edits the document. */
  readonly problem: string;
  /** One-based place in the text; 0 where there is no text (an already parsed value). */
  readonly line: number;
  readonly column: number;
  /** The element, like `Statement[0].Condition.StringEquals`; empty for the document itself. */
  readonly path: string;
}

/**
 * AWS's words, and behind them where and why: `Syntax errors in policy. (line 3, column 5, at Statement[0].Effect: …)`.
 * AWS leaves its callers with the words alone.
 */
export function describeFault({ message, line, column, path, problem }: PolicyFault): string {
  const place = line === 0 ? '' : `line ${line}, column ${column}`;
  const at = path === '' ? '' : `${place === '' ? '' : ', '}at ${path}`;
  return `${message} (${place}${at}${place === '' && at === '' ? '' : ': '}${problem})`;
}

/** A fault before its offset has been turned into a line and a column. */
export interface Flaw {
  readonly message: string;
  readonly problem: string;
  /** Offset in UTF-16 units, or -1 where there is no text. */
  readonly at: number;
  readonly path: string;
}

/** AWS's answer to anything that is not a policy by its shape. */
export const SYNTAX_ERRORS = 'Syntax errors in policy.';

/** AWS's answer to what its oldest parser refuses: the case of Effect, short ARNs, bad dates. */
export const LEGACY_PARSING = 'The policy failed legacy parsing';

/** Makes a flaw of the shape. */
export const syntaxFlaw = (at: number, path: string, problem: string): Flaw => ({
  message: SYNTAX_ERRORS,
  problem,
  at,
  path,
});

/**
 * Turns a flaw into a fault.
 * @param text - the document, or null where an already parsed value was read
 */
export function faultOf(flaw: Flaw, text: string | null): PolicyFault {
  const { line, column } = placeOf(text, flaw.at);
  return {
    code: 'MalformedPolicyDocument',
    message: flaw.message,
    problem: flaw.problem,
    line,
    column,
    path: flaw.path,
  };
}

function placeOf(text: string | null, at: number): { line: number; column: number } {
  if (text === null || at < 0) return { line: 0, column: 0 };
  let line = 1;
  let lineStart = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
    lineStart = next + 1;
  }
  return { line, column: at - lineStart + 1 };
}

/** Carries a flaw out of the nested checks to the one place that catches it; never leaves `core/policy`. */
export class Refused extends Error {
  readonly flaw: Flaw;
  constructor(flaw: Flaw) {
    super(flaw.problem);
    this.flaw = flaw;
  }
}

/** Ends a check with a flaw of the shape. */
export function refuseSyntax(at: number, path: string, problem: string): never {
  throw new Refused(syntaxFlaw(at, path, problem));
}

/** Ends a check with a flaw that AWS has its own words for. */
export function refuse(
  place: { readonly at: number; readonly path: string },
  message: string,
  problem: string,
): never {
  throw new Refused({ message, problem, at: place.at, path: place.path });
}
