/** Arbitrary statements and policies; part of `generator.ts`. */
import fc from 'fast-check';
import { conditions, oneOrMany } from './generator-conditions.ts';
import type { VectorPolicy, VectorPrincipal, VectorStatement } from './vector.ts';

/** The account that owns every resource. */
export const account = '111122223333';
/** Where callers across accounts come from. */
export const otherAccount = '444455556666';

/** Patterns over the actions that are asked for. */
export const actionPatterns = fc.constantFrom(
  ...[
    '*',
    '*',
    '*',
    '*',
    's3:*',
    's3:*',
    's3:*',
    's3:Get*',
    's3:GetObject',
    's3:PutObject',
    'S3:GETOBJECT',
    's3:?etObject',
  ],
  ...[
    's3:*Object',
    's3:G*t*',
    's3:GetObject?',
    's3:GetObject*',
    's3:??????????',
    'sqs:*',
    'sqs:send*',
    'iam:*',
    'sts:*',
    's?:Get*',
    '*:GetObject',
  ],
);

const headPatterns = fc.constantFrom(
  ...['arn:aws:s3:::', 'arn:aws:s3:::', 'arn:aws:s3:::', 'arn:*:s3:::', 'arn:aw?:s3:::', 'arn:aws:s3:*:*:'],
  ...[
    `arn:aws:sqs:us-east-1:${account}:`,
    `arn:aws:sqs:*:${account}:`,
    'arn:aws:sqs:us-*:*:',
    'arn:aws:sqs:*:*:',
  ],
  ...[`arn:aws:sqs:us-east-?:${account}:`, 'arn:aws:sqs:us-east-1:1111*:', 'arn:aws:sqs:*-1:????????????:'],
);

const tailPatterns = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom('a', 'a', 'b', '/', '/', '/a', ':', 'A', '.', 'x/') },
      { weight: 4, arbitrary: fc.constantFrom('*', '*', '?', '/*', '/?') },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          ...[
            `/$\{aws:username}`,
            `$\{aws:PrincipalTag/team}`,
            `$\{aws:PrincipalTag/team, 'a'}`,
            `$\{AWS:USERNAME}`,
          ],
          ...[
            `/$\{app:missing, 'a'}`,
            `$\{app:missing}`,
            `/$\{*}`,
            `/$\{?}`,
            `/$\{$}`,
            `/$\{$}{aws:username}`,
            `$\{app:Sizes}`,
          ],
        ),
      },
    ),
    { minLength: 1, maxLength: 4, size: 'small' },
  )
  .map((parts) => parts.join(''));

/** Few letters and many wildcards: what a matcher has to try twice. */
const globs = fc
  .array(fc.constantFrom('a', 'b', 'a', '*', '*', '?', ':'), { minLength: 1, maxLength: 7, size: 'medium' })
  .map((parts) => parts.join(''));

/** Patterns that end early, cross colons, or have variables where they are text. */
const oddPatterns = fc.constantFrom(
  ...[
    'arn:aws:s3',
    'arn:aws:s3:*',
    'arn:aws:sqs:us-east-1:*',
    'arn:aws:sqs:us-*:*',
    'arn:aws:sqs:*:a',
    'arn:aws:*',
  ],
  ...['arn:aws:s3:*:a', 'arn:aws:s3:*:*', 'arn:aws:sqs:us-*:a:b', 'arn:aws:sqs:eu-*1:a', 'arn:aws:s3:?:*'],
  ...[
    `arn:aws:sqs:$\{aws:username}:${account}:a`,
    `arn:aws:s3::$\{*}:a`,
    `arn:aws:s3:$\{*}::a`,
    'arn:aws:sqs:us-?:',
  ],
);

/** Patterns over the resources that are asked for; mostly ones that match. */
export const resourcePatterns = fc.oneof(
  { weight: 6, arbitrary: fc.constant('*') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('arn:aws:s3:::*', 'arn:aws:s3:::a*', 'arn:aws:s3:::a/*', 'arn:aws:s3:::a'),
  },
  { weight: 8, arbitrary: fc.tuple(headPatterns, tailPatterns).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: globs.map((glob) => `arn:aws:s3:::a/${glob}`) },
  { weight: 2, arbitrary: oddPatterns },
);

const awsNames = [
  `arn:aws:iam::${account}:user/alice`,
  `arn:aws:iam::${account}:user/bob`,
  `arn:aws:iam::${account}:user/team/alice`,
  `arn:aws:iam::${account}:role/app`,
  `arn:aws:iam::${account}:role/team/app`,
  `arn:aws:iam::${account}:root`,
  account,
  `arn:aws:sts::${account}:assumed-role/app/one`,
  `arn:aws:sts::${account}:assumed-role/app/two`,
  `arn:aws:sts::${account}:federated-user/alice`,
  `arn:aws:iam::${otherAccount}:user/alice`,
  `arn:aws:iam::${otherAccount}:role/app`,
  `arn:aws:sts::${otherAccount}:assumed-role/app/one`,
  `arn:aws:iam::${otherAccount}:root`,
  otherAccount,
];

const services = fc.constantFrom('events.amazonaws.com', 'sns.amazonaws.com');
const names = fc.constantFrom(...awsNames);

const principals: fc.Arbitrary<VectorPrincipal> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<VectorPrincipal>('*', { AWS: '*' }, { AWS: ['*'] }) },
  { weight: 9, arbitrary: fc.record({ AWS: oneOrMany(names, { minLength: 1, maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ Service: oneOrMany(services, { minLength: 1, maxLength: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ AWS: names, Service: services }) },
  { weight: 1, arbitrary: fc.constant({ Federated: 'accounts.google.com' }) },
);

/** What a policy type asks of its statements. */
export interface Shape {
  readonly principal: 'none' | 'any' | 'everyone';
  /** A role's trust policy: about assuming it, without a Resource element. */
  readonly trust: boolean;
  /** What to name now and then, so that it is named more often than by chance. */
  readonly caller: string | null;
  readonly allowWeight: number;
}

/** One to three patterns. */
export const someOf = (patterns: fc.Arbitrary<string>) => oneOrMany(patterns, { minLength: 1, maxLength: 3 });

const actionPart = fc.oneof(
  { weight: 5, arbitrary: fc.record({ Action: someOf(actionPatterns) }) },
  { weight: 1, arbitrary: fc.record({ NotAction: someOf(actionPatterns) }) },
);

const trustActionPart = fc.record({
  Action: someOf(fc.constantFrom('sts:AssumeRole', 'sts:AssumeRole', 'sts:TagSession')),
});

const resourcePart = fc.oneof(
  { weight: 5, arbitrary: fc.record({ Resource: someOf(resourcePatterns) }) },
  { weight: 1, arbitrary: fc.record({ NotResource: someOf(resourcePatterns) }) },
);

const conditionPart = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ Condition: conditions }) },
);

const principalPart = (shape: Shape, effect: 'Allow' | 'Deny'): fc.Arbitrary<Partial<VectorStatement>> => {
  if (shape.principal === 'none') return fc.constant({});
  if (shape.principal === 'everyone') return fc.constant({ Principal: '*' });
  const own = shape.caller?.startsWith('arn:') ? { AWS: shape.caller } : { AWS: '*' };
  const named = fc.oneof(
    { weight: 3, arbitrary: principals },
    { weight: 1, arbitrary: fc.constant<VectorPrincipal>(own) },
  );
  const principal = fc.record({ Principal: named });
  // NotPrincipal with Allow is unsupported, and trust policies cannot have it.
  if (effect === 'Allow' || shape.trust) return principal;
  return fc.oneof(
    { weight: 3, arbitrary: principal },
    { weight: 1, arbitrary: fc.record({ NotPrincipal: named }) },
  );
};

const statement = (shape: Shape): fc.Arbitrary<VectorStatement> =>
  fc
    .oneof(
      { weight: shape.allowWeight, arbitrary: fc.constant('Allow' as const) },
      { weight: 2, arbitrary: fc.constant('Deny' as const) },
    )
    .chain((Effect) =>
      fc
        .tuple(
          principalPart(shape, Effect),
          shape.trust ? trustActionPart : actionPart,
          shape.trust ? fc.constant({}) : resourcePart,
          conditionPart,
        )
        .map(([principal, action, resource, condition]) => ({
          Effect,
          ...principal,
          ...action,
          ...resource,
          ...condition,
        })),
    );

/** Every version that a document may have; only the first has variables. */
export const versions = fc.constantFrom(
  ...['2012-10-17', '2012-10-17', '2012-10-17', '2008-10-17', undefined],
);

/** A policy of one to three statements. */
export const policy = (shape: Shape): fc.Arbitrary<VectorPolicy> =>
  fc
    .tuple(versions, oneOrMany(statement(shape), { minLength: 1, maxLength: 3 }))
    .map(([Version, Statement]) => (Version === undefined ? { Statement } : { Version, Statement }));
