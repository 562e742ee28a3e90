import { describe, expect, test } from 'vitest';
import {
  areSameDetails,
  parseAuthorizationDetails,
  policiesOfDetails,
  SESSION_POLICY_DETAIL as type,
} from '../../../src/core/oauth/authorization-details.ts';
import { policyInWords } from '../../../src/core/oauth/policy-in-words.ts';

const policy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
};
const parse = (value: unknown) => parseAuthorizationDetails(JSON.stringify(value));

describe('authorization_details', () => {
  test('are one session policy', () => {
    expect(parse([{ type, policy }])).toEqual({ ok: true, value: [{ type, policy }] });
    expect(policiesOfDetails([{ type, policy }])).toEqual([JSON.stringify(policy)]);
  });

  test.each<[string, unknown]>([
    ['no list', { type, policy }],
    ['an empty list', []],
    ['null', null],
    ['a text', 'x'],
    [
      'two of them',
      [
        { type, policy },
        { type, policy },
      ],
    ],
    ['no object', ['x']],
    ['null in a list', [null]],
    ['a list in a list', [[]]],
    ['no type', [{ policy }]],
    ['a type that is not known', [{ type: 'payment_initiation', policy }]],
    ['a type that objects inherit', [{ type: 'constructor', policy }]],
    ['no policy', [{ type }]],
    ['a member more', [{ type, policy, locations: ['https://api.example'] }]],
    ['a policy as text', [{ type, policy: JSON.stringify(policy) }]],
    ['a policy that is none', [{ type, policy: {} }]],
    ['a policy with a principal', [{ type, policy: { ...policy, Principal: '*' } }]],
    [
      'a policy that names a principal',
      [{ type, policy: { Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' } } }],
    ],
    ['too many characters', [{ type, policy: { ...policy, Id: 'x'.repeat(1024) } }]],
  ])('are refused as %s', (_what, value) => {
    expect(parse(value).ok).toBe(false);
  });

  test('are refused as what is no JSON', () => {
    for (const text of ['', '[', '[{}', 'undefined']) expect(parseAuthorizationDetails(text).ok).toBe(false);
  });

  test('are the same only where every member is', () => {
    const other = { ...policy, Statement: [{ ...policy.Statement[0], Action: 's3:PutObject' }] };
    expect(areSameDetails([{ type, policy }], [{ type, policy }])).toBe(true);
    expect(areSameDetails([{ type, policy }], [{ type, policy: other }])).toBe(false);
    expect(areSameDetails([{ type, policy }], [])).toBe(false);
  });
});

describe('a session policy in words', () => {
  test('leaves nothing of a statement out', () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['s3:Get*', 's3:List*'], Resource: 'arn:aws:s3:::reports/*' },
        {
          Effect: 'Deny',
          NotAction: 's3:*',
          NotResource: ['arn:aws:s3:::a', 'arn:aws:s3:::b'],
          Condition: {
            StringEquals: { 'aws:PrincipalTag/team': ['red', 'blue'] },
            Bool: { 'aws:SecureTransport': true },
          },
        },
      ],
    };
    expect(policyInWords(JSON.stringify(document))).toEqual([
      {
        effect: 'Allow',
        ...{ allActionsBut: false, actions: ['s3:Get*', 's3:List*'] },
        ...{ allResourcesBut: false, resources: ['arn:aws:s3:::reports/*'] },
        conditions: [],
      },
      {
        effect: 'Deny',
        ...{ allActionsBut: true, actions: ['s3:*'] },
        ...{ allResourcesBut: true, resources: ['arn:aws:s3:::a', 'arn:aws:s3:::b'] },
        conditions: ['StringEquals aws:PrincipalTag/team: red, blue', 'Bool aws:SecureTransport: true'],
      },
    ]);
  });
});
