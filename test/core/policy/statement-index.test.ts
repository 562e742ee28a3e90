// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are policy variables
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicy } from '../../../src/core/policy/compile.ts';
import { contextOf } from '../../../src/core/policy/context.ts';
import { decide } from '../../../src/core/policy/decide.ts';
import type { PolicyStatement } from '../../../src/core/policy/document.ts';
import { explain } from '../../../src/core/policy/explain.ts';
import { bucketFor, indexStatements } from '../../../src/core/policy/statement-index.ts';
import type { AccessRequest } from '../../../src/core/policy/types.ts';

const pick = fc.constantFrom;
const actions = pick(
  '*',
  's3:*',
  's3:Get*',
  's3:GetObject',
  'S3:getobject',
  's3:PutObject',
  'ec2:*',
  '*:Get*',
  'none',
);
const resources = pick(
  '*',
  'arn:aws:s3:::*',
  'arn:aws:s3:::a',
  'arn:aws:s3:::a/*',
  'arn:aws:s3:::a/b',
  'arn:aws:s3:::ab*',
  'arn:aws:s3:::?',
  'arn:aws:s3',
  'arn:*:s3:::a/b',
  'arn:aws:s3:::a/${aws:username}',
  'arn:aws:s3:::${none}',
);
const some = <T>(values: fc.Arbitrary<T>) => fc.array(values, { minLength: 1, maxLength: 3 });
const statement: fc.Arbitrary<PolicyStatement> = fc
  .record({
    Effect: pick<'Allow' | 'Deny'>('Allow', 'Allow', 'Deny'),
    actions: some(actions),
    notAction: fc.nat(9).map((n) => n === 0),
    resources: some(resources),
    notResource: fc.nat(9).map((n) => n === 0),
    conditional: fc.boolean(),
  })
  .map(({ Effect, actions: a, notAction, resources: r, notResource, conditional }) => ({
    Effect,
    [notAction ? 'NotAction' : 'Action']: a,
    [notResource ? 'NotResource' : 'Resource']: r,
    ...(conditional ? { Condition: { StringEquals: { 'aws:username': ['b', 'c'] } } } : {}),
  }));
const request: fc.Arbitrary<AccessRequest> = fc.record({
  principal: fc.constant({
    type: 'user',
    arn: 'arn:aws:iam::111122223333:user/u',
    accountId: '111122223333',
  } as const),
  action: pick('s3:GetObject', 'S3:GETOBJECT', 's3:PutObject', 'ec2:RunInstances', 'none', 'iam:GetUser'),
  resource: pick(
    '*',
    'arn:aws:s3:::a',
    'arn:aws:s3:::a/b',
    'arn:aws:s3:::ab',
    'arn:aws:s3:::a/c',
    'arn:aws:s3:::a/',
    'arn:aws:s3:::',
    'x',
  ),
  resourceAccount: fc.constant('111122223333'),
  context: pick(contextOf([]), contextOf([['aws:username', 'b']]), contextOf([['aws:username', 'x']])),
});

describe('the index', () => {
  test('never changes a decision: an explanation looks at every statement, and decides alike', () => {
    const long = fc.array(statement, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(long, { minLength: 1, maxLength: 3 }),
        fc.array(request, { minLength: 1, maxLength: 5 }),
        (documents, requests) => {
          const identity = documents.map((Statement, at) => ({
            source: `p${at}`,
            policy: compilePolicy({ Version: '2012-10-17', Statement }),
          }));
          for (const asked of requests) {
            expect(decide(asked, { identity })).toEqual(explain(asked, { identity }).decision);
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  test('remembers a bounded number of actions, and forgetting changes nothing', () => {
    const { statements, index } = compilePolicy({
      Statement: [
        { Effect: 'Allow', Action: 's3:*', Resource: '*' },
        { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
      ],
    });
    for (let n = 0; n < 2000; n += 1) expect(bucketFor(index, `s3:Get${n}`).always).toEqual([statements[0]]);
    expect(index.buckets.size).toBeLessThanOrEqual(256);
    expect(bucketFor(index, 's3:Get0').always).toEqual([statements[0]]);
  });

  test('finds a pattern whose star stands for nothing', () => {
    const { index } = compilePolicy({
      Statement: Array.from({ length: 20 }, (_, n) => ({
        Effect: 'Allow' as const,
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::bucket-${n}/*`,
      })),
    });
    const identity = [{ source: 's', policy: { statements: [], index } }];
    const asked: AccessRequest = {
      principal: { type: 'user', arn: 'arn:aws:iam::111122223333:user/u', accountId: '111122223333' },
      action: 's3:GetObject',
      resource: 'arn:aws:s3:::bucket-7/',
      resourceAccount: '111122223333',
      context: contextOf([]),
    };
    expect(decide(asked, { identity }).deciders).toEqual([
      { layer: 'identity', source: 's', index: 7, effect: 'Allow' },
    ]);
    expect(decide({ ...asked, resource: 'arn:aws:s3:::bucket-7' }, { identity }).effect).toBe('ImplicitDeny');
  });

  test('offers few of a thousand statements', () => {
    const { statements } = compilePolicy({
      Statement: Array.from({ length: 1000 }, (_, n) => ({
        Effect: 'Allow' as const,
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::bucket-${n}/*`,
      })),
    });
    const bucket = bucketFor(indexStatements(statements), 's3:GetObject');
    expect(bucket.always).toEqual([]);
    expect(bucket.byStart?.get('arn:aws:s3:::bucket-17/')).toEqual([statements[17]]);
    expect(bucket.startLengths.length).toBeLessThan(6);
  });
});
