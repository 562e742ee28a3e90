// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are policy variables
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf } from '../../../../src/core/policy/context.ts';
import {
  fillTemplate,
  parseTemplate,
  textOf,
  variablesOf,
} from '../../../../src/core/policy/match/template.ts';

const context = contextOf([
  ['k', 'v'],
  ['many', ['v']],
  ['empty', ''],
]);

function filled(text: string): string | null {
  const pattern = fillTemplate(parseTemplate(text, true), context);
  return pattern === null ? null : textOf(pattern);
}

describe('variables', () => {
  test.each([
    ['${k}', 'v'],
    ['${ k }', 'v'],
    ['${K}${k}', 'vv'],
    ["${k, 'd'}", 'v'],
    ["${x, 'd'}", 'd'],
    ["${x,'d'}", 'd'],
    ["${x, ''}", ''],
    ["${x, 'a}b'}", 'a}b'],
    ["${x, '${k}'}", '${k}'],
    ['${empty}', ''],
    ["${empty, 'd'}", ''],
    ['${$}{k}', '${k}'],
    ['$k', '$k'],
    ['${k', '${k'],
    ['{k}', '{k}'],
    ['$${k}', '$v'],
    ['a}b', 'a}b'],
    ['', ''],
  ])('%s is %s', (text, expected) => {
    expect(filled(text)).toBe(expected);
  });

  test.each(['${x}', '${}', '${many}', 'a${x}b', '${x, d}', "${x, 'd' }", '${k}${x}'])(
    '%s has no value',
    (text) => {
      expect(filled(text)).toBeNull();
    },
  );

  test('are listed as written', () => {
    expect(variablesOf(parseTemplate("${aws:UserName}/${*}/${k, 'd'}", true))).toEqual(['aws:UserName', 'k']);
    expect(variablesOf(parseTemplate('${aws:UserName}', false))).toEqual([]);
  });
});

test('a value never becomes a wildcard or another variable, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const pattern = fillTemplate(parseTemplate('${k}', true), contextOf([['k', value]]));
      expect(pattern?.every((code) => code >= 0)).toBe(true);
      expect(textOf(pattern ?? [])).toBe(value);
    }),
  );
});

test('text without variables comes back as it was, however long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(textOf(parseTemplate(text, false).fixed ?? [])).toBe(text);
    }),
  );
  const long = 'x*'.repeat(100_000);
  expect(textOf(parseTemplate(long, true).fixed ?? [])).toBe(long);
});
