/** Many questions in one request. @see OpenID AuthZEN Authorization API 1.0, "Access Evaluations API" */
import { Fault } from '../core/faults.ts';
import type { SignedFacts } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Deps } from './deps.ts';
import { type Evaluation, type EvaluationQuestion, evaluateAbout, findSubject } from './evaluate.ts';

/** When to stop: never, at the first no, or at the first yes. */
export const EVALUATIONS_SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type EvaluationsSemantic = (typeof EVALUATIONS_SEMANTICS)[number];

/** One question's outcome: an evaluation, or why it could not be asked, which counts as a no. */
export interface EvaluationOutcome {
  readonly question: EvaluationQuestion | null;
  readonly evaluation: Evaluation | null;
  readonly fault: Fault | null;
}

/**
 * Answers questions in their order.
 * @param questions - each read already, or the fault that reading it gave
 * @returns as many outcomes as were needed; a stop leaves the rest out
 * @throws whatever is no question's own fault, such as `service_unavailable`
 */
export async function evaluateAll(
  questions: readonly (EvaluationQuestion | Fault)[],
  semantic: EvaluationsSemantic,
  asker: Caller | null,
  facts: SignedFacts,
  deps: Deps,
): Promise<readonly EvaluationOutcome[]> {
  const subjects = new Map<string, Promise<Caller | null>>();
  const subjectOf = ({ subject }: EvaluationQuestion): Promise<Caller | null> => {
    const key = JSON.stringify(subject);
    const held = subjects.get(key) ?? findSubject(subject, asker, facts, deps);
    subjects.set(key, held);
    return held;
  };
  const outcomes: EvaluationOutcome[] = [];
  for (const question of questions) {
    const outcome = await answerOne(question);
    outcomes.push(outcome);
    const allowed = outcome.evaluation?.decision?.effect === 'Allow';
    if (semantic === 'deny_on_first_deny' && !allowed) break;
    if (semantic === 'permit_on_first_permit' && allowed) break;
  }
  return outcomes;

  async function answerOne(question: EvaluationQuestion | Fault): Promise<EvaluationOutcome> {
    if (question instanceof Fault) return { question: null, evaluation: null, fault: question };
    try {
      const about = await subjectOf(question);
      return { question, evaluation: await evaluateAbout(about, question, asker, facts, deps), fault: null };
    } catch (error) {
      if (error instanceof Fault && OWN_FAULTS.has(error.code))
        return { question, evaluation: null, fault: error };
      throw error;
    }
  }
}

/** What only one question is to blame for. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  'validation_error',
  'access_denied',
  'missing_authentication',
]);
