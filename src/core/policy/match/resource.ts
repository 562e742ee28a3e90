/** The Resource and NotResource elements. @see IAM User Guide, reference_policies_elements_resource */
import type { Context } from '../types.ts';
import { globMatches } from './glob.ts';
import {
  ANY_ONE,
  ANY_RUN,
  fillTemplate,
  type Pattern,
  parseTemplate,
  plainPattern,
  SEGMENT_ONE,
  SEGMENT_RUN,
  type Template,
  textOf,
  variablesOf,
} from './template.ts';

const COLON = 0x3a;
/** An ARN has six segments; the sixth keeps its colons. */
const DELIMITERS = 5;

/** One entry of Resource or NotResource, as data and not as a function: the evaluator looks at very many. */
interface ResourcePattern {
  readonly form: 'everything' | 'literal' | 'start' | 'glob' | 'template';
  /** The text before the first wildcard or variable; for `literal` the whole entry. */
  readonly start: string;
  /** The last code unit of `start`, which tells most other resources apart at once; -1 where `start` is empty. */
  readonly lastOfStart: number;
  /** For `glob` the whole pattern, for `template` the part before the fifth colon. */
  readonly pattern: Pattern;
  readonly template: Template;
  /** Whether an entry counts as matching when one of its variables has no value. */
  readonly whenUnfilled: boolean;
}

/** A compiled Resource (or, negated, NotResource) element. */
export interface ResourceMatcher {
  readonly negated: boolean;
  readonly wanted: readonly string[];
  readonly patterns: readonly ResourcePattern[];
}

/** What an element belongs to. */
export interface ResourceSetting {
  /** True for NotResource. */
  readonly negated: boolean;
  /** True for Version 2012-10-17. */
  readonly expandsVariables: boolean;
  readonly effect: 'Allow' | 'Deny';
}

/**
 * Compiles an element. The documentation leaves two things open, and both are read so that the statement grants less
 * or denies more:
 * - an entry whose variable has no value matches nothing; a NotResource of an Allow would then apply to everything;
 * - a short ARN (`arn:aws:sqs`) may mean everything that begins so.
 */
export function compileResources(wanted: readonly string[], setting: ResourceSetting): ResourceMatcher {
  const { negated, expandsVariables, effect } = setting;
  const whenUnfilled = negated && effect === 'Allow';
  const completesShort = (effect === 'Deny') !== negated;
  const entries = completesShort ? wanted.flatMap((entry) => [entry, ...completed(entry)]) : wanted;
  return {
    negated,
    wanted,
    patterns: entries.map((entry) => compileResource(entry, expandsVariables, whenUnfilled)),
  };
}

/** A short ARN with `*` for its missing segments; nothing for a whole one. */
function completed(entry: string): readonly string[] {
  const missing = DELIMITERS + 1 - entry.split(':').length;
  return entry.startsWith('arn:') && missing > 0 ? [entry + ':*'.repeat(missing)] : [];
}

/** Whether a statement is about a resource. */
export function matchesResource(matcher: ResourceMatcher, resource: string, context: Context): boolean {
  for (const pattern of matcher.patterns) {
    if (matchesPattern(pattern, resource, context)) return !matcher.negated;
  }
  return matcher.negated;
}

/** Lists the variables of an element, as written. */
export const resourceVariables = (matcher: ResourceMatcher): readonly string[] =>
  matcher.patterns.flatMap(({ template }) => variablesOf(template));

function matchesPattern(pattern: ResourcePattern, resource: string, context: Context): boolean {
  const { form, start, lastOfStart } = pattern;
  if (form === 'everything') return true;
  if (form === 'literal') return resource === start;
  if (
    lastOfStart !== -1 &&
    (resource.charCodeAt(start.length - 1) !== lastOfStart || !resource.startsWith(start))
  ) {
    return pattern.whenUnfilled && form === 'template' && fillTemplate(pattern.template, context) === null;
  }
  if (form === 'start') return true;
  if (form === 'glob') return globMatches(pattern.pattern, resource);
  const filled = fillTemplate(pattern.template, context);
  return filled === null ? pattern.whenUnfilled : globMatches([...pattern.pattern, ...filled], resource);
}

function compileResource(entry: string, expandsVariables: boolean, whenUnfilled: boolean): ResourcePattern {
  const { head, tail } = splitAtResource(entry);
  const headPattern = confineToSegments(plainPattern(head));
  const template = parseTemplate(tail, expandsVariables);
  const [firstPiece] = template.pieces;
  const fixedPart = firstPiece !== undefined && 'length' in firstPiece ? firstPiece : [];
  const pattern = [...headPattern, ...fixedPart];
  const wildcard = pattern.findIndex((code) => code < 0);
  const start = textOf(wildcard === -1 ? pattern : pattern.slice(0, wildcard));
  const form = template.fixed === null ? 'template' : formOf(pattern, wildcard);
  return {
    form,
    start,
    lastOfStart: start === '' ? -1 : start.charCodeAt(start.length - 1),
    pattern: form === 'template' ? headPattern : pattern,
    template,
    whenUnfilled,
  };
}

function formOf(pattern: Pattern, wildcard: number): ResourcePattern['form'] {
  if (wildcard === -1) return 'literal';
  if (wildcard !== pattern.length - 1 || pattern[wildcard] !== ANY_RUN) return 'glob';
  return wildcard === 0 ? 'everything' : 'start';
}

/** Parts an entry behind its fifth colon: only there are `${…}` variables. */
function splitAtResource(entry: string): { readonly head: string; readonly tail: string } {
  let at = -1;
  for (let colons = 0; colons < DELIMITERS; colons += 1) {
    at = entry.indexOf(':', at + 1);
    if (at === -1) return { head: entry, tail: '' };
  }
  return { head: entry.slice(0, at + 1), tail: entry.slice(at + 1) };
}

/**
 * Wildcards in the first five segments stay inside their segment, except a `*` that ends its segment: that one may
 * run past colons.
 */
function confineToSegments(head: Pattern): Pattern {
  return head.map((code, at) => {
    if (code === ANY_ONE) return SEGMENT_ONE;
    const ends = at + 1 === head.length || head[at + 1] === COLON;
    return code === ANY_RUN && !ends ? SEGMENT_RUN : code;
  });
}
