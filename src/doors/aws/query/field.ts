/**
 * Input fields of AWS Query actions: how a parameter is read and what it must be. A record of fields gives an action
 * its typed input; the complaints have AWS's wording. The ready-made IAM and STS fields are in `fields.ts`.
 */
import { failure, type Result, success } from '../../../core/result.ts';
import type { ParameterNode } from './decode.ts';

/** One complaint about one parameter. */
export interface Problem {
  /** Where, as AWS writes it: `tags.1.member.key`. */
  readonly at: string;
  /** What was given; null for nothing; absent where it is secret, too long to repeat, or not one text. */
  readonly given?: string | null;
  /** `Member must …` */
  readonly constraint: string;
}

/** Reads one parameter. Complaints are appended to `problems`, and then what is returned means nothing. */
export interface Field<T, Optional extends boolean = boolean> {
  readonly optional: Optional;
  readonly read: (node: ParameterNode | undefined, at: string, problems: Problem[]) => T | undefined;
}

/** A parameter that must be there. */
export type RequiredField<T> = Field<T, false>;

/** The input of an action, by wire name. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

type Value<F> = F extends Field<infer T> ? T : never;
type OptionalNames<F extends Fields> = {
  [Name in keyof F]: F[Name]['optional'] extends false ? never : Name;
}[keyof F];

/** Shows an intersection as one plain object type. */
type Plain<T> = { [Name in keyof T]: T[Name] };

/** The typed input that a record of fields reads; an optional parameter that was not sent is absent. */
export type InputOf<F extends Fields> = Plain<
  { readonly [Name in Exclude<keyof F, OptionalNames<F>>]: Value<F[Name]> } & {
    readonly [Name in OptionalNames<F>]?: Value<F[Name]>;
  }
>;

/** Why an input was refused: wire code ValidationError (400), with AWS's text. */
export interface InvalidInput {
  readonly message: string;
  readonly problems: readonly Problem[];
}

const MAX_REPEATED_LENGTH = 256;
const MAX_PROBLEMS = 10;

/**
 * Reads an action's input.
 * @param fields - by wire name
 * @param root - the parameter tree; names that no field asks for are ignored, as AWS does
 * @returns the typed input, or every complaint (ten at most) in AWS's wording
 */
export function readInput<F extends Fields>(
  fields: F,
  root: ParameterNode,
): Result<InputOf<F>, InvalidInput> {
  const problems: Problem[] = [];
  const input = readMembers(fields, root, '', problems);
  return problems.length === 0
    ? success(input)
    : failure({ message: describeProblems(problems), problems: problems.slice(0, MAX_PROBLEMS) });
}

/** Reads each field of a structure; used for a whole input and for a nested one. */
export function readMembers<F extends Fields>(
  fields: F,
  node: ParameterNode,
  prefix: string,
  problems: Problem[],
): InputOf<F> {
  const input: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const value = field.read(node.children.get(name), prefix + lowerFirst(name), problems);
    if (value !== undefined) input[name] = value;
  }
  return input as InputOf<F>; // a required field either gave a value or complained, and then nobody uses this
}

/** Makes a parameter optional: absent from the input where it was not sent. */
export function optional<T>(field: Field<T>): Field<T, true> {
  return {
    optional: true,
    read: (node, at, problems) => (node === undefined ? undefined : field.read(node, at, problems)),
  };
}

/** Gives a parameter the value that it has where it was not sent. */
export function withDefault<T>(field: Field<T>, value: T): Field<T, false> {
  return {
    optional: false,
    read: (node, at, problems) => (node === undefined ? value : field.read(node, at, problems)),
  };
}

/** A complaint about a value; long values are not repeated, nor the ones marked secret. */
export function complain(
  problems: Problem[],
  at: string,
  constraint: string,
  given: string | null | undefined,
): undefined {
  const mayRepeat = given === null || (given !== undefined && given.length <= MAX_REPEATED_LENGTH);
  problems.push(mayRepeat ? { at, given, constraint } : { at, constraint });
}

function describeProblems(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  return `${count} detected: ${problems.slice(0, MAX_PROBLEMS).map(describeProblem).join('; ')}`;
}

function describeProblem({ at, given, constraint }: Problem): string {
  const value = given === undefined ? 'Value' : given === null ? 'Value null' : `Value '${given}'`;
  return `${value} at '${at}' failed to satisfy constraint: ${constraint}`;
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
