import { describe, expect, expectTypeOf, test } from 'vitest';
import { nestParameters } from '../../../src/doors/aws/query/decode.ts';
import {
  type Fields,
  type InputOf,
  optional,
  readInput,
  withDefault,
} from '../../../src/doors/aws/query/field.ts';
import * as fields from '../../../src/doors/aws/query/fields.ts';
import { boolean, integer, list, oneOf, string, structure } from '../../../src/doors/aws/query/kinds.ts';

/** Reads parameters. @returns the input, or AWS's text */
const read = <F extends Fields>(wanted: F, parameters: Record<string, string>) => {
  const result = readInput(wanted, nestParameters(new Map(Object.entries(parameters))));
  return result.ok ? result.value : result.failure.message;
};
const one = (constraint: string) => `1 validation error detected: ${constraint}`;

describe('an input is typed by its fields', () => {
  const wanted = {
    RoleArn: fields.arn(),
    Tags: optional(fields.tags()),
    MaxItems: fields.maxItems(),
    Force: optional(boolean()),
    Status: oneOf(['Active', 'Inactive']),
  };

  test('at compile time', () => {
    expectTypeOf<InputOf<typeof wanted>>().toEqualTypeOf<{
      readonly RoleArn: string;
      readonly MaxItems: number;
      readonly Status: 'Active' | 'Inactive';
      readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
      readonly Force?: boolean;
    }>();
  });

  test('and at run time, with defaults, without what was not sent, and without what nobody asked for', () =>
    expect(
      read(wanted, {
        RoleArn: 'arn:aws:iam::1:role/x',
        Status: 'Active',
        Unknown: 'x',
        'Also.member.7': 'y',
      }),
    ).toEqual({
      RoleArn: 'arn:aws:iam::1:role/x',
      MaxItems: 100,
      Status: 'Active',
    }));
});

describe('complaints have AWS’s wording', () => {
  test('for a text that is too short', () =>
    expect(read({ RoleSessionName: fields.sessionName() }, { RoleSessionName: 'x' })).toBe(
      one(
        "Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
      ),
    ));

  test('for a text that is too long', () =>
    expect(read({ UserName: fields.userName() }, { UserName: 'x'.repeat(65) })).toBe(
      one(
        `Value '${'x'.repeat(65)}' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64`,
      ),
    ));

  test('for a text in another form', () =>
    expect(read({ RoleSessionName: fields.sessionName() }, { RoleSessionName: 's p' })).toBe(
      one(
        "Value 's p' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
      ),
    ));

  test('for what is not there', () =>
    expect(read({ RoleArn: fields.arn() }, {})).toBe(
      one("Value null at 'roleArn' failed to satisfy constraint: Member must not be null"),
    ));

  test('for a number out of bounds', () => {
    expect(read({ DurationSeconds: fields.roleDurationSeconds() }, { DurationSeconds: '899' })).toBe(
      one(
        "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
      ),
    );
    expect(read({ DurationSeconds: fields.roleDurationSeconds() }, { DurationSeconds: '43201' })).toBe(
      one(
        "Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
      ),
    );
  });

  test('for another word', () =>
    expect(read({ Status: oneOf(['Active', 'Inactive']) }, { Status: 'active' })).toBe(
      one(
        "Value 'active' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
      ),
    ));

  test('for a member of a list', () =>
    expect(read({ Tags: fields.tags() }, { 'Tags.member.1.Key': 'a!', 'Tags.member.1.Value': '' })).toBe(
      one(
        "Value 'a!' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+",
      ),
    ));

  test('for several parameters at once', () =>
    expect(
      read({ RoleArn: fields.arn(), RoleSessionName: fields.sessionName() }, { RoleSessionName: 'x' }),
    ).toBe(
      "2 validation errors detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null; " +
        "Value 'x' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ));

  test('for ten parameters at most, while all are counted', () => {
    const message = read({ Keys: list(integer({ min: 0, max: 1 })) }, members('Keys', 12, '7'));
    expect(message).toMatch(/^12 validation errors detected: /);
    expect(String(message).split('; ')).toHaveLength(10);
  });

  test('without the value where it is secret or long', () => {
    expect(read({ TokenCode: fields.tokenCode() }, { TokenCode: '12345' })).toBe(
      one(
        "Value at 'tokenCode' failed to satisfy constraint: Member must have length greater than or equal to 6",
      ),
    );
    expect(read({ WebIdentityToken: fields.webIdentityToken() }, { WebIdentityToken: 'eyJ' })).not.toContain(
      'eyJ',
    );
    expect(read({ Password: fields.password() }, { Password: 'hunter2'.repeat(30) })).not.toContain(
      'hunter2',
    );
    expect(read({ UserName: fields.userName() }, { UserName: 'n'.repeat(257) })).toBe(
      one(
        "Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64",
      ),
    );
  });
});

describe('a list', () => {
  const wanted = { Keys: list(string(), { max: 3 }) };
  const shape = one(
    "Value at 'keys' failed to satisfy constraint: Member must be a list numbered from 1 without gaps",
  );

  test('is read in the order of its numbers, however they arrive', () => {
    const eleven = { Keys: list(string()) };
    const sent = Object.fromEntries(Object.entries(members('Keys', 11)).reverse());
    expect(read(eleven, sent)).toEqual({ Keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11'] });
  });

  test('is empty in the form that SDKs send', () => expect(read(wanted, { Keys: '' })).toEqual({ Keys: [] }));

  const malformed: readonly Record<string, string>[] = [
    { 'Keys.member.2': 'a' },
    { 'Keys.member.0': 'a' },
    { 'Keys.member.01': 'a' },
    { 'Keys.member.+1': 'a' },
    { 'Keys.member.1': 'a', 'Keys.member.3': 'c' },
    { 'Keys.member.1': 'a', 'Keys.member.01': 'b' },
    { 'Keys.member.x': 'a' },
    { 'Keys.member.': 'a' },
    { 'Keys.member': 'a' },
    { 'Keys.1': 'a' },
    { 'Keys.Member.1': 'a' },
    { 'Keys.member.1': 'a', 'Keys.other': 'b' },
    { Keys: 'a' },
    { Keys: '', 'Keys.member.1': 'a' },
    { 'Keys.member': '', 'Keys.member.1': 'a' },
  ];
  for (const parameters of malformed) {
    test(`is not read from ${JSON.stringify(parameters)}`, () =>
      expect(read(wanted, parameters)).toBe(shape));
  }

  test('holds no more than its rule says, and never more than a thousand', () => {
    const tooMany = (max: number) =>
      one(
        `Value at 'keys' failed to satisfy constraint: Member must have length less than or equal to ${max}`,
      );
    expect(read(wanted, members('Keys', 4))).toBe(tooMany(3));
    expect(read({ Keys: list(string()) }, members('Keys', 1000))).toMatchObject({ Keys: { length: 1000 } });
    expect(read({ Keys: list(string()) }, members('Keys', 1001))).toBe(tooMany(1000));
  });

  test('holds no less than its rule says', () =>
    expect(read({ Keys: list(string(), { min: 1 }) }, { Keys: '' })).toBe(
      one("Value at 'keys' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ));

  test('may hold structures with lists', () => {
    const entry = structure({ ContextKeyName: string(), ContextKeyValues: list(string()) });
    const sent = {
      'ContextEntries.member.1.ContextKeyName': 'aws:username',
      'ContextEntries.member.1.ContextKeyValues.member.1': 'a',
      'ContextEntries.member.1.ContextKeyValues.member.2': 'b',
    };
    expect(read({ ContextEntries: list(entry) }, sent)).toEqual({
      ContextEntries: [{ ContextKeyName: 'aws:username', ContextKeyValues: ['a', 'b'] }],
    });
  });

  test('of policies has `arn` in lower case', () => {
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    expect(read({ PolicyArns: fields.policyArns() }, { 'PolicyArns.member.1.arn': arn })).toEqual({
      PolicyArns: [{ arn }],
    });
    expect(read({ PolicyArns: fields.policyArns() }, { 'PolicyArns.member.1.Arn': arn })).toBe(
      one("Value null at 'policyArns.1.member.arn' failed to satisfy constraint: Member must not be null"),
    );
  });

  test('of tags may hold empty values, but not leave them out', () => {
    expect(read({ Tags: fields.tags() }, { 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': '' })).toEqual({
      Tags: [{ Key: 'a', Value: '' }],
    });
    expect(read({ Tags: fields.tags() }, { 'Tags.member.1.Key': 'a' })).toBe(
      one("Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null"),
    );
  });
});

describe('a single value', () => {
  const single = one("Value at 'userName' failed to satisfy constraint: Member must be a single value");

  test('is not read from a list or a structure, required or not', () => {
    for (const parameters of [{ 'UserName.member.1': 'a' }, { UserName: 'a', 'UserName.x': 'b' }]) {
      expect(read({ UserName: fields.userName() }, parameters)).toBe(single);
      expect(read({ UserName: optional(fields.userName()) }, parameters)).toBe(single);
      expect(read({ UserName: withDefault(fields.userName(), 'a') }, parameters)).toBe(single);
    }
  });

  test('that is optional is checked where it is sent', () => {
    expect(read({ UserName: optional(fields.userName()) }, {})).toEqual({});
    expect(read({ UserName: optional(fields.userName()) }, { UserName: '' })).toBe(
      "2 validation errors detected: Value '' at 'userName' failed to satisfy constraint: Member must satisfy regular " +
        "expression pattern: [\\w+=,.@-]+; Value '' at 'userName' failed to satisfy constraint: Member must have length " +
        'greater than or equal to 1',
    );
  });
});

test('a structure is not read from a single value', () =>
  expect(read({ Tag: structure({ Key: string() }) }, { Tag: 'x' })).toBe(
    one("Value at 'tag' failed to satisfy constraint: Member must be a structure"),
  ));

test('a boolean is one of two words', () => {
  expect([read({ A: boolean() }, { A: 'true' }), read({ A: boolean() }, { A: 'false' })]).toEqual([
    { A: true },
    { A: false },
  ]);
  for (const text of ['', 'True', '1', 'yes', 'false ', 'null']) {
    expect(read({ A: boolean() }, { A: text })).toBe(
      one(`Value '${text}' at 'a' failed to satisfy constraint: Member must be a boolean`),
    );
  }
});

test('an integer has one spelling', () => {
  const wanted = { A: integer({ min: -10, max: 1000 }) };
  expect([read(wanted, { A: '0' }), read(wanted, { A: '-10' }), read(wanted, { A: '1000' })]).toEqual([
    { A: 0 },
    { A: -10 },
    { A: 1000 },
  ]);
  for (const text of ['', '-0', '007', '+1', '1.0', '1e2', '0x10', ' 1', '1 ', '１', '9'.repeat(20), 'NaN']) {
    expect(read(wanted, { A: text })).toBe(
      one(`Value '${text}' at 'a' failed to satisfy constraint: Member must be an integer`),
    );
  }
});

test('lengths count characters, not UTF-16 units', () => {
  expect(read({ A: string({ max: 2 }) }, { A: '😀😀' })).toEqual({ A: '😀😀' });
  expect(read({ A: string({ max: 2 }) }, { A: '😀😀😀' })).toContain('less than or equal to 2');
  expect(read({ A: string({ min: 2 }) }, { A: '😀' })).toContain('greater than or equal to 2');
});

/** `NAME.member.1` to `NAME.member.COUNT`. */
function members(name: string, count: number, value?: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${name}.member.${index + 1}`, value ?? String(index + 1)]),
  );
}
