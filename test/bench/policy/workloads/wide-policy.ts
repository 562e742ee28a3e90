import { pick, type Random } from '../random.ts';
import type { Question, Rule, Workload } from '../rule.ts';
import { balanced, factsFrom } from './questions.ts';

const SERVICES = 50;
/** Of ten statements: five about one action and a bucket each, four about a service and a thing, one deny. */
const DENIES_EVERY = 10;

const serviceOf = (n: number): string => `service${Math.floor(n / DENIES_EVERY) % SERVICES}`;
const bucketOf = (n: number): string => `arn:aws:s3:::bucket-${n - (n % 2)}`;
const thingOf = (n: number): string => `arn:aws:${serviceOf(n)}:us-east-1:111122223333:thing-${n}`;

function ruleOf(n: number): Rule {
  if (n % DENIES_EVERY === DENIES_EVERY - 1) {
    return { effect: 'Deny', action: 's3:*', resource: `${bucketOf(n)}/private/*`, conditions: {} };
  }
  return n % 2 === 0
    ? { effect: 'Allow', action: 's3:GetObject', resource: `${bucketOf(n)}/*`, conditions: {} }
    : { effect: 'Allow', action: `${serviceOf(n)}:Get*`, resource: `${thingOf(n)}/*`, conditions: {} };
}

/**
 * One policy of many statements of which one or two can be about a question.
 * @param statements - how many; a policy of fewer is the beginning of one of more
 */
export const widePolicy = (statements: number, seed: number): Workload => {
  const rules = Array.from({ length: statements }, (_, n) => ruleOf(n));
  return {
    name: `1 policy of ${statements.toLocaleString('en')} statements`,
    policies: [rules],
    actions: ACTIONS,
    questions: balanced(seed, rules, (random) => ask(random, statements)),
  };
};

const VERBS = ['GetThing', 'GetPart', 'PutThing'];
const S3_ACTIONS = ['s3:GetObject', 's3:PutObject'];
const ACTIONS = [
  ...S3_ACTIONS,
  ...Array.from({ length: SERVICES }, (_, n) => VERBS.map((verb) => `service${n}:${verb}`)).flat(),
];

function ask(random: Random, statements: number): Question {
  const n = random(statements);
  return n % 2 === 0 || n % DENIES_EVERY === DENIES_EVERY - 1 ? askBucket(random, n) : askThing(random, n);
}

const askBucket = (random: Random, n: number): Question => ({
  ...factsFrom(random),
  action: pick(random, [...S3_ACTIONS, 's3:GetObject']),
  resource: `${bucketOf(n)}${pick(random, ['', 'x'])}/${pick(random, ['public', 'private'])}/f-${random(1000)}`,
});

const askThing = (random: Random, n: number): Question => ({
  ...factsFrom(random),
  action: `${serviceOf(n)}:${pick(random, VERBS)}`,
  resource: `${thingOf(n)}${pick(random, ['', 'x'])}/part-${random(1000)}`,
});
