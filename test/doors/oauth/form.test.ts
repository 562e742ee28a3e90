import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readText } from '../../../src/doors/http/body.ts';
import { parseForm } from '../../../src/doors/oauth/form.ts';

const entries = (text: string) => [...parseForm(text)];

test.for<[string, [string, string][]]>([
  ['', []],
  ['&&', []],
  [
    'a=1&b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'a=1&&b=2&',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['scope=openid+profile%20email', [['scope', 'openid profile email']]],
  ['scope=openid profile', [['scope', 'openid profile']]],
  ['a=b=c', [['a', 'b=c']]],
  ['na%6De=Zo%C3%AB', [['name', 'Zoë']]],
  ['name=Zoë', [['name', 'Zoë']]],
  ['=nameless', [['', 'nameless']]],
  ['__proto__=x', [['__proto__', 'x']]],
])('%s is read', ([text, expected]) => {
  expect(entries(text)).toEqual(expected);
});

test('a parameter without a value counts as left out, and may so stand beside one that has a value', () => {
  expect(entries('a=&b&a=1')).toEqual([['a', '1']]);
});

test.for<[string, string]>([
  ['scope=a&scope=a', 'validation_error'],
  ['scope=a&s%63ope=b', 'validation_error'],
  ['resource=a&resource=b', 'invalid_target'],
  ['audience=a&audience=b', 'invalid_target'],
  ['a=100%', 'validation_error'],
  ['a=%zz', 'validation_error'],
  ['a=%ff', 'validation_error'],
  ['a=%C0%AF', 'validation_error'],
  ['a=%ED%A0%80', 'validation_error'],
  ['%=a', 'validation_error'],
  [Array.from({ length: 65 }, (_, at) => `p${at}=x`).join('&'), 'validation_error'],
])('%s is refused', ([text, code]) => {
  expect(() => parseForm(text)).toThrow(expect.objectContaining({ code }));
});

test('what any encoder writes is read as the runtime reads it', () => {
  const values = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
    maxKeys: 20,
  });
  fc.assert(
    fc.property(values, (fields) => {
      const text = new URLSearchParams(fields).toString();
      expect(entries(text)).toEqual([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
    }),
  );
});

const bodyOf = (body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) =>
  readText(new Request('http://localhost/', { method: 'POST', body, headers }), 8);

test.for<[string, Record<string, string>]>([
  ['with its length said', { 'content-length': '8' }],
  ['with its length unsaid', {}],
])('a body %s is text when it is UTF-8, and not longer than it may be', async ([, headers]) => {
  expect(await bodyOf('a=Zoë', headers)).toBe('a=Zoë');
  expect(await bodyOf(new Uint8Array([97, 61, 255]), headers)).toBeNull();
  await expect(bodyOf('a=2345678', headers)).rejects.toMatchObject({ code: 'request_too_large' });
});

test('a body that says to be too long is not read', async () => {
  await expect(bodyOf('a=1', { 'content-length': '9' })).rejects.toMatchObject({ code: 'request_too_large' });
});
