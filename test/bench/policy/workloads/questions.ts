/** What the workloads' questions have in common. */
import { verdictOf } from '../literal.ts';
import { pick, type Random, randomFrom } from '../random.ts';
import type { Question, Rule } from '../rule.ts';

/** Of each half: allowed and not. */
const HALF = 500;
const MOST_TRIES = 200_000;
/** Just at the limit of a rule in a workload, where `<` and `<=` differ. */
const AGE_LIMITS = [1800, 2500, 3600];

/** The caller's side of a question. */
export type Facts = Omit<Question, 'action' | 'resource'>;

/** Draws a caller. */
export const factsFrom = (random: Random): Facts => ({
  userName: `${pick(random, ['admin', 'svc', 'contractor', 'staff'])}-${random(200)}`,
  team: pick(random, ['finance', 'security', 'platform', 'interns']),
  sourceIp: pick(random, [`10.${random(10)}.${random(256)}.${random(256)}`, `203.0.113.${random(256)}`]),
  mfaAgeSeconds: random(4) === 0 ? pick(random, AGE_LIMITS) : random(5000),
});

/**
 * Draws a thousand questions, half of them allowed.
 * @throws Error when one half is not found
 */
export function balanced(
  seed: number,
  rules: readonly Rule[],
  ask: (random: Random) => Question,
): readonly Question[] {
  const random = randomFrom(seed);
  const allowed: Question[] = [];
  const others: Question[] = [];
  for (let tries = 0; allowed.length < HALF || others.length < HALF; tries += 1) {
    if (tries === MOST_TRIES) throw new Error(`found ${allowed.length} allowed and ${others.length} others`);
    const question = ask(random);
    const half = verdictOf(rules, question) === 'allowed' ? allowed : others;
    if (half.length < HALF) half.push(question);
  }
  return interleaved(allowed, others);
}

/** In turns but not in step: a strict alternation could be learnt by the processor. */
const interleaved = (allowed: readonly Question[], others: readonly Question[]): readonly Question[] => {
  const random = randomFrom(HALF);
  const all = [...allowed, ...others].map((question) => ({ question, rank: random(1 << 30) }));
  return all.sort((a, b) => a.rank - b.rank).map(({ question }) => question);
};
