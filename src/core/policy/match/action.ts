/** The Action and NotAction elements. @see IAM User Guide, reference_policies_elements_action */
import { compileGlob } from './glob.ts';
import { plainPattern } from './template.ts';

/** One entry of Action or NotAction. */
interface ActionPattern {
  /** The service in lower case, or null when the entry matches every service. */
  readonly service: string | null;
  /** The lower-cased name, where it has no wildcards. */
  readonly exactName: string | null;
  readonly matches: (service: string, name: string) => boolean;
}

/** A compiled Action (or, negated, NotAction) element. */
export interface ActionMatcher {
  readonly negated: boolean;
  readonly wanted: readonly string[];
  readonly patterns: readonly ActionPattern[];
}

/**
 * Compiles an element.
 * @param effect - a wildcard in the service (`*:Get*`) is not a valid action; where such an entry was stored all the
 *   same it is read so that the statement grants less or denies more
 */
export function compileActions(
  wanted: readonly string[],
  negated: boolean,
  effect: 'Allow' | 'Deny',
): ActionMatcher {
  const readsWildService = (effect === 'Deny') !== negated;
  return { negated, wanted, patterns: wanted.map((entry) => compileAction(entry, readsWildService)) };
}

function compileAction(entry: string, readsWildService: boolean): ActionPattern {
  if (entry === '*') return { service: null, exactName: null, matches: () => true };
  const { service, name } = splitAction(entry.toLowerCase());
  const nameMatches = compileGlob(plainPattern(name));
  if (hasWildcard(service)) {
    const serviceMatches = compileGlob(plainPattern(service));
    return {
      service: null,
      exactName: null,
      matches: (s, n) => readsWildService && serviceMatches(s) && nameMatches(n),
    };
  }
  const exactName = hasWildcard(name) ? null : name;
  return { service, exactName, matches: (s, n) => s === service && nameMatches(n) };
}

const hasWildcard = (text: string): boolean => text.includes('*') || text.includes('?');

/** Splits an action at its first colon; without one the service is empty. */
export function splitAction(action: string): { readonly service: string; readonly name: string } {
  const colon = action.indexOf(':');
  return { service: action.slice(0, Math.max(colon, 0)), name: action.slice(colon + 1) };
}

/**
 * Whether a statement is about an action.
 * @param action - `service:Name`, in any case
 */
export function matchesAction(matcher: ActionMatcher, action: string): boolean {
  const { service, name } = splitAction(action.toLowerCase());
  return matcher.patterns.some((pattern) => pattern.matches(service, name)) !== matcher.negated;
}
