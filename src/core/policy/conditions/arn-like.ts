import { compileGlob } from '../match/glob.ts';
import type { Pattern } from '../match/template.ts';
import { type Comparison, incomparable, negate, operator } from './operator.ts';

const COLON = 0x3a;
const COMPONENTS = 6;

/** Component-wise comparison: wildcards never cross one of the first five colons; the last keeps its colons. */
function compareArns(wanted: Pattern): Comparison {
  const components = splitPattern(wanted);
  if (components.length !== COMPONENTS) return incomparable;
  const matchers = components.map(compileGlob);
  return (given) => {
    const parts = splitArn(given);
    if (parts.length !== COMPONENTS) return 'incomparable';
    return matchers.every((matches, at) => matches(parts[at] ?? ''));
  };
}

function splitPattern(pattern: Pattern): readonly Pattern[] {
  const out: Pattern[] = [];
  let from = 0;
  for (let at = 0; at < pattern.length && out.length < COMPONENTS - 1; at += 1) {
    if (pattern[at] !== COLON) continue;
    out.push(pattern.slice(from, at));
    from = at + 1;
  }
  return [...out, pattern.slice(from)];
}

function splitArn(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= COMPONENTS ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** The given ARN matches a wanted one. */
export const arnLike = operator({
  name: 'ArnLike',
  type: 'arn',
  expandsVariables: true,
  compile: compareArns,
});

/** The given ARN matches no wanted one. */
export const arnNotLike = negate('ArnNotLike', arnLike);
