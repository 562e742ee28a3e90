/**
 * AWS Query, the way in: a form (body or query string) becomes parameters, and dotted names become a tree. What the
 * parameters must be is said by `field.ts`; here only the form itself is checked.
 * @see AWS Query protocol (Smithy documentation, "AWS query protocol"); WHATWG URL, "application/x-www-form-urlencoded"
 */
import { decodeComponent } from '../../../core/percent.ts';
import { failure, type Result, success } from '../../../core/result.ts';

/** Longest parameter name, in characters. */
export const MAX_NAME_LENGTH = 256;
/** Most steps of a dotted name; no action's input is nested deeper than `A.member.1.B.member.1`. */
const MAX_NAME_STEPS = 10;
/** Most parameters of one request. */
export const MAX_PARAMETERS = 2000;

/** Parameters by their full, dotted name. A Map, so that `constructor` or `__proto__` finds nothing. */
export type Parameters = ReadonlyMap<string, string>;

/** A node of the parameter tree: the value given under exactly this name, and what was given below it. */
export interface ParameterNode {
  readonly value: string | null;
  readonly children: ReadonlyMap<string, ParameterNode>;
}

/** Why a form was not accepted; on the wire MalformedQueryString (400). */
export type FormFailure =
  | { readonly why: 'encoding'; readonly name: string | null }
  | { readonly why: 'name-missing' }
  | { readonly why: 'name-too-long' }
  | { readonly why: 'too-many-parameters' }
  | { readonly why: 'duplicate'; readonly name: string };

/**
 * Decodes a form.
 * @param text - the body or the query string without `?`; its size was capped where it was read
 * @returns the parameters in their order, or the first thing wrong: a byte that must be percent-encoded, a bad escape,
 * bytes that are not UTF-8, an empty or overlong name, too many parameters, or a name given twice (two readers
 * could each take another one: CVE-2022-2385)
 */
export function decodeForm(text: string): Result<Parameters, FormFailure> {
  const parameters = new Map<string, string>();
  for (const pair of text === '' ? [] : text.split('&')) {
    const equals = pair.indexOf('=');
    const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
    if (name === null) return failure({ why: 'encoding', name: null });
    if (name === '') return failure({ why: 'name-missing' });
    if (name.length > MAX_NAME_LENGTH) return failure({ why: 'name-too-long' });
    const value = equals < 0 ? '' : decodeComponent(pair.slice(equals + 1));
    if (value === null) return failure({ why: 'encoding', name });
    if (parameters.has(name)) return failure({ why: 'duplicate', name });
    if (parameters.size === MAX_PARAMETERS) return failure({ why: 'too-many-parameters' });
    parameters.set(name, value);
  }
  return success(parameters);
}

/**
 * Joins the parameters of a query string and of a body.
 * @returns all of them, or `duplicate` for a name that stands in both
 */
export function joinForms(query: Parameters, body: Parameters): Result<Parameters, FormFailure> {
  const joined = new Map(query);
  for (const [name, value] of body) {
    if (joined.has(name)) return failure({ why: 'duplicate', name });
    joined.set(name, value);
  }
  return joined.size > MAX_PARAMETERS ? failure({ why: 'too-many-parameters' }) : success(joined);
}

/**
 * Builds the tree of dotted names: `Tags.member.1.Key=a` is found under `Tags`, `member`, `1`, `Key`.
 * Whether the indices of a list are sound is checked when a field reads it, for unknown parameters are ignored, and so are
 * names too deep for any field.
 */
export function nestParameters(parameters: Parameters): ParameterNode {
  const root = new GrowingNode();
  for (const [name, value] of parameters) {
    const steps = name.split('.', MAX_NAME_STEPS + 1);
    // No field reads so deep; a tree of names that are nothing but dots would fill the isolate.
    if (steps.length > MAX_NAME_STEPS) continue;
    let node = root;
    for (const step of steps) node = node.child(step);
    node.value = value;
  }
  return root;
}

class GrowingNode implements ParameterNode {
  value: string | null = null;
  readonly children = new Map<string, GrowingNode>();

  child(name: string): GrowingNode {
    const known = this.children.get(name);
    if (known) return known;
    const fresh = new GrowingNode();
    this.children.set(name, fresh);
    return fresh;
  }
}
