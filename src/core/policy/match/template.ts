/**
 * Policy text with wildcards and variables, taken apart once. A filled template is a list of UTF-16 code units in
 * which wildcards are negative numbers: what a variable put in can therefore never become a wildcard or a second
 * variable, whatever characters a user name or a tag holds.
 */
import type { Context } from '../types.ts';

/** `*`: any run of characters, the empty one too. */
export const ANY_RUN = -1;
/** `?`: exactly one character. */
export const ANY_ONE = -2;
/** `*` that stays inside its ARN segment. */
export const SEGMENT_RUN = -3;
/** `?` that stays inside its ARN segment. */
export const SEGMENT_ONE = -4;

/** Code units and wildcards. */
export type Pattern = readonly number[];

/** A policy variable: the lower-cased key, and what stands for it when the context has no value. */
interface Variable {
  readonly key: string;
  /** The key as written. */
  readonly name: string;
  readonly fallback: string | null;
}

/** A text taken apart. */
export interface Template {
  readonly pieces: readonly (Pattern | Variable)[];
  /** The pattern itself where the text has no variables; else null. */
  readonly fixed: Pattern | null;
}

const isVariable = (piece: Pattern | Variable): piece is Variable => 'key' in piece;

/**
 * Takes a text apart.
 * @param expandsVariables - false where `${…}` is literal text (Version 2008-10-17, numeric conditions, …)
 * @see IAM User Guide, reference_policies_variables
 */
export function parseTemplate(text: string, expandsVariables: boolean): Template {
  const pieces: (Pattern | Variable)[] = [];
  let codes: number[] = [];
  let at = 0;
  while (at < text.length) {
    const found = expandsVariables && text.startsWith('${', at) ? readVariable(text, at) : null;
    if (found === null) {
      codes.push(codeAt(text, at));
      at += 1;
      continue;
    }
    at = found.end;
    if (typeof found.piece === 'number') {
      codes.push(found.piece);
    } else {
      pieces.push(codes, found.piece);
      codes = [];
    }
  }
  if (pieces.length === 0) return { pieces: [codes], fixed: codes };
  pieces.push(codes);
  return { pieces, fixed: null };
}

function codeAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code === 0x2a) return ANY_RUN;
  return code === 0x3f ? ANY_ONE : code;
}

/** `${*}`, `${?}` and `${$}` are the characters themselves; everything else between the braces is a variable. */
function readVariable(text: string, start: number): { piece: number | Variable; end: number } | null {
  const sign = text[start + 2];
  if ((sign === '*' || sign === '?' || sign === '$') && text[start + 3] === '}') {
    return { piece: sign.charCodeAt(0), end: start + 4 };
  }
  const quoted = readDefault(text, start + 2);
  if (quoted !== null) return quoted;
  const end = text.indexOf('}', start + 2);
  if (end === -1) return null;
  const name = text.slice(start + 2, end).trim();
  return { piece: { key: name.toLowerCase(), name, fallback: null }, end: end + 1 };
}

/** `${key, 'default'}`; the default may hold a closing brace. */
function readDefault(text: string, from: number): { piece: Variable; end: number } | null {
  const comma = text.indexOf(',', from);
  const brace = text.indexOf('}', from);
  if (comma === -1 || brace === -1 || brace < comma) return null;
  let open = comma + 1;
  while (text[open] === ' ') open += 1;
  const close = text[open] === "'" ? text.indexOf("'", open + 1) : -1;
  if (close === -1 || text[close + 1] !== '}') return null;
  const name = text.slice(from, comma).trim();
  return { piece: { key: name.toLowerCase(), name, fallback: text.slice(open + 1, close) }, end: close + 2 };
}

/**
 * Puts the context's values in for the variables.
 * @returns null when a variable has neither a single value nor a default: a multivalued key cannot be a variable
 */
export function fillTemplate(template: Template, context: Context): Pattern | null {
  if (template.fixed !== null) return template.fixed;
  const out: number[] = [];
  for (const piece of template.pieces) {
    if (!isVariable(piece)) {
      for (const code of piece) out.push(code);
      continue;
    }
    const value = context.get(piece.key) ?? piece.fallback;
    if (typeof value !== 'string') return null;
    for (let at = 0; at < value.length; at += 1) out.push(value.charCodeAt(at));
  }
  return out;
}

/** Lists the variables of a template, as written. */
export function variablesOf(template: Template): readonly string[] {
  return template.pieces.flatMap((piece) => (isVariable(piece) ? [piece.name] : []));
}

/** Gives a pattern as text; wildcards become the plain characters `*` and `?`. */
export function textOf(pattern: Pattern): string {
  const codes = pattern.map((code) => (code >= 0 ? code : characterOf(code)));
  let out = '';
  // In chunks: not by single characters, which gives a text of many parts that is slow to compare with.
  for (let at = 0; at < codes.length; at += CHUNK) out += String.fromCharCode(...codes.slice(at, at + CHUNK));
  return out;
}

const CHUNK = 4096;

const characterOf = (wildcard: number): number =>
  wildcard === ANY_RUN || wildcard === SEGMENT_RUN ? 0x2a : 0x3f;

/** Takes a text apart that has wildcards but no variables. */
export function plainPattern(text: string): Pattern {
  const codes: number[] = [];
  for (let at = 0; at < text.length; at += 1) codes.push(codeAt(text, at));
  return codes;
}
