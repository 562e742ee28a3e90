import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeComponent } from '../../../src/core/percent.ts';
import {
  decodeForm,
  joinForms,
  MAX_NAME_LENGTH,
  MAX_PARAMETERS,
  nestParameters,
} from '../../../src/doors/aws/query/decode.ts';

const pairs = (text: string) => {
  const form = decodeForm(text);
  return form.ok ? [...form.value] : form.failure;
};

describe('a form is decoded', () => {
  const cases: readonly [text: string, pairs: [string, string][]][] = [
    ['', []],
    [
      'Action=GetUser&Version=2010-05-08',
      [
        ['Action', 'GetUser'],
        ['Version', '2010-05-08'],
      ],
    ],
    ['a=', [['a', '']]],
    ['a', [['a', '']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a=x+y%20z%2B', [['a', 'x y z+']]],
    ['%61=%C3%BC', [['a', 'ü']]],
    [
      '__proto__=1&constructor=2',
      [
        ['__proto__', '1'],
        ['constructor', '2'],
      ],
    ],
    [
      'a=1&A=2',
      [
        ['a', '1'],
        ['A', '2'],
      ],
    ],
  ];
  for (const [text, decoded] of cases) test(`\`${text}\``, () => expect(pairs(text)).toEqual(decoded));

  test('as it was encoded, whatever the texts', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const parameters = fc.uniqueArray(
      fc.tuple(
        text.filter((name) => name !== ''),
        text,
      ),
      { selector: ([name]) => name },
    );
    fc.assert(
      fc.property(parameters, (given) => {
        const form = given
          .map(([name, value]) => `${encodeComponent(name)}=${encodeComponent(value)}`)
          .join('&');
        expect(pairs(form)).toEqual(given);
      }),
    );
  });
});

describe('a form is refused', () => {
  const cases: readonly [what: string, text: string, failure: object][] = [
    ['with a name twice', 'a=1&b=2&a=1', { why: 'duplicate', name: 'a' }],
    ['with a name twice in two spellings', 'ab=1&%61b=2', { why: 'duplicate', name: 'ab' }],
    ['with a bad escape in a value', 'a=%', { why: 'encoding', name: 'a' }],
    ['with a half escape in a value', 'a=%4', { why: 'encoding', name: 'a' }],
    ['with an escape that is not hexadecimal', 'a=%zz', { why: 'encoding', name: 'a' }],
    ['with a bad escape in a name', '%zz=1', { why: 'encoding', name: null }],
    ['with bytes that are not UTF-8', 'a=%FF', { why: 'encoding', name: 'a' }],
    ['with an unescaped umlaut', 'a=ü', { why: 'encoding', name: 'a' }],
    ['with a blank', 'a=b c', { why: 'encoding', name: 'a' }],
    ['with a closing line feed', 'a=b\n', { why: 'encoding', name: 'a' }],
    ['with an empty name', '=1', { why: 'name-missing' }],
    ['with an empty pair', 'a=1&&b=2', { why: 'name-missing' }],
    ['with a closing ampersand', 'a=1&', { why: 'name-missing' }],
    ['with a bare percent sign in a name', 'a%=1', { why: 'encoding', name: null }],
  ];
  for (const [what, text, failure] of cases) test(what, () => expect(pairs(text)).toEqual(failure));

  test('with an overlong name, and not at the limit', () => {
    expect(pairs(`${'n'.repeat(MAX_NAME_LENGTH)}=1`)).toEqual([['n'.repeat(256), '1']]);
    expect(pairs(`${'n'.repeat(MAX_NAME_LENGTH + 1)}=1`)).toEqual({ why: 'name-too-long' });
  });

  test('with too many parameters, and not at the limit', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `p${index}=1`).join('&');
    expect(pairs(many(MAX_PARAMETERS))).toHaveLength(2000);
    expect(pairs(many(MAX_PARAMETERS + 1))).toEqual({ why: 'too-many-parameters' });
  });
});

describe('query and body together', () => {
  test('have all parameters of both', () =>
    expect(joinForms(new Map([['a', '1']]), new Map([['b', '2']]))).toEqual({
      ok: true,
      value: new Map([
        ['a', '1'],
        ['b', '2'],
      ]),
    }));

  test('may not name one twice, even with the same value', () =>
    expect(joinForms(new Map([['Action', 'GetUser']]), new Map([['Action', 'GetUser']]))).toEqual({
      ok: false,
      failure: { why: 'duplicate', name: 'Action' },
    }));

  test('count as one against the limit', () => {
    const many = (prefix: string) => new Map(Array.from({ length: 1001 }, (_, n) => [`${prefix}${n}`, '']));
    expect(joinForms(many('a'), many('b'))).toEqual({ ok: false, failure: { why: 'too-many-parameters' } });
  });
});

describe('dotted names become a tree', () => {
  test('one level for each step', () => {
    const root = nestParameters(
      new Map([
        ['Tags.member.1.Key', 'a'],
        ['Tags.member.1.Value', ''],
        ['Path', '/'],
      ]),
    );
    expect([...root.children.keys()]).toEqual(['Tags', 'Path']);
    const tag = root.children.get('Tags')?.children.get('member')?.children.get('1');
    expect(tag?.value).toBeNull();
    expect([tag?.children.get('Key')?.value, tag?.children.get('Value')?.value]).toEqual(['a', '']);
  });

  test('as deep as fields read, and a deeper name grows nothing', () => {
    const steps = (count: number) => Array.from({ length: count }, (_, at) => `s${at}`).join('.');
    expect([...nestParameters(new Map([[steps(10), '1']])).children.keys()]).toEqual(['s0']);
    for (const name of [steps(11), steps(80), '.'.repeat(MAX_NAME_LENGTH)]) {
      expect(nestParameters(new Map([[name, '1']])).children.size).toBe(0);
    }
  });

  test('and names of Object’s own find nothing', () => {
    const root = nestParameters(new Map([['a', '1']]));
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(root.children.get(name)).toBeUndefined();
  });
});
