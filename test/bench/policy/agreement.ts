/** The check before anything is measured: every engine gives the literal answer to every question. */
import type { Engine } from './engines/engine.ts';
import { type Verdict, verdictOf } from './literal.ts';
import type { Workload } from './rule.ts';

/** How many questions have which answer. */
export type Answers = Readonly<Record<Verdict, number>>;

/**
 * Asks an engine every question of a workload.
 * @returns one sentence for each answer that differs from the literal one; none is what should come
 */
export async function disagreementsOf(engine: Engine, workload: Workload): Promise<readonly string[]> {
  const { allows } = await engine.prepare(workload);
  const rules = workload.policies.flat();
  return workload.questions.flatMap((question, place) => {
    const verdict = verdictOf(rules, question);
    return allows(place) === (verdict === 'allowed')
      ? []
      : [`${workload.name}: ${engine.name} differs, ${verdict} is right: ${JSON.stringify(question)}`];
  });
}

/** Counts the literal answers. */
export function answersOf({ policies, questions }: Workload): Answers {
  const rules = policies.flat();
  const answers = { allowed: 0, 'denied by a rule': 0, 'not allowed': 0 };
  for (const question of questions) answers[verdictOf(rules, question)] += 1;
  return answers;
}
