/**
 * Keeps of an AWS service model what the contract tests need: operations, shapes and their constraints, without the
 * documentation. Run when AWS's API has moved on:
 * `node dev/aws-model.ts …/botocore/data/iam/2010-05-08/service-2.json.gz > test/core/aws-query/models/iam.json`
 */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';

interface ShapeRef {
  readonly shape: string;
}

interface ModelShape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, ShapeRef>>;
  readonly member?: ShapeRef;
  readonly key?: ShapeRef;
  readonly value?: ShapeRef;
  readonly exception?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

interface Model {
  readonly operations: Readonly<Record<string, { readonly input?: ShapeRef; readonly output?: ShapeRef }>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: node dev/aws-model.ts PATH/service-2.json.gz');
const bytes = await readFile(path);
const model = JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Model; // botocore's own file

const operations = Object.entries(model.operations).map(([name, { input, output }]) => [
  name,
  { input: input?.shape ?? null, output: output?.shape ?? null },
]);
const shapes = Object.entries(model.shapes)
  .filter(([, shape]) => shape.exception !== true)
  .map(([name, shape]) => [name, bare(shape)]);
const line = ([name, value]: readonly unknown[]): string =>
  `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`;
process.stdout.write(
  `{\n  "operations": {\n${operations.map(line).join(',\n')}\n  },\n  "shapes": {\n${shapes.map(line).join(',\n')}\n  }\n}\n`,
);

function bare({ type, required, members, member, key, value, min, max, pattern, enum: words }: ModelShape) {
  return {
    type,
    ...(required && { required }),
    ...(members && {
      members: Object.fromEntries(Object.entries(members).map(([name, { shape }]) => [name, shape])),
    }),
    ...(member && { member: member.shape }),
    ...(key && { key: key.shape }),
    ...(value && { value: value.shape }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(pattern !== undefined && { pattern }),
    ...(words && { enum: words }),
  };
}
