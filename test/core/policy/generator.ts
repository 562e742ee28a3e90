/**
 * Arbitrary questions with the policies that apply to them, in vector shape: small alphabets, so that patterns often
 * match, every element, layer and kind of caller, and odd values. Every document is one that AWS's grammar accepts.
 */
import fc from 'fast-check';
import { conditions, contexts } from './generator-conditions.ts';
import {
  account,
  actionPatterns,
  otherAccount,
  policy,
  resourcePatterns,
  type Shape,
  someOf,
  versions,
} from './generator-statements.ts';
import type { DecisionVector, VectorPolicy, VectorRequest, VectorStatement } from './vector.ts';

const actions = fc.constantFrom(
  's3:GetObject',
  's3:GetObject',
  's3:PutObject',
  'S3:getobject',
  'sqs:SendMessage',
);

const heads = fc.constantFrom(
  'arn:aws:s3:::',
  'arn:aws:s3:::',
  `arn:aws:sqs:us-east-1:${account}:`,
  `arn:aws:sqs:eu-west-1:${account}:`,
);

const resources = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        heads,
        fc.constantFrom('a', 'a', 'b'),
        fc.constantFrom(
          ...[
            '',
            '/a',
            '/a',
            '/b',
            '/a/b',
            '/A',
            '/*',
            '/?',
            '/$',
            `/$\{aws:username}`,
            '/a*',
            '/\u{1D4B3}',
            '/a\nb',
            '/',
          ],
          ...[':a', ':a:b', '/a.b', '/x/a', '/a:b', `/$\{*}`],
        ),
      )
      .map((parts) => parts.join('')),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom('a', 'b', 'a', ':', '/'), { maxLength: 7, size: 'medium' })
      .map((parts) => `arn:aws:s3:::a/${parts.join('')}`),
  },
  { weight: 1, arbitrary: fc.constant('*') },
);

const callers: readonly (string | null)[] = [
  `arn:aws:iam::${account}:user/alice`,
  `arn:aws:iam::${account}:user/team/alice`,
  `arn:aws:iam::${account}:role/app`,
  `arn:aws:sts::${account}:assumed-role/app/one`,
  `arn:aws:sts::${account}:assumed-role/app/one`,
  `arn:aws:sts::${account}:federated-user/alice`,
  `arn:aws:iam::${account}:root`,
  `arn:aws:iam::${otherAccount}:user/alice`,
  `arn:aws:sts::${otherAccount}:assumed-role/app/one`,
  `arn:aws:iam::${otherAccount}:root`,
  'events.amazonaws.com',
  null,
];

/** Absent as often as `freq` to one says it is not. */
const sometimes = <T>(value: fc.Arbitrary<T>, weights: { present: number; absent: number }) =>
  fc.oneof(
    { weight: weights.absent, arbitrary: fc.constant(undefined) },
    { weight: weights.present, arbitrary: value },
  );

const isPerson = (caller: string | null): caller is string => caller?.startsWith('arn:') ?? false;
const isRoot = (caller: string | null): boolean => caller?.endsWith(':root') ?? false;
const hasSession = (caller: string | null): boolean => caller?.startsWith('arn:aws:sts:') ?? false;

const nothing = fc.constant(undefined);

const layersFor = (request: VectorRequest): fc.Arbitrary<Omit<DecisionVector, 'request'>> => {
  const caller = request.principal;
  const shape = (more: Partial<Shape>): Shape => ({
    principal: 'none',
    trust: false,
    caller,
    allowWeight: 9,
    ...more,
  });
  const many = (shaped: Shape, minLength: number) => fc.array(policy(shaped), { minLength, maxLength: 2 });
  const levels = (shaped: Shape) => fc.array(many(shaped, 1), { minLength: 1, maxLength: 2 });
  const trust = request.resourcePolicyIsMandatory === true;
  const limited = isPerson(caller) && !isRoot(caller);
  return fc
    .record({
      identityPolicies: limited ? many(shape({}), 0) : fc.constant([]),
      resourcePolicy: sometimes(
        policy(shape({ principal: 'any', trust })),
        trust || !limited ? { present: 9, absent: 1 } : { present: 1, absent: 1 },
      ),
      permissionsBoundaries: limited ? sometimes(many(shape({}), 0), { present: 1, absent: 4 }) : nothing,
      sessionPolicies: hasSession(caller)
        ? sometimes(many(shape({}), 0), { present: 1, absent: 2 })
        : nothing,
      scopes: limited
        ? sometimes(many(shape({}), 1), { present: 1, absent: hasSession(caller) ? 4 : 9 })
        : nothing,
      scps: sometimes(levels(shape({ allowWeight: 20 })), { present: 1, absent: 7 }),
      rcps: sometimes(levels(shape({ principal: 'everyone', allowWeight: 4 })), { present: 1, absent: 9 }),
      vpcEndpointPolicies: sometimes(many(shape({ principal: 'everyone', allowWeight: 20 }), 1), {
        present: 1,
        absent: 12,
      }),
    })
    .map((layers) => Object.fromEntries(Object.entries(layers).filter(([, layer]) => layer !== undefined)));
};

const requests: fc.Arbitrary<VectorRequest> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      principal: fc.constantFrom(...callers),
      action: actions,
      resource: resources,
      resourceAccount: fc.constant(account),
      context: contexts,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      principal: fc.constantFrom(...callers),
      action: fc.constantFrom('sts:AssumeRole', 'sts:TagSession'),
      resource: fc.constant(`arn:aws:iam::${account}:role/app`),
      resourceAccount: fc.constant(account),
      context: contexts,
      resourcePolicyIsMandatory: fc.constant(true),
    }),
  },
);

const everyLayer: fc.Arbitrary<DecisionVector> = requests.chain((request) =>
  layersFor(request).map((layers) => ({ request, ...layers })),
);

/** One statement alone decides: an Allow by itself, or a Deny beside an Allow for everything. */
const besideAllow = (part: fc.Arbitrary<Partial<VectorStatement>>): fc.Arbitrary<VectorPolicy> =>
  fc
    .tuple(versions, fc.constantFrom('Allow' as const, 'Deny' as const), part)
    .map(([Version, Effect, rest]) => {
      const everything: VectorStatement = { Effect: 'Allow', Action: '*', Resource: '*' };
      const Statement = [
        ...(Effect === 'Deny' ? [everything] : []),
        { Effect, Action: '*', Resource: '*', ...rest } satisfies VectorStatement,
      ];
      return Version === undefined ? { Statement } : { Version, Statement };
    });

const oneElement: fc.Arbitrary<DecisionVector> = fc.record({
  request: fc.record({
    principal: fc.constant(`arn:aws:iam::${account}:user/alice`),
    action: actions,
    resource: resources,
    resourceAccount: fc.constant(account),
    context: contexts,
  }),
  identityPolicies: fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: besideAllow(fc.record({ Condition: conditions })) },
      { weight: 2, arbitrary: besideAllow(fc.record({ Resource: someOf(resourcePatterns) })) },
      { weight: 1, arbitrary: besideAllow(fc.record({ Action: someOf(actionPatterns) })) },
    ),
  ),
});

/** A question with everything that applies to it: half of them with all layers, half about one element. */
export const decisionVectors: fc.Arbitrary<DecisionVector> = fc.oneof(everyLayer, oneElement);
