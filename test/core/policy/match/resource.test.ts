// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are policy variables
import { describe, expect, test } from 'vitest';
import { contextOf } from '../../../../src/core/policy/context.ts';
import {
  compileResources,
  matchesResource,
  resourceVariables,
} from '../../../../src/core/policy/match/resource.ts';

const allowing = { negated: false, expandsVariables: true, effect: 'Allow' } as const;
const context = contextOf([
  ['aws:username', 'alice'],
  ['aws:PrincipalTag/star', '*'],
  ['aws:PrincipalTag/nested', '${aws:username}'],
  ['aws:TagKeys', ['a']],
]);

const matches = (
  entry: string,
  resource: string,
  setting: Parameters<typeof compileResources>[1] = allowing,
) => matchesResource(compileResources([entry], setting), resource, context);

describe('Resource', () => {
  test.each([
    ['*', 'arn:aws:s3:::b'],
    ['*', '*'],
    ['arn:aws:s3:::b', 'arn:aws:s3:::b'],
    ['arn:aws:s3:::b*', 'arn:aws:s3:::b/x'],
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b/'],
    ['arn:aws:s3:::*/x', 'arn:aws:s3:::a/b:c/x'],
    ['arn:aws:s3:::b?', 'arn:aws:s3:::b/'],
    ['arn:aws:sqs:us-east-1:*', 'arn:aws:sqs:us-east-1:111122223333:jobs'],
    ['arn:aws:sqs:us-*:jobs', 'arn:aws:sqs:us-east-1:111122223333:jobs'],
    ['arn:aws:sqs:us-*-1:111122223333:jobs', 'arn:aws:sqs:us-east-1:111122223333:jobs'],
    ['arn:aws:s3:::home/${aws:username}/*', 'arn:aws:s3:::home/alice/x'],
    ["arn:aws:s3:::${none, 'all'}", 'arn:aws:s3:::all'],
    ['arn:aws:s3:::a${*}b', 'arn:aws:s3:::a*b'],
    ['arn:aws:s3:::${aws:PrincipalTag/star}', 'arn:aws:s3:::*'],
    ['arn:aws:s3:::${aws:PrincipalTag/nested}', 'arn:aws:s3:::${aws:username}'],
  ])('%s matches %s', (entry, resource) => {
    expect(matches(entry, resource)).toBe(true);
  });

  test.each([
    ['arn:aws:s3:::b/*', 'arn:aws:s3:::b'],
    ['arn:aws:s3:::b', 'arn:aws:s3:::B'],
    ['arn:aws:s3:::b', 'arn:aws:s3:::b/k'],
    ['arn:aws:s3:::b', 'arn:aws:s3:::'],
    ['arn:aws:s3:::b?', 'arn:aws:s3:::b'],
    ['arn:aws:s3:::*', '*'],
    ['arn:aws:sqs:us*1:jobs', 'arn:aws:sqs:us-east-1:111122223333:jobs'],
    ['arn:aws:sqs:us-*st-1:1:jobs', 'arn:aws:sqs:us-a:st-1:1:jobs'],
    ['arn:aws:sqs?us-east-1:1:jobs', 'arn:aws:sqs:us-east-1:1:jobs'],
    ['arn:aws:sqs', 'arn:aws:sqs:us-east-1:111122223333:jobs'],
    ['arn:aws:s3:::${none}', 'arn:aws:s3:::'],
    ['arn:aws:s3:::${none}*', 'arn:aws:s3:::x'],
    ['arn:aws:s3:::${aws:TagKeys}', 'arn:aws:s3:::a'],
    ['arn:aws:s3:::${aws:PrincipalTag/star}', 'arn:aws:s3:::anything'],
    ['arn:aws:s3:::${aws:PrincipalTag/nested}', 'arn:aws:s3:::alice'],
    ['arn:aws:iam::${aws:username}:user/x', 'arn:aws:iam::alice:user/x'],
    ['', 'arn:aws:s3:::b'],
  ])('%s does not match %s', (entry, resource) => {
    expect(matches(entry, resource)).toBe(false);
  });

  test('without variables `${…}` is text, and its star a wildcard', () => {
    const old = { ...allowing, expandsVariables: false };
    expect(matches('arn:aws:s3:::${aws:username}', 'arn:aws:s3:::alice', old)).toBe(false);
    expect(matches('arn:aws:s3:::${aws:username}', 'arn:aws:s3:::${aws:username}', old)).toBe(true);
    expect(matches('arn:aws:s3:::${*}', 'arn:aws:s3:::${any}', old)).toBe(true);
  });
});

describe('what the documentation leaves open', () => {
  const denying = { ...allowing, effect: 'Deny' } as const;

  test('a short ARN covers what begins so in a deny, and nothing in an allow', () => {
    const queue = 'arn:aws:sqs:us-east-1:111122223333:jobs';
    expect(matches('arn:aws:sqs', queue, denying)).toBe(true);
    expect(matches('arn:aws:sqs', queue, allowing)).toBe(false);
    expect(matches('arn:aws:sqs', queue, { ...denying, negated: true })).toBe(true);
    expect(matches('arn:aws:sqs', queue, { ...allowing, negated: true })).toBe(false);
  });

  test('a NotResource whose variable has no value makes a deny apply, and not an allow', () => {
    const entry = 'arn:aws:s3:::home/${none}';
    expect(matches(entry, 'arn:aws:s3:::b', { ...allowing, negated: true })).toBe(false);
    expect(matches(entry, 'arn:aws:s3:::b', { ...denying, negated: true })).toBe(true);
  });
});

test('lists its variables as written', () => {
  const matcher = compileResources(["arn:aws:s3:::${aws:UserName}/${k, 'd'}", '*'], allowing);
  expect(resourceVariables(matcher)).toEqual(['aws:UserName', 'k']);
});
