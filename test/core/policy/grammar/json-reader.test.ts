import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JsonNode, MAX_DEPTH, nodeOf } from '../../../../src/core/policy/grammar/json-node.ts';
import { readJson } from '../../../../src/core/policy/grammar/json-reader.ts';

/** A node as the value that JSON.parse gives. */
function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }) => [name, plainValue(value)]));
    case 'array':
      return node.items.map(plainValue);
    case 'string':
      return node.text;
    case 'number':
      return Number(node.text);
    case 'boolean':
      return node.text === 'true';
    case 'null':
      return null;
  }
}

test('reads whatever JSON.stringify writes as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 2, '\t'), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const read = readJson(text);
      expect(read.ok && plainValue(read.value)).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});

test('never throws, and takes nothing that JSON.parse refuses', () => {
  const soup = fc.array(
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"',
      '\\',
      'u',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      'null',
      ' ',
      '\n',
      'a',
      '\u0000',
      '😀',
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        soup.map((parts) => parts.join('')),
      ),
      (text) => {
        const read = readJson(text);
        if (read.ok) expect(plainValue(read.value)).toEqual(JSON.parse(text));
        else expect(read.failure.at).toBeLessThanOrEqual(text.length);
      },
    ),
    { numRuns: 5000 },
  );
});

describe('refuses', () => {
  test.each([
    ['{"a":1,"a":2}', 7, 'the member `a` occurs twice'],
    ['{"a":1,"\\u0061":2}', 7, 'the member `a` occurs twice'],
    ['{"__proto__":1,"__proto__":2}', 15, 'the member `__proto__` occurs twice'],
    ['', 0, 'a JSON value is expected'],
    ['{', 1, 'a member name in double quotes is expected'],
    ['[1,]', 3, 'a JSON value is expected'],
    ['{"a":1,}', 7, 'a member name in double quotes is expected'],
    ['{"a" 1}', 5, 'a colon is expected after a member name'],
    ['[1 2]', 3, '`,` or `]` is expected'],
    ['{} {}', 3, 'text after the end of the document'],
    ['"a', 0, 'the string does not end'],
    ['"\n"', 1, 'a control character inside a string'],
    ['"\\x"', 1, 'an unknown escape in a string'],
    ['"\\u12g4"', 1, 'an unknown escape in a string'],
    ["{'a':1}", 1, 'a member name in double quotes is expected'],
    ['01', 1, 'text after the end of the document'],
    ['+1', 0, 'a JSON value is expected'],
    ['.5', 0, 'a JSON value is expected'],
    ['tru', 0, 'a JSON value is expected'],
    ['// x', 0, 'a JSON value is expected'],
    ['\ufeff{}', 0, 'a JSON value is expected'],
    ['\u00a0{}', 0, 'a JSON value is expected'],
  ])('%j', (text, at, problem) => {
    expect(readJson(text)).toEqual({ ok: false, failure: { at, problem } });
  });

  test('a nesting deeper than any policy, without using up the stack', () => {
    for (const depth of [MAX_DEPTH + 2, 100_000]) {
      expect(readJson('['.repeat(depth) + ']'.repeat(depth))).toEqual({
        ok: false,
        failure: { at: MAX_DEPTH + 1, problem: 'nested too deeply' },
      });
    }
    expect(readJson('['.repeat(MAX_DEPTH + 1) + ']'.repeat(MAX_DEPTH + 1)).ok).toBe(true);
  });
});

test('keeps numbers as they are written, and tells where values stand', () => {
  const read = readJson('{"a": [10.0, -0, 1e2]}');
  expect(read.ok && read.value).toEqual({
    kind: 'object',
    at: 0,
    members: [
      {
        name: 'a',
        at: 1,
        value: {
          kind: 'array',
          at: 6,
          items: [
            { kind: 'number', at: 7, text: '10.0' },
            { kind: 'number', at: 13, text: '-0' },
            { kind: 'number', at: 17, text: '1e2' },
          ],
        },
      },
    ],
  });
});

test('a value that JSON cannot hold is no node', () => {
  const circular: unknown[] = [];
  circular.push(circular);
  for (const value of [undefined, () => 1, Symbol('x'), 1n, Number.NaN, Infinity, circular, [undefined]]) {
    expect(nodeOf(value)).toBeNull();
  }
});
