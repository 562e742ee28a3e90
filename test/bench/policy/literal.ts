/** The rules read literally, one after the other: what every engine must answer. */
import { prefixOf, type Question, type Rule, type RuleConditions } from './rule.ts';

/** What the rules say about a question. */
export type Verdict = 'allowed' | 'denied by a rule' | 'not allowed';

/** Reads every rule; a deny that applies beats every allow. */
export function verdictOf(rules: readonly Rule[], question: Question): Verdict {
  const applying = rules.filter((rule) => applies(rule, question));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'denied by a rule';
  return applying.length > 0 ? 'allowed' : 'not allowed';
}

const applies = ({ action, resource, conditions }: Rule, question: Question): boolean =>
  matches(action, question.action) && matches(resource, question.resource) && holds(conditions, question);

function matches(pattern: string, given: string): boolean {
  const prefix = prefixOf(pattern);
  return prefix === null ? given === pattern : given.startsWith(prefix);
}

function holds(
  { team, userName, sourceIp, mfaAgeBelowSeconds }: RuleConditions,
  question: Question,
): boolean {
  if (team !== undefined && question.team !== team) return false;
  if (userName !== undefined && !matches(userName, question.userName)) return false;
  if (mfaAgeBelowSeconds !== undefined && question.mfaAgeSeconds >= mfaAgeBelowSeconds) return false;
  return sourceIp === undefined || isInRange(question.sourceIp, sourceIp);
}

function isInRange(address: string, range: string): boolean {
  const [network = '', bits = '32'] = range.split('/');
  const hostSize = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / hostSize) === Math.floor(numberOf(network) / hostSize);
}

const numberOf = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
