/** Arbitrary conditions and request contexts; part of `generator.ts`. */
import fc from 'fast-check';
import { type ValueKind, valueKinds } from './generator-values.ts';
import type { OneOrMany, VectorCondition, VectorConditionValue, VectorRequest } from './vector.ts';

/** A list, or the one value of a list of one without its brackets. */
export const oneOrMany = <T>(
  values: fc.Arbitrary<T>,
  lengths: { minLength: number; maxLength: number },
): fc.Arbitrary<OneOrMany<T>> =>
  fc
    .tuple(fc.array(values, lengths), fc.boolean())
    .map(([list, bare]): OneOrMany<T> => (bare && list.length === 1 ? (list[0] ?? list) : list));

/** Key names ignore case, so they are spelled in several ways. */
const spelled = (key: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant(key) },
    { weight: 1, arbitrary: fc.constantFrom(key.toUpperCase(), key.toLowerCase()) },
  );

interface Entry {
  readonly operator: string;
  readonly key: string;
  readonly values: OneOrMany<VectorConditionValue>;
}

const wantedValues = (kind: ValueKind): fc.Arbitrary<OneOrMany<VectorConditionValue>> =>
  oneOrMany(
    fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(...kind.wanted) },
      { weight: 1, arbitrary: fc.constantFrom(...kind.common) },
    ),
    { minLength: 1, maxLength: 3 },
  );

const plain = (kind: ValueKind): fc.Arbitrary<Entry> =>
  fc.record({
    operator: fc
      .tuple(fc.constantFrom(...kind.operators), fc.constantFrom('', '', 'IfExists'))
      .map(([operator, suffix]) => `${operator}${suffix}`),
    key: fc
      .oneof(
        { weight: 12, arbitrary: fc.constant(kind.singleKey) },
        { weight: 1, arbitrary: fc.constant(kind.multiKey) },
      )
      .chain(spelled),
    values: wantedValues(kind),
  });

const overSet = (kind: ValueKind): fc.Arbitrary<Entry> =>
  fc.record({
    operator: fc
      .tuple(
        fc.constantFrom('ForAllValues', 'ForAnyValue'),
        fc.constantFrom(...kind.operators),
        fc.constantFrom('', '', '', 'IfExists'),
      )
      .map(([set, operator, suffix]) => `${set}:${operator}${suffix}`),
    key: fc
      .oneof(
        { weight: 6, arbitrary: fc.constant(kind.multiKey) },
        { weight: 1, arbitrary: fc.constant(kind.singleKey) },
      )
      .chain(spelled),
    values: wantedValues(kind),
  });

const anyKey = fc.constantFrom(
  ...valueKinds.flatMap((kind) => [kind.singleKey, kind.multiKey]),
  'aws:username',
  'aws:PrincipalTag/team',
);

const presence: fc.Arbitrary<Entry> = fc.record({
  operator: fc.constant('Null'),
  key: anyKey.chain(spelled),
  values: fc.oneof(
    fc.constantFrom<VectorConditionValue>('true', 'false', 'TRUE', true, false),
    fc.constantFrom<readonly VectorConditionValue[]>(['true', 'false'], [false], ['true']),
  ),
});

/** Entries of one operator stand in one object, as the grammar wants it. */
const conditionOf = (entries: readonly Entry[]): VectorCondition => {
  const condition: Record<string, Record<string, OneOrMany<VectorConditionValue>>> = {};
  for (const { operator, key, values } of entries) {
    condition[operator] = { ...condition[operator], [key]: values };
  }
  return condition;
};

/** One to three entries; no operator has one key twice in two spellings. */
export const conditions: fc.Arbitrary<VectorCondition> = fc
  .uniqueArray(
    fc.oneof(
      ...valueKinds.flatMap((kind) => [
        { weight: kind.operators.length, arbitrary: plain(kind) },
        { weight: kind.operators.length, arbitrary: overSet(kind) },
      ]),
      { weight: 2, arbitrary: presence },
    ),
    {
      minLength: 1,
      maxLength: 3,
      size: 'xsmall',
      selector: ({ operator, key }) => `${operator} ${key.toLowerCase()}`,
    },
  )
  .map(conditionOf);

type ContextEntry = readonly [string, OneOrMany<string>];

const entryFor = (key: string, values: fc.Arbitrary<OneOrMany<string>>): fc.Arbitrary<ContextEntry | null> =>
  fc.option(fc.tuple(spelled(key), values), { freq: 4 });

const entriesFor = (kind: ValueKind): readonly fc.Arbitrary<ContextEntry | null>[] => {
  const values = fc.oneof(
    fc.constantFrom(...kind.given),
    fc.constantFrom(...kind.wanted.map(String).filter((value) => kind.given.includes(value))),
    fc.constantFrom(...kind.common),
  );
  const several = fc.array(values, { maxLength: 3 });
  return [
    entryFor(kind.singleKey, fc.oneof({ weight: 15, arbitrary: values }, { weight: 1, arbitrary: several })),
    entryFor(kind.multiKey, fc.oneof({ weight: 8, arbitrary: several }, { weight: 1, arbitrary: values })),
  ];
};

const variableValues = fc.constantFrom(
  'a',
  'b',
  'a',
  'A',
  '',
  'a*',
  '?',
  `$\{aws:username}`,
  '\u{1D4B3}',
  'a:b',
  'x/a',
  '.*',
);

/** A request context: every key is there or is missing, in several spellings. */
export const contexts: fc.Arbitrary<VectorRequest['context']> = fc
  .tuple(
    ...valueKinds.flatMap(entriesFor),
    entryFor('aws:username', variableValues),
    entryFor('aws:PrincipalTag/team', variableValues),
  )
  .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== null)));
