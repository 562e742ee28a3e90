import { expect, test } from 'vitest';
import { describeDecision } from '../../../src/core/policy/describe.ts';
import type { Decision, PolicyLayer } from '../../../src/core/policy/types.ts';

test.each<readonly [Decision, string]>([
  [
    {
      effect: 'Allow',
      deciders: [
        { layer: 'identity', source: 'arn:aws:iam::aws:policy/X', index: 2, sid: 'Read', effect: 'Allow' },
      ],
    },
    'allowed by statement `Read` of the identity policy `arn:aws:iam::aws:policy/X`',
  ],
  [
    { effect: 'Allow', deciders: [] },
    'allowed without a policy: the root user and GetCallerIdentity need none',
  ],
  [
    {
      effect: 'ExplicitDeny',
      layer: 'scp',
      deciders: [
        { layer: 'scp', source: 'p', index: 0, effect: 'Deny' },
        { layer: 'session', source: 's', index: 1, effect: 'Deny' },
      ],
    },
    'explicitly denied by statement 0 of the service control policy `p`',
  ],
  [
    { effect: 'ImplicitDeny', layer: 'permissions-boundary', deciders: [] },
    'implicitly denied: no permissions boundary allows it',
  ],
])('%j', (decision, sentence) => {
  expect(describeDecision(decision)).toBe(sentence);
});

test('every layer has a name of its own', () => {
  const layers: readonly PolicyLayer[] = [
    'identity',
    'resource',
    'permissions-boundary',
    'session',
    'scp',
    'rcp',
    'vpc-endpoint',
  ];
  const sentences = layers.map((layer) => describeDecision({ effect: 'ImplicitDeny', deciders: [], layer }));
  expect(new Set(sentences).size).toBe(layers.length);
});
