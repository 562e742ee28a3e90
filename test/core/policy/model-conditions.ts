/**
 * The model's reading of the Condition element. Part of the second evaluator; see `model.ts`.
 */
import { contextValue, covers, type Token, textOf, tokensOf } from './model-text.ts';
import { addressOf, bytesOf, momentOf, numberOf, rangeHolds } from './model-values.ts';
import { listOf, type VectorCondition, type VectorRequest } from './vector.ts';

/**
 * True, false, or not settled by the documentation. What is not settled takes the side of less access in the end:
 * it makes no Allow apply and keeps no Deny from applying.
 */
export type Verdict = true | false | 'unsettled';

interface Scope {
  readonly version: string | undefined;
  readonly context: VectorRequest['context'];
}

/** True when all are true, false when one is false. */
export const allOf = (verdicts: readonly Verdict[]): Verdict => {
  if (verdicts.includes(false)) return false;
  return verdicts.includes('unsettled') ? 'unsettled' : true;
};

const any = (verdicts: readonly Verdict[]): Verdict => {
  if (verdicts.includes(true)) return true;
  return verdicts.includes('unsettled') ? 'unsettled' : false;
};

const not = (verdict: Verdict): Verdict => (verdict === 'unsettled' ? 'unsettled' : !verdict);

/** Six components, compared one by one; the sixth keeps its colons. Fewer than six: no ARN, no match. */
const arnCovers = (pattern: readonly Token[], given: string): boolean => {
  const wanted = components(pattern);
  const asked = given.split(':');
  if (wanted === null || asked.length < 6) return false;
  return wanted.every((part, at) => covers(part, at < 5 ? (asked[at] ?? '') : asked.slice(5).join(':')));
};

const components = (pattern: readonly Token[]): readonly (readonly Token[])[] | null => {
  const parts: Token[][] = [[]];
  for (const token of pattern) {
    const ends = token.kind === 'literal' && token.character === ':' && parts.length < 6;
    if (ends) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.length === 6 ? parts : null;
};

/** String, ARN and Bool operators: the ones in which variables count. `null` is a variable without a value. */
const textCompare = (operator: string, given: string, wanted: readonly Token[]): boolean => {
  if (operator === 'StringEquals') return given === textOf(wanted);
  if (operator === 'StringEqualsIgnoreCase') return given.toLowerCase() === textOf(wanted).toLowerCase();
  if (operator === 'StringLike') return covers(wanted, given);
  if (operator === 'ArnEquals' || operator === 'ArnLike') return arnCovers(wanted, given);
  const truth = textOf(wanted).toLowerCase();
  return (truth === 'true' || truth === 'false') && given.toLowerCase() === truth;
};

const orders: { readonly [ending: string]: (given: bigint, wanted: bigint) => boolean } = {
  Equals: (given, wanted) => given === wanted,
  LessThan: (given, wanted) => given < wanted,
  LessThanEquals: (given, wanted) => given <= wanted,
  GreaterThan: (given, wanted) => given > wanted,
  GreaterThanEquals: (given, wanted) => given >= wanted,
};

const dateCompare = (ending: string, given: string, wanted: string): Verdict => {
  const [left, right] = [momentOf(given), momentOf(wanted)];
  if (left === null || right === null) return false;
  if (left === 'ambiguous' || right === 'ambiguous') return 'unsettled';
  return orders[ending]?.(left, right) ?? false;
};

/** One request value against one listed value, by a positive operator. */
const compare = (operator: string, given: string, wanted: string, scope: Scope): Verdict => {
  if (/^(String|Arn|Bool)/.test(operator)) {
    const tokens = tokensOf(wanted, scope.version, scope.context);
    return tokens !== null && textCompare(operator, given, tokens);
  }
  if (operator.startsWith('Date')) return dateCompare(operator.slice('Date'.length), given, wanted);
  if (operator === 'IpAddress') return rangeHolds(wanted, given);
  if (operator === 'BinaryEquals') return bytesOf(given) !== null && bytesOf(given) === bytesOf(wanted);
  const [left, right] = [numberOf(given), numberOf(wanted)];
  return (
    left !== null && right !== null && (orders[operator.slice('Numeric'.length)]?.(left, right) ?? false)
  );
};

const positiveOf: { readonly [operator: string]: string } = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
};

/** Whether a value is one of the operator's type at all. */
const isReadable = (operator: string, value: string): boolean => {
  if (operator.startsWith('Numeric')) return numberOf(value) !== null;
  if (operator.startsWith('Date')) return momentOf(value) !== null;
  if (operator === 'NotIpAddress') return addressOf(value.replace(/\/.*$/, '')) !== null;
  return !operator.startsWith('Arn') || value.split(':').length >= 6;
};

const expandedText = (value: string, { version, context }: Scope): string | null => {
  const tokens = tokensOf(value, version, context);
  return tokens === null ? null : textOf(tokens);
};

/** The whole operator on one request value: some listed value matches, or for a negated operator none does. */
const holdsFor = (operator: string, given: string, wanted: readonly string[], scope: Scope): Verdict => {
  const positive = positiveOf[operator];
  if (positive === undefined) return any(wanted.map((value) => compare(operator, given, value, scope)));
  const matches = wanted.map((value): Verdict => {
    const text = operator.startsWith('Arn') ? expandedText(value, scope) : value;
    if (text === null) return false; // no value: it equals nothing, so what is negated holds
    // Whether text that is no number differs from a number is not documented, nor for dates, addresses, ARNs [?].
    const readable = isReadable(operator, given) && isReadable(operator, text);
    return readable ? compare(positive, given, value, scope) : 'unsettled';
  });
  return not(any(matches));
};

const nullHolds = (given: readonly string[], wanted: readonly string[]): boolean =>
  wanted.some((value) => value.toLowerCase() === String(given.length === 0));

/** One operator, one key. */
const entryHolds = (name: string, key: string, wanted: readonly string[], scope: Scope): Verdict => {
  const value = contextValue(scope.context, key);
  const given = listOf(value);
  if (name === 'Null') return nullHolds(given, wanted);
  const set = /^(ForAllValues|ForAnyValue):/.exec(name)?.[1];
  const ifExists = name.endsWith('IfExists');
  const operator = name.replace(/^.*:/, '').replace(/IfExists$/, '');
  if (given.length === 0) {
    if (set === 'ForAllValues') return true;
    // The documentation's sentence on IfExists says true, an engine says false [?].
    if (set === 'ForAnyValue') return ifExists ? 'unsettled' : false;
    return ifExists || operator in positiveOf;
  }
  const verdicts = given.map((one) => holdsFor(operator, one, wanted, scope));
  if (set === 'ForAllValues') return allOf(verdicts);
  if (set === 'ForAnyValue') return any(verdicts);
  // A multivalued key without a set operator is undefined [?].
  return Array.isArray(value) ? 'unsettled' : allOf(verdicts);
};

/** Every operator and every key must hold. */
export const conditionHolds = (
  condition: VectorCondition,
  version: string | undefined,
  context: VectorRequest['context'],
): Verdict =>
  allOf(
    Object.entries(condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) =>
        entryHolds(operator, key, listOf(values).map(String), { version, context }),
      ),
    ),
  );
