/** Every operator of THE LIST against its table in `cases/conditions/`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../../../src/core/policy/compile.ts';
import { operators } from '../../../../src/core/policy/conditions/index.ts';
import { parseOperator } from '../../../../src/core/policy/conditions/operator-name.ts';
import { contextOf } from '../../../../src/core/policy/context.ts';
import { decide } from '../../../../src/core/policy/decide.ts';
import { readPolicy } from '../../../../src/core/policy/parse.ts';
import type { ContextValue, Effect } from '../../../../src/core/policy/types.ts';

interface ConditionCase {
  readonly name: string;
  /** The operator with its set prefix or IfExists, where the case has one. */
  readonly as?: string;
  readonly wanted: readonly (string | boolean)[];
  /** The key's value; null where the request does not have it. */
  readonly given: ContextValue | null;
  /** One answer, or one for each effect where the documentation leaves it open. */
  readonly holds: boolean | { readonly allow: boolean; readonly deny: boolean };
  readonly context?: Readonly<Record<string, ContextValue>>;
  /** `2012-10-17` where left out; null for a document without a version. */
  readonly version?: string | null;
}

interface ConditionTable {
  readonly operator: string;
  readonly cases: readonly ConditionCase[];
}

const folder = `${import.meta.dirname}/../cases/conditions`;
const fileOf = (name: string): string => `${name.replace(/(?<!^)(?=[A-Z])/g, '-').toLowerCase()}.json`;

function tableOf(name: string): ConditionTable {
  const file = `${folder}/${fileOf(name)}`;
  if (!existsSync(file)) return { operator: 'no table', cases: [] };
  return JSON.parse(readFileSync(file, 'utf8')) as ConditionTable; // the tables are kept in this repository
}

const key = 'test:Key';
const everything = { Action: '*', Resource: '*' };

function decided(effect: 'Allow' | 'Deny', operator: string, entry: ConditionCase): Effect {
  const conditional = { ...everything, Effect: effect, Condition: { [operator]: { [key]: entry.wanted } } };
  const version = entry.version === undefined ? '2012-10-17' : entry.version;
  const read = readPolicy(
    {
      ...(version === null ? {} : { Version: version }),
      Statement: effect === 'Allow' ? conditional : [{ ...everything, Effect: 'Allow' }, conditional],
    },
    'identity',
  );
  if (!read.ok) throw new Error(read.failure.problem);
  const given: readonly (readonly [string, ContextValue])[] =
    entry.given === null ? [] : [['TEST:key', entry.given]];
  const request = {
    principal: { type: 'user', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
    action: 's3:GetObject',
    resource: 'arn:aws:s3:::b/k',
    resourceAccount: '111122223333',
    context: contextOf([...Object.entries(entry.context ?? {}), ...given]),
  } as const;
  return decide(request, { identity: [{ source: 'test', policy: compilePolicy(read.value) }] }).effect;
}

test('every table belongs to an operator', () => {
  expect(readdirSync(folder).sort()).toEqual([...operators.keys()].map(fileOf).sort());
});

describe.each([...operators.keys()])('%s', (name) => {
  const table = tableOf(name);

  test('has a table with both answers', () => {
    expect(table.operator).toBe(name);
    const answers = table.cases.map(({ holds }) => holds);
    expect(answers).toContain(true);
    expect(answers).toContain(false);
  });

  test.each(table.cases)('$name', (entry) => {
    const { holds } = entry;
    const expected = typeof holds === 'boolean' ? { allow: holds, deny: holds } : holds;
    const operator = entry.as ?? name;
    expect(decided('Allow', operator, entry)).toBe(expected.allow ? 'Allow' : 'ImplicitDeny');
    expect(decided('Deny', operator, entry)).toBe(expected.deny ? 'ExplicitDeny' : 'Allow');
  });
});

describe('operator names', () => {
  test.each([
    'stringequals',
    'STRINGEQUALS',
    'StringEquals ',
    ' StringEquals',
    '',
    'IfExists',
    'IfExistsStringEquals',
    'StringEqualsIfExistsIfExists',
    'StringEqualsifexists',
    'ForAnyValue:',
    'ForAnyValue::StringEquals',
    'forAnyValue:StringEquals',
    'ForAnyValue:ForAllValues:StringEquals',
    'ForSomeValue:StringEquals',
    'NullIfExists',
    'ForAnyValue:Null',
    'ForAllValues:Null',
    'StringNotEqualsIgnorecase',
    'BinaryNotEquals',
    'BoolNotEquals',
    'constructor',
    '__proto__',
  ])('`%s` is none', (name) => {
    expect(parseOperator(name)).toBeNull();
  });

  test('each operator takes both set prefixes and IfExists, but for Null', () => {
    for (const [name, operator] of operators) {
      if (operator.type === 'null') continue;
      expect(parseOperator(`ForAllValues:${name}IfExists`)).toEqual({
        operator,
        quantifier: 'all',
        ifExists: true,
      });
      expect(parseOperator(`ForAnyValue:${name}`)).toEqual({ operator, quantifier: 'any', ifExists: false });
    }
  });
});
