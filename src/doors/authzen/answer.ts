import type { Evaluation, EvaluationQuestion } from '../../usecases/evaluate.ts';

/**
 * The answer to a question. What the person may read says no more than yes or no about what was asked; the administrator's
 * reasons tell policies and statements.
 */
export function answerOf(
  question: EvaluationQuestion,
  evaluation: Evaluation,
): Readonly<Record<string, unknown>> {
  const { decision, explanation } = evaluation;
  const allowed = decision?.effect === 'Allow';
  return {
    decision: allowed,
    context: {
      reason_user: { en: reasonForUser(question, evaluation, allowed) },
      ...(explanation !== null && { reason_admin: { en: explanation.sentence, explanation } }),
    },
  };
}

function reasonForUser(question: EvaluationQuestion, { decision }: Evaluation, allowed: boolean): string {
  if (decision === null) return 'The subject could not be verified.';
  const what = `${question.action} on ${question.resource}`;
  return allowed ? `You may perform ${what}.` : `You may not perform ${what}.`;
}
