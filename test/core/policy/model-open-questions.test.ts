import { describe, expect, test } from 'vitest';
import { modelDecision } from './model.ts';
import type { DecisionVector, VectorCondition, VectorRequest, VectorStatement } from './vector.ts';

const account = '111122223333';
const everything = { Effect: 'Allow', Action: '*', Resource: '*' } as const;

const request = (more: Partial<VectorRequest>): VectorRequest => ({
  principal: `arn:aws:iam::${account}:user/alice`,
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::b/k',
  resourceAccount: account,
  context: {},
  ...more,
});

const granting = (condition: VectorCondition, context: VectorRequest['context']): DecisionVector => ({
  request: request({ context }),
  identityPolicies: [{ Version: '2012-10-17', Statement: { ...everything, Condition: condition } }],
});

const denying = (condition: VectorCondition, context: VectorRequest['context']): DecisionVector => ({
  request: request({ context }),
  identityPolicies: [
    {
      Version: '2012-10-17',
      Statement: [everything, { ...everything, Effect: 'Deny', Condition: condition }],
    },
  ],
});

describe('what the documentation leaves open takes the side of less access', () => {
  const open: readonly (readonly [string, VectorCondition, VectorRequest['context']])[] = [
    ['several values without a set operator', { StringEquals: { k: 'a' } }, { k: ['a', 'b'] }],
    ['several values without a set operator, negated', { StringNotEquals: { k: 'c' } }, { k: ['a', 'b'] }],
    ['a missing key with ForAnyValue and IfExists', { 'ForAnyValue:StringEqualsIfExists': { k: 'a' } }, {}],
    ['no number with NumericNotEquals', { NumericNotEquals: { k: '7' } }, { k: 'abc' }],
    ['a year that could be seconds', { DateEquals: { k: '2026-01-01' } }, { k: '2026' }],
  ];
  for (const [name, condition, context] of open) {
    test(`${name}: an allow does not apply, a deny does`, () => {
      expect(modelDecision(granting(condition, context))).toBe('ImplicitDeny');
      expect(modelDecision(denying(condition, context))).toBe('ExplicitDeny');
    });
  }

  test('what is settled as false keeps a deny from applying', () => {
    expect(modelDecision(denying({ NumericEquals: { k: '7' } }, { k: 'abc' }))).toBe('Allow');
    expect(modelDecision(denying({ StringEquals: { k: 'a', l: 'x' } }, { k: ['a'], l: 'y' }))).toBe('Allow');
  });
});

test('an action with a wildcard for its service, and an ARN that ends early, grant nothing and deny', () => {
  const statements = [
    { Action: '*:Get*' },
    { Resource: 'arn:aws:s3' },
    { NotResource: `arn:aws:s3:::$\{aws:username}` },
  ];
  for (const { NotResource, ...rest } of statements) {
    const { Resource: _all, ...base } = everything;
    const part = NotResource === undefined ? { ...everything, ...rest } : { ...base, NotResource };
    const policies = (Statement: readonly VectorStatement[]) => [{ Version: '2012-10-17', Statement }];
    expect(modelDecision({ request: request({}), identityPolicies: policies([part]) })).toBe('ImplicitDeny');
    const denied = policies([everything, { ...part, Effect: 'Deny' }]);
    expect(modelDecision({ request: request({}), identityPolicies: denied })).toBe('ExplicitDeny');
  }
});

describe('what no recorded decision asks', () => {
  const root = `arn:aws:iam::${account}:root`;

  test('the account root is allowed by default, but not past an organisation', () => {
    expect(modelDecision({ request: request({ principal: root }) })).toBe('Allow');
    const scps = [[{ Version: '2012-10-17', Statement: { ...everything, Action: 'ec2:*' } }]];
    expect(modelDecision({ request: request({ principal: root }), scps })).toBe('ImplicitDeny');
  });

  test('a root of another account still needs the resource policy', () => {
    const foreign = request({ principal: 'arn:aws:iam::444455556666:root' });
    expect(modelDecision({ request: foreign })).toBe('ImplicitDeny');
    const resourcePolicy = { Statement: { ...everything, Principal: { AWS: '444455556666' } } };
    expect(modelDecision({ request: foreign, resourcePolicy })).toBe('Allow');
  });

  test('a trust policy must allow, and one that names the account delegates', () => {
    const assume = request({ action: 'sts:AssumeRole', resourcePolicyIsMandatory: true });
    const identityPolicies = [{ Statement: everything }];
    const trusting = (AWS: string) => ({
      Statement: { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' } as const,
    });
    expect(modelDecision({ request: assume, identityPolicies })).toBe('ImplicitDeny');
    const other = trusting(`arn:aws:iam::${account}:user/bob`);
    expect(modelDecision({ request: assume, identityPolicies, resourcePolicy: other })).toBe('ImplicitDeny');
    expect(modelDecision({ request: assume, resourcePolicy: trusting(root) })).toBe('ImplicitDeny');
    expect(modelDecision({ request: assume, identityPolicies, resourcePolicy: trusting(root) })).toBe(
      'Allow',
    );
    const own = trusting(`arn:aws:iam::${account}:user/alice`);
    expect(modelDecision({ request: assume, resourcePolicy: own })).toBe('Allow');
  });

  test('NotPrincipal with Deny denies whoever has a boundary, even the one it lists', () => {
    const principal = `arn:aws:iam::${account}:user/alice`;
    const vector: DecisionVector = {
      request: request({ principal }),
      identityPolicies: [{ Statement: everything }],
      resourcePolicy: { Statement: { ...everything, Effect: 'Deny', NotPrincipal: { AWS: principal } } },
    };
    expect(modelDecision(vector)).toBe('Allow');
    expect(modelDecision({ ...vector, permissionsBoundaries: [{ Statement: everything }] })).toBe(
      'ExplicitDeny',
    );
  });

  test('a caller may always ask who it is, even under a deny', () => {
    const vector = denying({}, {});
    expect(modelDecision(vector)).toBe('ExplicitDeny');
    expect(modelDecision({ ...vector, request: request({ action: 'sts:GetCallerIdentity' }) })).toBe('Allow');
  });

  test('a star that ends a segment may run past colons, any other may not', () => {
    const asked = request({ resource: `arn:aws:sqs:us-east-1:${account}:jobs` });
    const decide = (Resource: string) =>
      modelDecision({ request: asked, identityPolicies: [{ Statement: { ...everything, Resource } }] });
    for (const pattern of ['arn:aws:sqs:us-east-1:*', 'arn:aws:sqs:us-*:jobs', 'arn:aws:sqs:*']) {
      expect(decide(pattern), pattern).toBe('Allow');
    }
    for (const pattern of [
      'arn:aws:sqs:us*1:jobs',
      'arn:aws:sqs',
      'arn:aws:sqs:us-east-1:?',
      `arn:aws:sqs:*:${account}`,
    ]) {
      expect(decide(pattern), pattern).toBe('ImplicitDeny');
    }
  });
});
