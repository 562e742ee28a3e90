/** The kinds of input fields: text, number, boolean, one of several words, list, structure. */
import { parseInstant } from '../../../core/time.ts';
import type { ParameterNode } from './decode.ts';
import {
  complain,
  type Field,
  type Fields,
  type InputOf,
  type Problem,
  type RequiredField,
  readMembers,
} from './field.ts';

/** What a text must be. Lengths count Unicode characters, both ends included. */
export interface TextRules {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: Pattern;
  /** The value is a secret or a token: no complaint repeats it. */
  readonly secret?: boolean;
}

/** A check of a whole text, compiled once. */
export interface Pattern {
  /** As AWS's models spell it; shown in complaints. */
  readonly source: string;
  readonly test: (text: string) => boolean;
}

/** Most entries that a list may have, whatever its own rule says. */
export const MAX_LIST_ENTRIES = 1000;

/**
 * Compiles a pattern of AWS's models: the whole text must match, and `\w` and `\d` are ASCII.
 * @param source - no nested repetition, so that a check takes linear time
 */
export function pattern(source: string): Pattern {
  const compiled = new RegExp(`^(?:${source})$`, 'u'); // grouped: "^a|b$" would anchor only halves
  return { source, test: (text) => compiled.test(text) };
}

/** A text. */
export function string(rules: TextRules = {}): RequiredField<string> {
  const { min = 0, max = Number.POSITIVE_INFINITY, pattern: shape, secret = false } = rules;
  return scalar((text, at, problems) => {
    const before = problems.length;
    const given = secret ? undefined : text;
    if (shape && !shape.test(text)) {
      complain(problems, at, `Member must satisfy regular expression pattern: ${shape.source}`, given);
    }
    if (isLonger(text, max))
      complain(problems, at, `Member must have length less than or equal to ${max}`, given);
    if (!isLonger(text, min - 1))
      complain(problems, at, `Member must have length greater than or equal to ${min}`, given);
    return problems.length === before ? text : undefined;
  });
}

/** A whole number between two bounds, both included. Leading zeros and `+` are refused. */
export function integer({ min, max }: { readonly min: number; readonly max: number }): RequiredField<number> {
  return scalar((text, at, problems) => {
    if (!/^(?:0|-?[1-9][0-9]{0,14})$/.test(text))
      return complain(problems, at, 'Member must be an integer', text);
    const value = Number(text);
    if (value < min)
      return complain(problems, at, `Member must have value greater than or equal to ${min}`, text);
    if (value > max)
      return complain(problems, at, `Member must have value less than or equal to ${max}`, text);
    return value;
  });
}

/** `true` or `false`. */
export function boolean(): RequiredField<boolean> {
  return scalar((text, at, problems) => {
    if (text === 'true') return true;
    if (text === 'false') return false;
    return complain(problems, at, 'Member must be a boolean', text);
  });
}

/** An instant in UTC, `2026-01-01T00:00:00Z`. @returns whole seconds since 1970; a fraction is cut off */
export function timestamp(): RequiredField<number> {
  return scalar((text, at, problems) => {
    const milliseconds = parseInstant(text);
    if (milliseconds === null) return complain(problems, at, 'Member must be an ISO 8601 timestamp', text);
    return Math.floor(milliseconds / 1000);
  });
}

/** One of the given words, letter case included. */
export function oneOf<const Word extends string>(words: readonly Word[]): RequiredField<Word> {
  return scalar(
    (text, at, problems) =>
      words.find((word) => word === text) ??
      complain(problems, at, `Member must satisfy enum value set: [${words.join(', ')}]`, text),
  );
}

/**
 * A list, `NAME.member.1`, `NAME.member.2` …; `NAME=` alone is an empty one. Its numbers start at 1 and have no gap and
 * no leading zero, so that no two readers can see different lists.
 * @param entry - what each entry is
 * @param rules - how many entries, both ends included
 */
export function list<T>(
  entry: RequiredField<T>,
  { min = 0, max = MAX_LIST_ENTRIES }: { readonly min?: number; readonly max?: number } = {},
): RequiredField<readonly T[]> {
  return required((node, at, problems) => {
    const entries = entriesOf(node);
    if (!entries)
      return complain(problems, at, 'Member must be a list numbered from 1 without gaps', undefined);
    if (entries.length > max)
      return complain(problems, at, `Member must have length less than or equal to ${max}`, undefined);
    if (entries.length < min)
      return complain(problems, at, `Member must have length greater than or equal to ${min}`, undefined);
    const before = problems.length;
    const values: T[] = [];
    for (const [index, child] of entries.entries()) {
      const value = entry.read(child, `${at}.${index + 1}.member`, problems);
      if (value !== undefined) values.push(value);
    }
    return problems.length === before ? values : undefined;
  });
}

/** A structure: fields of its own under a dotted name. */
export function structure<F extends Fields>(fields: F): RequiredField<InputOf<F>> {
  return required((node, at, problems) => {
    if (node.value !== null) return complain(problems, at, 'Member must be a structure', undefined);
    const before = problems.length;
    const value = readMembers(fields, node, `${at}.`, problems);
    return problems.length === before ? value : undefined;
  });
}

function entriesOf(node: ParameterNode): readonly ParameterNode[] | null {
  const members = node.children.get('member');
  if (node.value !== null) return node.value === '' && node.children.size === 0 ? [] : null;
  if (!members || members.value !== null || node.children.size !== 1) return null;
  const entries: ParameterNode[] = [];
  for (let index = 1; index <= members.children.size; index += 1) {
    const entry = members.children.get(String(index));
    if (!entry) return null;
    entries.push(entry);
  }
  return entries;
}

function required<T>(
  read: (node: ParameterNode, at: string, problems: Problem[]) => T | undefined,
): Field<T, false> {
  return {
    optional: false,
    read: (node, at, problems) =>
      node === undefined ? complain(problems, at, 'Member must not be null', null) : read(node, at, problems),
  };
}

function scalar<T>(read: (text: string, at: string, problems: Problem[]) => T | undefined): RequiredField<T> {
  return required((node, at, problems) =>
    node.value === null || node.children.size > 0
      ? complain(problems, at, 'Member must be a single value', undefined)
      : read(node.value, at, problems),
  );
}

/** Counts characters, not UTF-16 units, but only where the difference can matter. */
function isLonger(text: string, limit: number): boolean {
  if (text.length <= limit) return false;
  return text.length > 2 * limit || [...text].length > limit;
}
