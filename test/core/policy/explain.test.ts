import { describe, expect, test } from 'vitest';
import { compilePolicy, denyEverything } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import type { PolicyStatement } from '../../../src/core/policy/document.ts';
import { explain } from '../../../src/core/policy/explain.ts';
import type { AccessRequest } from '../../../src/core/policy/types.ts';

const request: AccessRequest = {
  principal: { type: 'user', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccount: '111122223333',
  context: contextOf([
    ['aws:SourceIp', '192.0.2.1'],
    ['aws:TagKeys', ['a', 'b']],
  ]),
};
const policy = (source: string, ...statements: readonly PolicyStatement[]) => ({
  source,
  policy: compilePolicy({ Version: '2012-10-17', Statement: statements }),
});
const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;

test('says of every statement which clauses failed, with what was wanted and given', () => {
  const identity = [
    policy(
      'team',
      { ...everything, Sid: 'Other', Action: ['ec2:*', 'sqs:*'], Resource: 'arn:aws:s3:::x' },
      {
        ...everything,
        Sid: 'Network',
        Condition: {
          IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
          StringEquals: { 'aws:PrincipalTag/Team': ['red', 'blue'], 'aws:TagKeys': 'a' },
        },
      },
      { Effect: 'Allow', NotAction: 's3:*', NotResource: ['arn:aws:s3:::b/*', 'arn:aws:s3:::c'] },
    ),
  ];
  expect(explain(request, { identity })).toEqual({
    decision: { effect: 'ImplicitDeny', deciders: [], layer: 'identity' },
    policies: [
      {
        layer: 'identity',
        source: 'team',
        statements: [
          {
            index: 0,
            sid: 'Other',
            effect: 'Allow',
            matched: false,
            failures: [
              { element: 'Action', wanted: ['ec2:*', 'sqs:*'], given: 's3:GetObject' },
              { element: 'Resource', wanted: ['arn:aws:s3:::x'], given: 'arn:aws:s3:::b/k' },
            ],
          },
          {
            index: 1,
            sid: 'Network',
            effect: 'Allow',
            matched: false,
            failures: [
              {
                element: 'Condition',
                operator: 'IpAddress',
                key: 'aws:SourceIp',
                wanted: ['10.0.0.0/8'],
                given: '192.0.2.1',
              },
              {
                element: 'Condition',
                operator: 'StringEquals',
                key: 'aws:PrincipalTag/Team',
                wanted: ['red', 'blue'],
                given: null,
              },
              {
                element: 'Condition',
                operator: 'StringEquals',
                key: 'aws:TagKeys',
                wanted: ['a'],
                given: ['a', 'b'],
              },
            ],
          },
          {
            index: 2,
            effect: 'Allow',
            matched: false,
            failures: [
              { element: 'NotAction', wanted: ['s3:*'], given: 's3:GetObject' },
              {
                element: 'NotResource',
                wanted: ['arn:aws:s3:::b/*', 'arn:aws:s3:::c'],
                given: 'arn:aws:s3:::b/k',
              },
            ],
          },
        ],
      },
    ],
    missingContextKeys: ['aws:principaltag/team'],
  });
});

test('lists every match, also those that the decision no longer needed', () => {
  const explained = explain(request, { identity: [policy('one', everything), policy('two', everything)] });
  expect(explained.decision.deciders).toEqual([
    { layer: 'identity', source: 'one', index: 0, effect: 'Allow' },
  ]);
  expect(explained.policies.flatMap(({ statements }) => statements.map(({ matched }) => matched))).toEqual([
    true,
    true,
  ]);
});

test.each([
  ['directly', '*'],
  ['directly', { AWS: 'arn:aws:iam::111122223333:user/alice' }],
  ['by-account', { AWS: '111122223333' }],
] as const)('says that a resource policy named the caller %s', (named, Principal) => {
  const [explained] = explain(request, { resource: policy('r', { ...everything, Principal }) }).policies;
  expect(explained?.statements).toEqual([{ index: 0, effect: 'Allow', matched: true, named, failures: [] }]);
});

test('says of a principal that was not named who asked', () => {
  const resource = policy('r', {
    ...everything,
    Principal: { AWS: '444455556666', Service: 'ec2.amazonaws.com' },
  });
  const failures = (asked: AccessRequest) =>
    explain(asked, { resource }).policies[0]?.statements[0]?.failures;
  const wanted = ['444455556666', 'ec2.amazonaws.com'];
  expect(failures(request)).toEqual([
    { element: 'Principal', wanted, given: 'arn:aws:iam::111122223333:user/alice' },
  ]);
  expect(failures({ ...request, principal: null })).toEqual([
    { element: 'Principal', wanted, given: 'anonymous' },
  ]);
  const google = { type: 'federated', provider: 'accounts.google.com' } as const;
  expect(failures({ ...request, principal: google })).toEqual([
    { element: 'Principal', wanted, given: 'accounts.google.com' },
  ]);
});

describe('missing context keys', () => {
  test('are those of statements about the action, variables included', () => {
    const statements: readonly PolicyStatement[] = [
      { ...everything, Resource: 'arn:aws:s3:::$' + '{aws:UserName}' },
      {
        ...everything,
        Condition: { StringLike: { 'aws:SourceIp': '$' + '{aws:userid}' }, Null: { 'a:B': 'true' } },
      },
      { ...everything, Action: 'ec2:*', Condition: { StringEquals: { 'ec2:Region': 'x' } } },
    ];
    expect(explain(request, { identity: [policy('p', ...statements)] }).missingContextKeys).toEqual([
      'a:b',
      'aws:userid',
      'aws:username',
    ]);
  });
});

test('tells levels apart, and what could not be read', () => {
  const explained = explain(request, {
    identity: [{ source: 'broken', policy: denyEverything('not JSON') }],
    scps: [[policy('root', everything)], [policy('unit', everything)]],
  });
  expect(
    explained.policies.map(({ layer, source, level, unreadable }) => ({ layer, source, level, unreadable })),
  ).toEqual([
    { layer: 'identity', source: 'broken', level: undefined, unreadable: 'not JSON' },
    { layer: 'scp', source: 'root', level: 0, unreadable: undefined },
    { layer: 'scp', source: 'unit', level: 1, unreadable: undefined },
  ]);
});

test('is plain data: JSON loses nothing', () => {
  const explained = explain(request, {
    identity: [policy('p', { ...everything, Condition: { Bool: { x: 'true' } } })],
    boundaries: [policy('b', everything)],
    session: [{ source: 's', policy: denyEverything('x') }],
    rcps: [[]],
  });
  expect(JSON.parse(JSON.stringify(explained))).toEqual(explained);
});
