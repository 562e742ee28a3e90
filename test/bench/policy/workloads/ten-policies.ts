import { pick, type Random } from '../random.ts';
import type { Question, Rule, Workload } from '../rule.ts';
import { balanced, factsFrom } from './questions.ts';

const POLICIES = 10;
const REGION = 'us-east-1:111122223333';

const rulesOf = (n: number): readonly Rule[] => [
  {
    effect: 'Allow',
    action: 's3:Get*',
    resource: `arn:aws:s3:::reports-${n}/*`,
    conditions: { team: 'finance', mfaAgeBelowSeconds: 3600 },
  },
  {
    effect: 'Allow',
    action: 's3:PutObject',
    resource: `arn:aws:s3:::reports-${n}/*`,
    conditions: { sourceIp: '10.0.0.0/8' },
  },
  {
    effect: 'Allow',
    action: 's3:*',
    resource: `arn:aws:s3:::secret-${n}/*`,
    conditions: { team: 'security' },
  },
  {
    effect: 'Deny',
    action: 's3:*',
    resource: `arn:aws:s3:::secret-${n}/*`,
    conditions: { userName: 'contractor-*' },
  },
  {
    effect: 'Allow',
    action: 'dynamodb:*',
    resource: `arn:aws:dynamodb:${REGION}:table/app-${n}-*`,
    conditions: { userName: 'svc-*' },
  },
  {
    effect: 'Deny',
    action: 'dynamodb:Delete*',
    resource: `arn:aws:dynamodb:${REGION}:table/app-${n}-*`,
    conditions: { sourceIp: '203.0.113.0/24' },
  },
  {
    effect: 'Allow',
    action: 'sqs:SendMessage',
    resource: `arn:aws:sqs:${REGION}:jobs-${n}`,
    conditions: { sourceIp: `10.${n}.0.0/16` },
  },
  {
    effect: 'Allow',
    action: 'kms:Decrypt',
    resource: `arn:aws:kms:${REGION}:key/${n}-*`,
    conditions: { userName: 'admin-*', mfaAgeBelowSeconds: 1800 },
  },
  {
    effect: 'Allow',
    action: 'lambda:Invoke*',
    resource: `arn:aws:lambda:${REGION}:function:fn-${n}-*`,
    conditions: { mfaAgeBelowSeconds: 2500 },
  },
  {
    effect: 'Deny',
    action: 'lambda:*',
    resource: `arn:aws:lambda:${REGION}:function:fn-${n}-locked*`,
    conditions: { team: 'interns' },
  },
];

/** Services, their actions, and a resource that policy `n` is about. */
const SERVICES: readonly {
  readonly actions: readonly string[];
  readonly resource: (n: number, random: Random) => string;
}[] = [
  {
    actions: ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObject', 's3:DeleteObject'],
    resource: (n, random) =>
      `arn:aws:s3:::${pick(random, ['reports', 'secret'])}-${n}/2026/f-${random(1000)}`,
  },
  {
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resource: (n, random) => `arn:aws:dynamodb:${REGION}:table/app-${n}-${random(100)}`,
  },
  {
    actions: ['sqs:SendMessage', 'sqs:ReceiveMessage'],
    resource: (n) => `arn:aws:sqs:${REGION}:jobs-${n}`,
  },
  {
    actions: ['kms:Decrypt', 'kms:Encrypt'],
    resource: (n, random) => `arn:aws:kms:${REGION}:key/${n}-${random(100)}`,
  },
  {
    actions: ['lambda:InvokeFunction', 'lambda:InvokeAsync', 'lambda:GetFunction'],
    resource: (n, random) =>
      `arn:aws:lambda:${REGION}:function:fn-${n}-${pick(random, ['locked', 'open'])}-${random(100)}`,
  },
];

/** Ten policies of ten statements, each with one or two conditions of four kinds. */
export const tenPolicies = (seed: number): Workload => {
  const policies = Array.from({ length: POLICIES }, (_, n) => rulesOf(n));
  return {
    name: '10 policies of 10 statements, all with conditions',
    policies,
    actions: SERVICES.flatMap(({ actions }) => actions),
    questions: balanced(seed, policies.flat(), ask),
  };
};

function ask(random: Random): Question {
  const { actions, resource } = pick(random, SERVICES);
  // one policy more than there are: its resources are nobody's
  const n = random(POLICIES + 1);
  return { ...factsFrom(random), action: pick(random, actions), resource: resource(n, random) };
}
