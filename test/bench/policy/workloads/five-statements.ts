import { pick, type Random } from '../random.ts';
import type { Question, Rule, Workload } from '../rule.ts';
import { balanced, factsFrom } from './questions.ts';

const RULES: readonly Rule[] = [
  { effect: 'Allow', action: 's3:GetObject', resource: 'arn:aws:s3:::reports/*', conditions: {} },
  { effect: 'Allow', action: 's3:ListBucket', resource: 'arn:aws:s3:::reports', conditions: {} },
  { effect: 'Allow', action: 's3:*', resource: 'arn:aws:s3:::drafts/*', conditions: {} },
  { effect: 'Deny', action: 's3:Delete*', resource: '*', conditions: {} },
  { effect: 'Allow', action: 'sqs:*', resource: 'arn:aws:sqs:us-east-1:111122223333:*', conditions: {} },
];

const S3_ACTIONS = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:ListBucket'];
const SQS_ACTIONS = ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'];

/** One policy of five statements without conditions. */
export const fiveStatements = (seed: number): Workload => ({
  name: '1 policy of 5 statements',
  policies: [RULES],
  actions: [...S3_ACTIONS, ...SQS_ACTIONS],
  questions: balanced(seed, RULES, ask),
});

const ask = (random: Random): Question =>
  random(4) === 0
    ? { ...factsFrom(random), action: pick(random, SQS_ACTIONS), resource: queue(random) }
    : { ...factsFrom(random), action: pick(random, S3_ACTIONS), resource: s3Resource(random) };

const queue = (random: Random): string =>
  `arn:aws:sqs:${pick(random, ['us-east-1', 'eu-west-1'])}:111122223333:queue-${random(50)}`;

function s3Resource(random: Random): string {
  const bucket = `arn:aws:s3:::${pick(random, ['reports', 'drafts', 'payroll'])}`;
  return random(5) === 0 ? bucket : `${bucket}/2026/q${random(4)}/file-${random(1000)}.csv`;
}
