/**
 * Output shapes of AWS Query actions: a shape says how a value is written, so that no action builds XML. Members are
 * written in the order in which their record declares them.
 * @see Smithy documentation, "AWS query protocol", section "Response serialization"
 */
import { toBase64 } from '../../../core/bytes.ts';
import { encodeComponent } from '../../../core/percent.ts';
import { formatIso } from '../../../core/time.ts';
import { escapeXml } from './xml.ts';

/** What a shape writes, as plain data: for documents and for the contract with AWS's models. */
export type Layout =
  | 'text'
  | 'number'
  | 'flag'
  | 'moment'
  | 'blob'
  | { readonly list: Layout }
  | { readonly map: Layout }
  | { readonly members: OutputMembers };

/** Writes one value as the content of its element. */
export interface Shape<T, Maybe extends boolean = boolean> {
  /** True where the value may be absent; its element is then left out. */
  readonly maybe: Maybe;
  readonly layout: Layout;
  readonly write: (value: T) => string;
}

/** A shape whose value is always there. */
export type CertainShape<T> = Shape<T, false>;

/** The members of a structure or a result, by wire name. */
export type OutputMembers = Readonly<Record<string, Shape<never>>>;

type Value<S> = S extends { readonly write: (value: infer T) => string } ? T : never;
type MaybeNames<M extends OutputMembers> = {
  [Name in keyof M]: M[Name]['maybe'] extends false ? never : Name;
}[keyof M];

/** The value that a record of shapes writes; a member that may be absent may also be null or undefined. */
export type OutputOf<M extends OutputMembers> = {
  readonly [Name in Exclude<keyof M, MaybeNames<M>>]: Value<M[Name]>;
} & { readonly [Name in MaybeNames<M>]?: Value<M[Name]> | null | undefined };

/** The output of an action that answers with metadata alone: there is no result element. */
export const nothing = 'nothing';

/** What an action declares as its output. */
export type Output = OutputMembers | typeof nothing;

/** What an action's code returns for its declared output. */
// biome-ignore lint/suspicious/noConfusingVoidType: an async action without a return gives Promise<void>
export type OutputValue<O extends Output> = O extends OutputMembers ? OutputOf<O> : void;

const certain = <T>(layout: Layout, write: (value: T) => string): CertainShape<T> => ({
  maybe: false,
  layout,
  write,
});

/** A text. */
export const text: CertainShape<string> = certain('text', escapeXml);

/** A whole number. */
export const wholeNumber: CertainShape<number> = certain('number', String);

/** `true` or `false`. */
export const flag: CertainShape<boolean> = certain('flag', String);

/** An instant, given in seconds since 1970, written as `2026-01-01T00:00:00Z`. */
export const moment: CertainShape<number> = certain('moment', formatIso);

/** Bytes, written in base64. */
export const blob: CertainShape<Uint8Array> = certain('blob', toBase64);

/** A policy document, given as JSON text, written percent-encoded as IAM does: SDKs hand it to their caller as it is. */
export const policyText: CertainShape<string> = certain('text', encodeComponent);

/** A list, each entry in a `member` element. */
export const listOf = <T>(entry: CertainShape<T>): CertainShape<readonly T[]> =>
  certain({ list: entry.layout }, (values) =>
    values.map((value) => element('member', entry.write(value))).join(''),
  );

/** A map from text, each pair in an `entry` element with `key` and `value`. */
export const mapOf = <T>(entry: CertainShape<T>): CertainShape<ReadonlyMap<string, T>> =>
  certain({ map: entry.layout }, (pairs) =>
    Array.from(pairs, ([key, value]) =>
      element('entry', element('key', escapeXml(key)) + element('value', entry.write(value))),
    ).join(''),
  );

/** A structure. */
export const record = <M extends OutputMembers>(members: M): CertainShape<OutputOf<M>> =>
  certain({ members }, (value) => writeMembers(members, value));

/** Marks a member that may be absent. */
export const maybe = <T>(shape: CertainShape<T>): Shape<T, true> => ({ ...shape, maybe: true });

/** Writes the members of a structure, each in its own element, in declared order. */
export function writeMembers<M extends OutputMembers>(members: M, value: OutputOf<M>): string {
  const values: Readonly<Record<string, unknown>> = value;
  let content = '';
  for (const [name, shape] of Object.entries(members)) {
    const member = values[name];
    if (member === undefined || member === null) {
      if (shape.maybe) continue;
      throw new TypeError(`the output lacks its member ${name}`);
    }
    content += element(name, shape.write(member as never)); // OutputOf tied the member's type to its shape
  }
  return content;
}

/** Writes an element. @param content - already escaped */
export const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;
