/**
 * How many decisions a second the policy engine makes on one core: `node test/bench/evaluate.bench.ts`.
 * Prints the median of several rounds for each workload.
 */
import { compilePolicy } from '../../src/core/policy/compile.ts';
import { contextOf } from '../../src/core/policy/context.ts';
import { decide } from '../../src/core/policy/decide.ts';
import type { PolicyStatement } from '../../src/core/policy/document.ts';
import { explain } from '../../src/core/policy/explain.ts';
import type { AccessRequest, ApplicablePolicies } from '../../src/core/policy/types.ts';

const ROUNDS = 7;
const ROUND_MILLISECONDS = 300;

const policy = (source: string, statements: readonly PolicyStatement[]) => ({
  source,
  policy: compilePolicy({ Version: '2012-10-17', Statement: statements }),
});

const request: AccessRequest = {
  principal: { type: 'user', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
  action: 's3:GetObject',
  resource: 'arn:aws:s3:::reports/2026/q1.csv',
  resourceAccount: '111122223333',
  context: contextOf([
    ['aws:username', 'alice'],
    ['aws:SourceIp', '10.1.2.3'],
    ['aws:SecureTransport', 'true'],
    ['aws:PrincipalTag/team', 'finance'],
    ['aws:CurrentTime', '2026-11-24T10:00:00Z'],
  ]),
};

const fiveStatements: readonly PolicyStatement[] = [
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' },
  { Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: 'arn:aws:s3:::reports' },
  { Effect: 'Allow', Action: 'sqs:*', Resource: 'arn:aws:sqs:us-east-1:111122223333:*' },
  { Effect: 'Deny', Action: 's3:Delete*', Resource: '*' },
  { Effect: 'Allow', Action: 'iam:ChangePassword', Resource: 'arn:aws:iam::*:user/alice' },
];

/** Ten statements of which several are about the request's action and have conditions to evaluate. */
const tenWithConditions = (at: number): readonly PolicyStatement[] => [
  {
    Effect: 'Allow',
    Action: 's3:Get*',
    Resource: 'arn:aws:s3:::reports/*',
    Condition: {
      StringEquals: { 'aws:PrincipalTag/team': ['legal', 'finance'] },
      Bool: { 'aws:SecureTransport': 'true' },
    },
  },
  {
    Effect: 'Deny',
    Action: 's3:*',
    Resource: `arn:aws:s3:::secret-${at}/*`,
    Condition: { StringNotLike: { 'aws:username': 'admin-*' } },
  },
  {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::team-${at}/*`,
    Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
  },
  ...Array.from(
    { length: 7 },
    (_, n): PolicyStatement => ({
      Effect: 'Allow',
      Action: [`service${at}:Read${n}`, `service${at}:Write${n}`],
      Resource: `arn:aws:service${at}:us-east-1:111122223333:thing/${n}`,
      Condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } },
    }),
  ),
];

const thousandServices = Array.from(
  { length: 1000 },
  (_, n): PolicyStatement => ({
    Effect: 'Allow',
    Action: n % 250 === 0 ? 's3:GetObject' : `service${n}:Get*`,
    Resource: n % 250 === 0 ? 'arn:aws:s3:::reports/*' : `arn:aws:service${n}:us-east-1:111122223333:*`,
  }),
);

const thousandBuckets = Array.from(
  { length: 1000 },
  (_, n): PolicyStatement => ({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: n === 500 ? 'arn:aws:s3:::reports/*' : `arn:aws:s3:::bucket-${n}/*`,
  }),
);

const workloads: readonly (readonly [name: string, policies: ApplicablePolicies])[] = [
  ['1 policy of 5 statements', { identity: [policy('one', fiveStatements)] }],
  [
    '10 policies of 10 statements with conditions',
    { identity: Array.from({ length: 10 }, (_, at) => policy(`ten-${at}`, tenWithConditions(at))) },
  ],
  ['1,000 statements, other services', { identity: [policy('services', thousandServices)] }],
  ['1,000 statements, other buckets', { identity: [policy('buckets', thousandBuckets)] }],
];

function perSecond(run: () => void): number {
  let count = 0;
  const start = performance.now();
  while (performance.now() - start < ROUND_MILLISECONDS) {
    for (let n = 0; n < 1000; n += 1) run();
    count += 1000;
  }
  return (count * 1000) / (performance.now() - start);
}

function median(run: () => void): number {
  perSecond(run);
  const rounds = Array.from({ length: ROUNDS }, () => perSecond(run)).sort((a, b) => a - b);
  return rounds[Math.floor(ROUNDS / 2)] ?? 0;
}

for (const [name, policies] of workloads) {
  if (decide(request, policies).effect !== 'Allow') throw new Error(`${name}: the workload must allow`);
  const decisions = Math.round(median(() => decide(request, policies)));
  console.log(`${name}: ${decisions.toLocaleString('en')} decisions a second`);
}
const [, [, tenPolicies] = ['', {}]] = workloads;
const explanations = Math.round(median(() => explain(request, tenPolicies)));
console.log(`explained, 10 policies of 10: ${explanations.toLocaleString('en')} a second`);
