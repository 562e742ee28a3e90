/**
 * The model's view of text: wildcards and policy variables. It belongs to the second evaluator (`model.ts`), which
 * was written from the description of AWS's semantics alone and shares no code with `src/core/policy`.
 * Everything here is slow and literal on purpose.
 */
import type { VectorRequest } from './vector.ts';

/** One piece of a pattern: a character that stands for itself, or a wildcard, which may be kept within a segment. */
export type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'any-run' | 'any-one'; readonly crossesColons: boolean };

const literal = (character: string): Token => ({ kind: 'literal', character });

/** Text without variables: `*` and `?` are wildcards, everything else stands for itself. */
export const plainTokens = (text: string): readonly Token[] =>
  Array.from(text, (character): Token => {
    if (character === '*') return { kind: 'any-run', crossesColons: true };
    if (character === '?') return { kind: 'any-one', crossesColons: true };
    return literal(character);
  });

/** The tokens' text, wildcards included as the characters they were written with. */
export const textOf = (tokens: readonly Token[]): string =>
  tokens
    .map((token) => {
      if (token.kind === 'literal') return token.character;
      return token.kind === 'any-run' ? '*' : '?';
    })
    .join('');

/** Whether the tokens cover the whole text; plain recursion. A character is a code point, not a UTF-16 unit. */
export const covers = (tokens: readonly Token[], text: string): boolean => {
  const characters = Array.from(text);
  const from = (tokenAt: number, characterAt: number): boolean => {
    const token = tokens[tokenAt];
    const character = characters[characterAt];
    if (token === undefined) return character === undefined;
    if (token.kind === 'literal') {
      return character === token.character && from(tokenAt + 1, characterAt + 1);
    }
    const mayTake = character !== undefined && (token.crossesColons || character !== ':');
    if (token.kind === 'any-one') return mayTake && from(tokenAt + 1, characterAt + 1);
    return from(tokenAt + 1, characterAt) || (mayTake && from(tokenAt, characterAt + 1));
  };
  return from(0, 0);
};

/** The value of a condition key, whose name ignores case; undefined when the request does not have it. */
export const contextValue = (
  context: VectorRequest['context'],
  key: string,
): string | readonly string[] | undefined =>
  Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];

/** `key` or `key, 'default'`: a comma, a space and single quotes. */
const variableForm = /^([^,']+)(?:, '([^']*)')?$/;

const valueOfVariable = (inner: string, context: VectorRequest['context']): string | null => {
  if (inner === '*' || inner === '?' || inner === '$') return inner;
  const form = variableForm.exec(inner);
  const value = form?.[1] === undefined ? undefined : contextValue(context, form[1]);
  // Multivalued keys cannot be variables: they count as having no value.
  return typeof value === 'string' ? value : (form?.[2] ?? null);
};

/**
 * Text in which `${…}` is replaced by literal characters: a substituted `*` is no wildcard.
 * @returns null when a variable has neither a value nor a default: then the pattern matches nothing
 */
export const expandedTokens = (text: string, context: VectorRequest['context']): readonly Token[] | null => {
  const start = text.indexOf('${');
  const end = text.indexOf('}', start);
  if (start === -1 || end === -1) return plainTokens(text);
  const value = valueOfVariable(text.slice(start + 2, end), context);
  const rest = expandedTokens(text.slice(end + 1), context);
  if (value === null || rest === null) return null;
  return [...plainTokens(text.slice(0, start)), ...Array.from(value, literal), ...rest];
};

/** Variables exist in version 2012-10-17 only; otherwise `${…}` is text, in which `*` and `?` are wildcards. */
export const tokensOf = (
  text: string,
  version: string | undefined,
  context: VectorRequest['context'],
): readonly Token[] | null => (version === '2012-10-17' ? expandedTokens(text, context) : plainTokens(text));
