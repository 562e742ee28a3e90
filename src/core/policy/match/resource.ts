/** The Resource and NotResource elements. @see IAM User Guide, reference_policies_elements_resource */
import type { Context } from '../types.ts';
import { compileGlob, globMatches } from './glob.ts';
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

/** One entry of Resource or NotResource. */
interface ResourcePattern {
  /** The text before the first wildcard or variable. */
  readonly start: string;
  /** True when `start` is the whole entry. */
  readonly literal: boolean;
  /** Lower-cased variables. */
  readonly variables: readonly string[];
  readonly matches: (resource: string, context: Context) => boolean;
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
    if (pattern.matches(resource, context)) return !matcher.negated;
  }
  return matcher.negated;
}

function compileResource(entry: string, expandsVariables: boolean, whenUnfilled: boolean): ResourcePattern {
  if (entry === '*') return { start: '', literal: false, variables: [], matches: () => true };
  const { head, tail } = splitAtResource(entry);
  const headPattern = confineToSegments(plainPattern(head));
  const template = parseTemplate(tail, expandsVariables);
  const fixed = template.fixed === null ? null : [...headPattern, ...template.fixed];
  const [firstPiece] = template.pieces;
  const before = fixed ?? [
    ...headPattern,
    ...(firstPiece !== undefined && 'length' in firstPiece ? firstPiece : []),
  ];
  const start = literalStart(before);
  return {
    start,
    literal: fixed !== null && start.length === fixed.length,
    variables: variablesOf(template).map((name) => name.toLowerCase()),
    matches: fixed === null ? fillAndMatch(headPattern, template, whenUnfilled) : compileGlob(fixed),
  };
}

function fillAndMatch(head: Pattern, template: Template, whenUnfilled: boolean): ResourcePattern['matches'] {
  return (resource, context) => {
    const filled = fillTemplate(template, context);
    return filled === null ? whenUnfilled : globMatches([...head, ...filled], resource);
  };
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

function literalStart(pattern: Pattern): string {
  const wildcard = pattern.findIndex((code) => code < 0);
  return textOf(wildcard === -1 ? pattern : pattern.slice(0, wildcard));
}
