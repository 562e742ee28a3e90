// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are policy variables
import { expect, test } from 'vitest';
import { contextKeysOf } from '../../../src/core/policy/context-keys.ts';
import type { PolicyDocument } from '../../../src/core/policy/document.ts';

const statements: PolicyDocument['Statement'] = [
  {
    Effect: 'Allow',
    Action: 's3:*',
    Resource: ['arn:aws:s3:::home/${aws:username}', "arn:aws:s3:::${aws:PrincipalTag/Team, 'all'}"],
    Condition: {
      StringEquals: { 'aws:SourceVpc': 'vpc-1', 's3:prefix': '${aws:userid}' },
      NumericLessThan: { 's3:max-keys': '${not:avariable}' },
      Null: { 'AWS:UserName': 'true' },
    },
  },
  { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::${aws:PrincipalAccount}/${*}' },
];

test('lists keys of conditions and variables once, in their first spelling', () => {
  expect(contextKeysOf({ Version: '2012-10-17', Statement: statements })).toEqual([
    'aws:username',
    'aws:PrincipalTag/Team',
    'aws:SourceVpc',
    's3:prefix',
    'aws:userid',
    's3:max-keys',
    'aws:PrincipalAccount',
  ]);
});

test('an older document has no variables', () => {
  expect(contextKeysOf({ Version: '2008-10-17', Statement: statements })).toEqual([
    'aws:SourceVpc',
    's3:prefix',
    's3:max-keys',
    'AWS:UserName',
  ]);
});

test('a document without conditions refers to no key', () => {
  expect(contextKeysOf({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] })).toEqual([]);
});
