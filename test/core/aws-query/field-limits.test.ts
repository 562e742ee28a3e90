import { describe, expect, test } from 'vitest';
import { nestParameters } from '../../../src/doors/aws/query/decode.ts';
import { type Field, readInput } from '../../../src/doors/aws/query/field.ts';
import * as fields from '../../../src/doors/aws/query/fields.ts';

/** The ready-made fields: what is accepted, and for each its near misses. */
const cases: readonly [name: string, field: Field<string>, accepted: string[], refused: string[]][] = [
  [
    'userName',
    fields.userName(),
    ['a', 'a+=,.@-_Z9', 'x'.repeat(64)],
    ['', 'x'.repeat(65), 'a b', 'a/b', 'ä', 'a\n'],
  ],
  ['existingUserName', fields.existingUserName(), ['a', 'x'.repeat(128)], ['', 'x'.repeat(129), 'a*']],
  ['roleName', fields.roleName(), ['x'.repeat(64)], ['', 'x'.repeat(65), 'a:b', 'Ａ']],
  ['groupName', fields.groupName(), ['x'.repeat(128)], ['', 'x'.repeat(129), 'a%']],
  ['policyName', fields.policyName(), ['x'.repeat(128)], ['', 'x'.repeat(129), ' ROOT']],
  ['samlProviderName', fields.samlProviderName(), ['A.d_-1'], ['', 'a@b', 'x'.repeat(129)]],
  [
    'accountAlias',
    fields.accountAlias(),
    ['abc', 'a-b', 'a'.repeat(63)],
    ['ab', 'a--b', '-ab', 'ab-', 'Abc', 'a'.repeat(64)],
  ],
  [
    'path',
    fields.path(),
    ['/', '/a/', '/a/b!~/', `/${'a'.repeat(510)}/`],
    ['', 'a', '/a', 'a/', '/a b/', '/ü/', '//x', `/${'a'.repeat(511)}/`],
  ],
  ['pathPrefix', fields.pathPrefix(), ['/', '/a', '/a/b'], ['', 'a', '/a b', '/ü']],
  [
    'arn',
    fields.arn(),
    ['arn:aws:iam::1:role/x', 'x'.repeat(2048)],
    ['', 'x'.repeat(19), 'x'.repeat(2049), `${'x'.repeat(20)}\0`],
  ],
  [
    'accessKeyIdField',
    fields.accessKeyIdField(),
    ['AKIAQAAAAAAAAAAAAAAA'],
    ['', 'A'.repeat(15), 'A'.repeat(129), 'AKIA/AAAAAAAAAAAAAAA'],
  ],
  ['versionId', fields.versionId(), ['v1', 'v10', 'v1.a-b'], ['', 'v0', 'v01', '1', 'V1', 'v1 ']],
  [
    'sessionName',
    fields.sessionName(),
    ['ab', 'a@b.c=d,e+f-g_h', 'x'.repeat(64)],
    ['', 'a', 's p', 'a/b', 'x'.repeat(65), 'ab\n'],
  ],
  ['federatedName', fields.federatedName(), ['ab', 'x'.repeat(32)], ['a', 'x'.repeat(33), 'a:b']],
  ['sourceIdentity', fields.sourceIdentity(), ['ab', 'x'.repeat(64)], ['a', 'aws:x', 'x'.repeat(65)]],
  ['externalId', fields.externalId(), ['ab', 'a:/b', 'x'.repeat(1224)], ['a', 'a b', 'x'.repeat(1225), 'a*']],
  [
    'serialNumber',
    fields.serialNumber(),
    ['GAHT12345678', 'arn:aws:iam::1:mfa/x'],
    ['x'.repeat(8), 'x'.repeat(257), 'x x x x x x'],
  ],
  ['tokenCode', fields.tokenCode(), ['012345'], ['', '12345', '1234567', '12345a', '１23456', '12345 ']],
  [
    'webIdentityToken',
    fields.webIdentityToken(),
    ['a.b.', 'x'.repeat(20_000)],
    ['', 'abc', 'x'.repeat(20_001)],
  ],
  ['samlAssertion', fields.samlAssertion(), ['PHM+', 'x'.repeat(100_000)], ['', 'PHM', 'x'.repeat(100_001)]],
  [
    'policyDocument',
    fields.policyDocument(),
    ['{}', '{\t\r\n"ÿ"}', 'x'.repeat(131_072)],
    ['', '\0', '{"Ā"}', '\u000b', 'x'.repeat(131_073)],
  ],
  ['boundedSessionPolicy', fields.boundedSessionPolicy(), ['x'.repeat(2048)], ['', 'x'.repeat(2049)]],
  ['sessionPolicy', fields.sessionPolicy(), ['{}', 'x'.repeat(50_000)], ['', '{"😀"}']],
  ['description', fields.description(), ['', 'a b\tÿ', 'x'.repeat(1000)], ['x'.repeat(1001), '\u007f', 'Ā']],
  [
    'tagKey',
    fields.tagKey(),
    ['a', 'größe', 'aws:x', 'a b', '漢字'],
    ['', 'a*', 'a\tb', 'x'.repeat(129), 'a"', '😀'],
  ],
  ['password', fields.password(), ['x', 'x'.repeat(128)], ['', 'x'.repeat(129)]],
  ['oidcUrl', fields.oidcUrl(), ['https://a.example'], ['', 'x'.repeat(256)]],
  ['clientId', fields.clientId(), ['x'.repeat(255)], ['', 'x'.repeat(256)]],
  [
    'thumbprint',
    fields.thumbprint(),
    ['0aF'.padEnd(40, '9')],
    ['', 'a'.repeat(39), 'a'.repeat(41), 'g'.repeat(40)],
  ],
  ['marker', fields.marker(), ['x', 'x'.repeat(320)], ['', 'x'.repeat(321), 'x\n']],
];

for (const [name, field, accepted, refused] of cases) {
  describe(name, () => {
    for (const text of accepted)
      test(`accepts ${shown(text)}`, () => expect(read(field, text)).toEqual({ P: text }));
    for (const text of refused)
      test(`refuses ${shown(text)}`, () => expect(read(field, text)).toMatch(/^\d validation error/));
  });
}

const numbers: readonly [
  name: string,
  field: Field<number>,
  min: number,
  max: number,
  fallback: number | null,
][] = [
  ['roleDurationSeconds', fields.roleDurationSeconds(), 900, 43_200, null],
  ['sessionDurationSeconds', fields.sessionDurationSeconds(), 900, 129_600, 43_200],
  ['maxSessionDuration', fields.maxSessionDuration(), 3600, 43_200, 3600],
  ['maxItems', fields.maxItems(), 1, 1000, 100],
];

for (const [name, field, min, max, fallback] of numbers) {
  test(`${name} is ${min} to ${max}, ${fallback ?? 'nothing'} where it is not sent`, () => {
    expect([read(field, String(min)), read(field, String(max))]).toEqual([{ P: min }, { P: max }]);
    expect(read(field, String(min - 1))).toContain(`greater than or equal to ${min}`);
    expect(read(field, String(max + 1))).toContain(`less than or equal to ${max}`);
    const unsent = readInput({ P: field }, nestParameters(new Map()));
    expect(unsent.ok ? unsent.value : null).toEqual(fallback === null ? null : { P: fallback });
  });
}

test('a path and its prefix are `/` where they are not sent', () => {
  const unsent = readInput(
    { Path: fields.pathOrRoot(), PathPrefix: fields.pathPrefix() },
    nestParameters(new Map()),
  );
  expect(unsent).toEqual({ ok: true, value: { Path: '/', PathPrefix: '/' } });
});

test('no pattern takes long for a hostile text', () => {
  const hostile = [
    '/'.repeat(512),
    `${'a-'.repeat(31)}-`,
    `${'a'.repeat(131_000)}\0`,
    `v1${'.'.repeat(5000)}`,
  ];
  const started = performance.now();
  for (const text of hostile) for (const [, field] of cases) read(field, text);
  expect(performance.now() - started).toBeLessThan(1000);
});

function read(field: Field<unknown>, text: string): unknown {
  const result = readInput({ P: field }, nestParameters(new Map([['P', text]])));
  return result.ok ? result.value : result.failure.message;
}

function shown(text: string): string {
  return text.length > 40 ? `${text.length} characters` : JSON.stringify(text);
}
