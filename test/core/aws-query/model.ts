/** AWS's service models, as `dev/aws-model.ts` keeps them, and values at the bounds of their shapes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ModelShape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, string>>;
  readonly member?: string;
  readonly value?: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface Model {
  readonly operations: Readonly<
    Record<string, { readonly input: string | null; readonly output: string | null }>
  >;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

export const readModel = (service: 'iam' | 'sts'): Model =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'models', `${service}.json`), 'utf8')) as Model; // our own file

export function shapeOf(model: Model, name: string): ModelShape {
  const shape = model.shapes[name];
  if (shape === undefined) throw new Error(`the model lacks its shape ${name}`);
  return shape;
}

/** Texts of that many characters, one of which most patterns of AWS's models take. */
const CANDIDATES: readonly ((length: number) => string)[] = [
  (length) => 'a'.repeat(length),
  (length) => '1'.repeat(length),
  (length) => 'A'.repeat(length),
  (length) => (length === 1 ? '/' : `/${'a'.repeat(length - 2)}/`),
  (length) => `/${'a'.repeat(length - 1)}`,
  (length) => `v${'1'.repeat(length - 1)}`,
  (length) => `${'a'.repeat(length - 1)}:`,
];

/** Characters that many a pattern refuses. */
const ODD = ['\0', '\n', ' ', '/', '*', ':', 'ä', '漢', '😀', '\u007f', '%', '"'];

/** The models write characters past U+FFFF as Java does. */
const whole = (pattern: string): RegExp =>
  new RegExp(`^(?:${pattern.replaceAll('\\u10000-\\u10FFFF', '\\u{10000}-\\u{10FFFF}')})$`, 'u');

/** A text of exactly that length that the shape's pattern takes; null where none of the candidates does. */
export function textOf(shape: ModelShape, length: number): string | null {
  if (length < 0) return null;
  const fits = shape.pattern === undefined ? null : whole(shape.pattern);
  return (
    CANDIDATES.map((make) => (length === 0 ? '' : make(length))).find(
      (text) => text.length === length && (fits === null || fits.test(text)),
    ) ?? null
  );
}

/** Texts within the lengths that the pattern refuses. */
export function oddTextsOf(shape: ModelShape): readonly string[] {
  if (shape.pattern === undefined) return [];
  const fits = whole(shape.pattern);
  const length = Math.max(shape.min ?? 1, 1);
  return ODD.map((odd) => odd + 'a'.repeat(length - 1)).filter((text) => !fits.test(text));
}
